import { isDeepStrictEqual } from 'node:util'
import type { Outputs } from '../../../packages/client/src/index.ts'
import { idsOf } from '../../../packages/client/src/store/operation.ts'
import type { Client, Everything, OpenTab, Write } from './client.ts'
import { isSame, momentOf, rowOf, type EntityName, type Found, type Task } from './rows.ts'
import { words, type Account } from './server.ts'

export type Revision = Outputs['history']['list']['items'][number]

/** Everything, as the server lists it. */
export async function listAll(account: Account): Promise<Everything> {
  const caller = account.callerFor(0)
  const tasks: Task[] = []
  let cursor: string | null | undefined
  do {
    const page = await caller.tasks.list({ limit: 500, ...(cursor && { cursor }) })
    tasks.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  const comments = await Promise.all(tasks.map(({ id }) => caller.comments.list({ taskId: id, limit: 500 })))
  return {
    tasks,
    lists: (await caller.lists.list()).items.map(({ open: _open, completed: _completed, ...list }) => list),
    tags: (await caller.tags.list()).items.map(({ open: _open, total: _total, ...tag }) => tag),
    comments: comments.flatMap(({ items }) => items),
  }
}

/** Every tab shows what the server has, to the last field, and nothing waits. */
export async function faultsOfClient(client: Client, there: Everything): Promise<string[]> {
  const expected = byId(there)
  const { outbox } = await client.kept()
  const faults = outbox.map(({ opId }) => `client ${client.at} still holds ${opId}`)
  for (const [at, tab] of client.tabs().entries()) {
    const found = byId(tab.found())
    const wrong = [...new Set([...expected.keys(), ...found.keys()])].find(
      (id) => !isDeepStrictEqual(expected.get(id)?.row, found.get(id)?.row),
    )
    if (wrong !== undefined)
      faults.push(
        `client ${client.at}, tab ${at}, shows ${JSON.stringify(found.get(wrong))} instead of ${JSON.stringify(expected.get(wrong))}`,
      )
    faults.push(...faultsOfOrder(tab, there).map((fault) => `client ${client.at}, tab ${at}: ${fault}`))
  }
  return faults
}

/** Lists stand by their positions and tags by their names, and tabs count what is in them as the server does. */
function faultsOfOrder(tab: OpenTab, { lists, tags, tasks }: Everything): string[] {
  const found = tab.found()
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)
  const counts = tab.store.tasks.counts().get()
  const wrong = lists.find(({ id }) => {
    const open = tasks.filter(({ listId, completed }) => listId === id && !completed).length
    return (counts.lists.get(id)?.open ?? 0) !== open
  })
  return [
    ...(isSame(ids(found.lists), ids(lists)) ? [] : ['lists are in another order']),
    ...(isSame(ids(found.tags), ids(tags)) ? [] : ['tags are in another order']),
    ...(wrong ? [`counts of ${wrong.id}`] : []),
  ]
}

/** The server has what the plain model has, and its log says how it came to be. */
export function faultsOfServer(account: Account, there: Everything): string[] {
  const faults: string[] = []
  const model = account.model.now()
  const found = byId(there)
  for (const [id, { entity, row }] of found) {
    const expected = model.get(id)
    if (!expected || !isSame(expected, rowOf(entity, row as never, momentOf(expected))))
      faults.push(`the server has ${JSON.stringify(row)}, the model ${JSON.stringify(expected)}`)
    if (Temporal.Instant.compare(row.updatedAt, row.createdAt) < 0)
      faults.push(`times: ${JSON.stringify(row)}`)
  }
  for (const task of there.tasks)
    if ((task.completedAt === null) !== (task.status !== 'completed'))
      faults.push(`times: ${JSON.stringify(task)}`)
  if (found.size !== model.size) faults.push(`the server has ${found.size} rows, the model ${model.size}`)
  return faults
}

/** The whole history, oldest first. */
export async function readHistory(account: Account): Promise<Revision[]> {
  const revisions: Revision[] = []
  let cursor: string | null | undefined
  do {
    const page = await account.callerFor(0).history.list({ limit: 200, ...(cursor && { cursor }) })
    revisions.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return revisions.toReversed()
}

export interface Fates {
  kept: number
  refused: number
  /** Refused, and executed when a late copy of it came. */
  late: number
  lost: string[]
  /** Executed although the store had refused them, or nobody ever made them. */
  unasked: string[]
  /** Executed before what the same tab had made before it of the same task. */
  overtaken: string[]
}

/** What became of every write that a client was promised to have made. */
export async function fatesOf(clients: Client[], account: Account): Promise<Fates> {
  const fates: Fates = { kept: 0, refused: 0, late: 0, lost: [], unasked: [], overtaken: [] }
  const order = new Map([...account.executed.keys()].map((opId, at) => [opId, at]))
  for (const client of clients) {
    const { failures } = await client.kept()
    const refused = new Set([...failures.map(({ opId }) => opId), ...client.dismissed])
    const kept = new Map<string, Write>()
    for (const write of client.writes) {
      if (write.state !== 'kept' || write.opId === undefined) continue
      kept.set(write.opId, write)
      fates.kept++
      const isRefused = refused.has(write.opId)
      if (isRefused) fates.refused++
      if (isRefused && account.executed.has(write.opId)) fates.late++
      if (isRefused ? !account.refused.has(write.opId) : !account.executed.has(write.opId))
        fates.lost.push(`client ${client.at}: ${write.opId} ${JSON.stringify(write.wanted)}`)
    }
    const last = new Map<string, number>()
    for (const { wanted, tab, opId = '' } of kept.values()) {
      const at = order.get(opId)
      // One that was refused and tried again stands behind others for a reason.
      if (at === undefined || account.refused.has(opId)) continue
      for (const id of idsOf(wanted)) {
        const key = `${tab} ${id}`
        if ((last.get(key) ?? -1) > at)
          fates.overtaken.push(`client ${client.at}: ${opId} ${JSON.stringify(wanted)}`)
        last.set(key, at)
      }
    }
    const maybe = client.writes.filter(({ state }) => state === 'asked')
    for (const { sent } of account.executed.values()) {
      if (sent.client !== client.at || kept.has(sent.opId) || sent.path === 'history.undo') continue
      const at = maybe.findIndex(
        ({ wanted }) => wanted.path === sent.path && isSame(wanted.input, sent.input),
      )
      if (at < 0) fates.unasked.push(words(sent))
      else maybe.splice(at, 1)
    }
  }
  return fates
}

/** Rows of every kind by their ids. */
function byId(all: Everything): Map<string, { entity: EntityName; row: Found[EntityName] }> {
  const entities = Object.keys(all) as EntityName[]
  return new Map(
    entities.flatMap((entity) =>
      all[entity].map((row: Found[EntityName]) => [row.id, { entity, row }] as const),
    ),
  )
}
