import { ownlist } from '../app/client.ts'
import { theStore } from '../session/session.ts'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { refreshHistory } from './log.ts'
import type { Change } from './revision.ts'
import { sayRow } from './words.ts'

/** Brings one deleted row back, with all it said. */
export async function restoreRow({
  entity,
  id,
  title,
}: Pick<Change, 'entity' | 'id' | 'title'>): Promise<void> {
  const row = sayRow(entity, title)
  try {
    await ownlist.history.restore.mutate({ entity, id })
    notify({ title: `Restored ${row}` })
    theStore().wake()
    await refreshHistory()
  } catch (error) {
    const what = `${row.slice(0, 1).toUpperCase()}${row.slice(1)} was not restored`
    notifyFailure(what, error, () => void restoreRow({ entity, id, title }))
  }
}
