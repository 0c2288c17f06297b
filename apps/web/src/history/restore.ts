import { ownlist } from '../app/client.ts'
import { theStore } from '../session/session.ts'
import { notify, notifyFailure } from '../ui/toasts.tsx'
import { refreshHistory } from './log.ts'
import type { Change } from './revision.ts'
import { quoted } from './words.ts'

/** Brings one deleted task back, with its number and all it said. */
export async function restoreTask({ entity, id, title }: Change): Promise<void> {
  try {
    await ownlist.history.restore.mutate({ entity, id })
    notify({ title: `Restored ${quoted(title)}` })
    theStore().wake()
    await refreshHistory()
  } catch (error) {
    notifyFailure(
      `${quoted(title)} was not restored`,
      error,
      () => void restoreTask({ entity, id, title } as Change),
    )
  }
}
