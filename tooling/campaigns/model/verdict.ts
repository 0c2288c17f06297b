import { isDeepStrictEqual } from 'node:util'
import type { Outputs } from '../../../packages/client/src/index.ts'
import { idsOf } from '../../../packages/client/src/store/operation.ts'
import type { Client, Write } from './client.ts'
import { isSame, rowOf, type Row, type Task } from './rows.ts'
import { words, type Account } from './server.ts'

export type Revision = Outputs['history']['list']['items'][number]
type Change = Revision['changes'][number]

/** All tasks, as the server lists them. */
export async function listAll(account: Account): Promise<Task[]> {
  const tasks: Task[] = []
  let cursor: string | null | undefined
  do {
    const page = await account.callerFor(0).tasks.list({ limit: 500, ...(cursor && { cursor }) })
    tasks.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return tasks
}

/** Every tab shows what the server has, to the last field, and nothing waits. */
export async function faultsOfClient(client: Client, tasks: Task[]): Promise<string[]> {
  const expected = byId(tasks)
  const { outbox } = await client.kept()
  const faults = outbox.map(({ opId }) => `client ${client.at} still holds ${opId}`)
  for (const [at, tab] of client.tabs().entries()) {
    const found = byId(tab.shown.get())
    const wrong = [...new Set([...expected.keys(), ...found.keys()])].find(
      (id) => !isDeepStrictEqual(expected.get(id), found.get(id)),
    )
    if (wrong !== undefined)
      faults.push(
        `client ${client.at}, tab ${at}, shows ${JSON.stringify(found.get(wrong))} instead of ${JSON.stringify(expected.get(wrong))}`,
      )
  }
  return faults
}

/** The server has what the plain model has, and its log says how it came to be. */
export function faultsOfServer(account: Account, tasks: Task[]): string[] {
  const faults: string[] = []
  const model = account.model.now()
  for (const task of tasks) {
    const row = model.get(task.id)
    if (!row || !isSame(row, rowOf(task, row.completion)))
      faults.push(`the server has ${JSON.stringify(task)}, the model ${JSON.stringify(row)}`)
    const isYounger = Temporal.Instant.compare(task.updatedAt, task.createdAt) < 0
    if ((task.completedAt === null) !== (task.status !== 'completed') || isYounger)
      faults.push(`times: ${JSON.stringify(task)}`)
  }
  if (tasks.length !== model.size)
    faults.push(`the server has ${tasks.length} tasks, the model ${model.size}`)
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

/** One revision for each operation with an effect, in the order in which they took it, and of exactly that effect. */
export function faultsOfLog(account: Account, history: Revision[], tasks: Task[]): string[] {
  const faults: string[] = []
  const effective = [...account.executed.values()].filter(({ revision }) => revision !== undefined)
  if (history.length !== effective.length || history.length !== account.model.revision())
    faults.push(`${history.length} revisions of ${effective.length} operations`)
  const replayed = new Map<string, Partial<Task>>()
  for (const [at, { revision, client, changes }] of history.entries()) {
    const operation = effective[at]
    if (client !== operation?.sent.opId || revision !== operation.revision || revision !== at + 1)
      faults.push(`revision ${revision} is of ${client} and not of ${operation?.sent.opId}`)
    const diff = account.model.log[revision]
    for (const change of changes) {
      const { before, after } = diff?.get(change.id) ?? {}
      if (!isDeepStrictEqual(expectedChange(before, after), foundChange(change)))
        faults.push(
          `revision ${revision}: ${JSON.stringify(change)} instead of ${JSON.stringify({ before, after })}`,
        )
      if (change.after === null) replayed.delete(change.id)
      else replayed.set(change.id, { ...replayed.get(change.id), ...change.after })
    }
    if (changes.length !== diff?.size)
      faults.push(`revision ${revision}: ${changes.length} changes of ${diff?.size}`)
  }
  const found = tasks.filter(
    (task) =>
      !Object.entries(replayed.get(task.id) ?? { id: '' }).every(([field, value]) =>
        isDeepStrictEqual(value, task[field as keyof Task]),
      ),
  )
  return [...faults, ...found.map((task) => `the log does not lead to ${JSON.stringify(task)}`)]
}

const plain = ['title', 'description', 'status', 'priority', 'due', 'position'] as const

/** As the history writes it; moments are known by whether they are different. */
function expectedChange(before: Row | undefined, after: Row | undefined) {
  const fields = (row: Row | undefined, other: Row | undefined) =>
    row &&
    Object.fromEntries([
      ...plain.filter((name) => !other || !isSame(row[name], other[name])).map((name) => [name, row[name]]),
      ...(other && row.completion === other.completion ? [] : [['completedAt', row.completion !== null]]),
      ...(other ? [] : [['number', row.number]]),
    ])
  return { before: fields(before, after) ?? null, after: fields(after, before) ?? null }
}

function foundChange({ before, after }: Change) {
  const fields = (found: Change['before']) => {
    if (!found) return null
    const { createdAt: _createdAt, completedAt, ...rest } = found
    return { ...rest, ...(completedAt !== undefined && { completedAt: completedAt !== null }) }
  }
  return { before: fields(before), after: fields(after) }
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

function byId(tasks: readonly Task[]): Map<string, Task> {
  return new Map(tasks.map((task) => [task.id, task]))
}
