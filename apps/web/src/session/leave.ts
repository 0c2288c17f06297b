import { signOut } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { queryClient } from '../app/client.ts'
import { leaving, settleDeletions } from '../tasks/actions.ts'
import { forgetUnsent } from '../tasks/unsent.ts'
import { dismissAll, notifyFailure } from '../ui/toasts.tsx'
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
  forgetSession()
}

/** A session may also end by itself; the next one begins with nothing of it. */
export function forgetSession(): void {
  leaving.set(() => new Set())
  dismissAll()
  announce('')
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meOptions.queryKey[0] })
}
