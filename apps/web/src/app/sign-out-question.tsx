import { sayChanges } from '../sync/words.ts'
import { Question } from '../ui/dialog.tsx'

interface Props {
  /** So many changes would be lost. */
  unsent: number
  onSignOut: () => void
  onCancel: () => void
}

/** Before changes that the server does not have are removed from this browser. */
export function SignOutQuestion({ unsent, onSignOut, onCancel }: Props) {
  return (
    <Question
      open
      title="Sign out and lose what was not saved?"
      action="Sign out"
      onAction={onSignOut}
      onCancel={onCancel}
    >
      {sayChanges(unsent)} {unsent === 1 ? 'has' : 'have'} not reached the server. Signing out removes
      everything from this browser.
    </Question>
  )
}
