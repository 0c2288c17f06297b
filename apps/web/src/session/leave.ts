import { signOut } from '@ownlist/client'
import { queryClient } from '../app/client.ts'
import { settleDeletions } from '../tasks/actions.ts'
import { forgetUnsent } from '../tasks/unsent.ts'
import { notifyFailure } from '../ui/toasts.tsx'
import { meOptions } from './me.ts'

/** Ends the session, and leaves nothing of it in this browser. */
export async function leave(userId: string): Promise<void> {
  try {
    await settleDeletions()
    await signOut(location.origin)
  } catch (error) {
    return notifyFailure('You are still signed in', error)
  }
  forgetUnsent(userId)
  // First the screen goes, then what it showed.
  queryClient.setQueryData(meOptions.queryKey, null)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meOptions.queryKey[0] })
}
