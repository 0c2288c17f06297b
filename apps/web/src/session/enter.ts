import { createStore } from '../app/store.ts'
import { queryClient } from '../app/client.ts'
import { finishLeaving } from './leaving.ts'
import { meOptions } from './me.ts'
import { settleZone } from './zone.ts'

/** The address that somebody has just shown to be theirs, so that nobody types it twice. */
export const knownEmail = createStore('')

/** Where this page calls from, and as whom its cookie says. */
export const here = { url: location.origin }

/** Signs in by `by`, which tells whether it did, and shows the app to whom it is. */
export async function enter(by: () => Promise<boolean>): Promise<void> {
  // The session that ended here must not end the one that begins.
  await finishLeaving()
  if (!(await by())) return
  knownEmail.set(() => '')
  await settleZone()
  await queryClient.query({ ...meOptions, staleTime: 0 })
}
