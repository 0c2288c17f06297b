import { isDeepStrictEqual } from 'node:util'
import type { Everything } from './client.ts'
import { isSame, momentOf, type EntityName, type Found, type Row } from './rows.ts'
import type { Account } from './server.ts'
import type { Revision } from './verdict.ts'

type Change = Revision['changes'][number]

/** One revision for each operation with an effect, in the order in which they took it, and of exactly that effect. */
export function faultsOfLog(account: Account, history: Revision[], there: Everything): string[] {
  const faults: string[] = []
  const effective = [...account.executed.values()].filter(({ revision }) => revision !== undefined)
  if (history.length !== effective.length || history.length !== account.model.revision())
    faults.push(`${history.length} revisions of ${effective.length} operations`)
  const replayed = new Map<string, object>()
  for (const [at, { revision, client, changes }] of history.entries()) {
    const operation = effective[at]
    if (client !== operation?.sent.opId || revision !== operation.revision || revision !== at + 1)
      faults.push(`revision ${revision} is of ${client} and not of ${operation?.sent.opId}`)
    const diff = account.model.log[revision]
    for (const change of changes) {
      const { before, after } = diff?.get(change.id) ?? {}
      if (!isDeepStrictEqual(expectedChange(before, after), foundChange(change)))
        faults.push(
          `revision ${revision}: ${JSON.stringify(change)} instead of ${JSON.stringify(expectedChange(before, after))}`,
        )
      if (change.after === null) replayed.delete(change.id)
      else replayed.set(change.id, { ...replayed.get(change.id), ...change.after })
    }
    if (changes.length !== diff?.size)
      faults.push(`revision ${revision}: ${changes.length} changes of ${diff?.size}`)
  }
  const all = (Object.keys(there) as EntityName[]).flatMap((entity) => there[entity] as Found[EntityName][])
  const found = all.filter(
    (row) =>
      !Object.entries(replayed.get(row.id) ?? { id: '' }).every(([field, value]) =>
        isDeepStrictEqual(value, row[field as keyof typeof row]),
      ),
  )
  return [...faults, ...found.map((row) => `the log does not lead to ${JSON.stringify(row)}`)]
}

/** What the history calls the fields of each kind; moments and what never changes stand apart. */
const fields = {
  tasks: ['title', 'description', 'status', 'priority', 'due', 'listId', 'parentId', 'tagIds', 'position'],
  lists: ['name', 'color', 'position'],
  tags: ['name', 'color'],
  comments: ['body'],
} as const satisfies { [E in EntityName]: readonly (keyof Extract<Row, { entity: E }>)[] }

/** What this campaign leaves as it is. */
const fixed = {
  tasks: (row: Row) => ({ number: 'number' in row && row.number, recurrence: null, series: null }),
  lists: () => ({ icon: null }),
  tags: () => ({}),
  comments: (row: Row) => ({ taskId: 'taskId' in row && row.taskId }),
}
const moments = { tasks: 'completedAt', lists: 'archivedAt', tags: undefined, comments: undefined }

/** As the history writes it; moments are known by whether they are different. */
function expectedChange(before: Row | undefined, after: Row | undefined) {
  const written = (row: Row | undefined, other: Row | undefined) => {
    if (!row) return undefined
    const value = (one: Row, name: string) => one[name as keyof Row]
    const moment = moments[row.entity]
    return Object.fromEntries([
      ...fields[row.entity]
        .filter((name) => !other || !isSame(value(row, name), value(other, name)))
        .map((name) => [name, value(row, name)]),
      ...(moment === undefined || (other && momentOf(row) === momentOf(other))
        ? []
        : [[moment, momentOf(row) !== null]]),
      ...(other ? [] : Object.entries(fixed[row.entity](row))),
    ]) as object
  }
  return { before: written(before, after) ?? null, after: written(after, before) ?? null }
}

function foundChange({ before, after }: Change) {
  const written = (found: Change['before']) => {
    if (!found) return null
    const { createdAt: _, ...rest } = found
    const times = Object.entries(rest).map(([name, value]) => [
      name,
      name === 'completedAt' || name === 'archivedAt' ? value !== null : value,
    ])
    return Object.fromEntries(times) as object
  }
  return { before: written(before), after: written(after) }
}
