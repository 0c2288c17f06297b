import type { Client } from './client.ts'
import { isSame, type EntityName, type Row } from './rows.ts'
import type { Account } from './server.ts'
import type { Revision } from './verdict.ts'

/** What the history calls the fields of each kind. */
const fields: { [E in EntityName]: { [Name in keyof Extract<Row, { entity: E }>]?: string } } = {
  tasks: {
    title: 'title',
    description: 'description',
    status: 'status',
    completion: 'completedAt',
    priority: 'priority',
    due: 'due',
    listId: 'listId',
    parentId: 'parentId',
    tagIds: 'tagIds',
    position: 'position',
  },
  lists: { name: 'name', color: 'color', position: 'position', archival: 'archivedAt' },
  tags: { name: 'name', color: 'color' },
  comments: { body: 'body' },
}

/**
 * Where a value was overwritten by somebody who had not seen it, the history says so: by the revision that the
 * change was based on, and by what its maker had in fact been shown.
 */
export function faultsOfSuperseded(account: Account, clients: Client[], history: Revision[]): string[] {
  const faults: string[] = []
  const made = new Map(
    [...account.executed.values()].flatMap((done) =>
      done.revision === undefined ? [] : [[done.revision, done.sent] as const],
    ),
  )
  /** Who wrote what now stands in a field; those who made the row do not count. */
  const writers = new Map<string, { revision: number; client: number }>()
  for (const { revision, changes } of history) {
    const sent = made.get(revision)
    const { basedOn = 0, client = -1, opId = '' } = sent ?? {}
    const diff = account.model.log[revision] ?? new Map<string, never>()
    for (const [id, { before, after }] of diff) {
      const listed = changes.find((change) => change.id === id)?.superseded ?? []
      const expected = new Set<string>()
      const names = fields[(before ?? after)?.entity ?? 'tasks'] as { [Name in string]: string }
      for (const name of Object.keys(names) as (keyof Row)[]) {
        const key = `${id} ${name}`
        if (!before || !after) {
          writers.delete(key)
          continue
        }
        if (isSame(before[name], after[name])) continue
        const writer = writers.get(key)
        writers.set(key, { revision, client })
        if (!writer || writer.client === client) continue
        if (writer.revision > basedOn) expected.add(names[name] ?? '')
        else if (isUnseen(before[name], name, clients[client], opId))
          faults.push(
            `revision ${revision} overwrote ${JSON.stringify(before[name])}, which client ${client} had never shown`,
          )
      }
      if (!isSame([...expected].toSorted(), listed.toSorted()))
        faults.push(
          `revision ${revision} of client ${client}, based on ${basedOn}: superseded is ${JSON.stringify(listed)} instead of ${JSON.stringify([...expected])}`,
        )
    }
  }
  return faults
}

/** Texts are all different, so it is known whether one has been shown. */
function isUnseen(value: unknown, name: string, client: Client | undefined, opId: string): boolean {
  if (typeof value !== 'string' || (name !== 'title' && name !== 'description')) return false
  const write = client?.writes.find((one) => one.opId === opId)
  const shown = client?.seen.get(value)
  return write !== undefined && (shown === undefined || shown >= write.seen)
}
