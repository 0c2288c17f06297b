import { useState } from 'react'
import { SignOutQuestion } from '../app/sign-out-question.tsx'
import { leave, useTaskStore } from '../session/session.ts'
import { Button } from '../ui/button.tsx'

/** What an account without a password is asked for in its place: to have come in just now. */
export function SignInAgain({ onCancel }: { onCancel: () => void }) {
  const { status } = useTaskStore()
  const [unsent, setUnsent] = useState(0)
  function signOut() {
    const { pending, failures } = status.get()
    const waiting = pending + failures.length
    if (waiting > 0) setUnsent(waiting)
    else void leave()
  }
  return (
    <>
      <p>
        You have no password, so show that it is you by signing in again: sign out, sign in, and come back
        here within ten minutes.
      </p>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="primary" data-first-focus onClick={signOut}>
          Sign out
        </Button>
      </div>
      {unsent > 0 && (
        <SignOutQuestion unsent={unsent} onSignOut={() => void leave()} onCancel={() => setUnsent(0)} />
      )}
    </>
  )
}
