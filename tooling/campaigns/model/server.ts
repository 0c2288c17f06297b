import { randomBytes, randomUUID } from 'node:crypto'
import {
  asAppError,
  createCaller,
  type Context,
  type LiveUpdates,
  type User,
} from '../../../packages/api/src/index.ts'
import { asAuth, connect } from '../../../packages/db/src/index.ts'
import { OwnlistError } from '../../../packages/client/src/index.ts'
import type { PullPage } from '../../../packages/client/src/store/ports.ts'
import { isSame, momentOf, rowIn, rowOf, type EntityName, type Found, type Row, type State } from './rows.ts'
import { sequentialModel, type Call } from './sequential.ts'

type Caller = ReturnType<typeof createCaller>

/** A change as one of the clients sends it. */
export type Sent = Call & { opId: string; basedOn: number; client: number }

/** What the server made of it, the first time that it came through. */
interface Executed {
  sent: Sent
  /** Its own revision, where anything is different after it. */
  revision: number | undefined
  /** What was there before that. */
  since: number
  answer: unknown
}

export type Server = Awaited<ReturnType<typeof connectServer>>
export type Account = Awaited<ReturnType<Server['newAccount']>>

/** The real router on a real database. */
export async function connectServer(url: string) {
  const database = await connect({ url, max: 4 })
  const identity = asAuth(database)

  async function newAccount(clients: number, around: Around) {
    const user = await identity
      .insertInto('users')
      .values({ email: `${randomUUID()}@example.org`, name: 'Ada' })
      .returning('id')
      .executeTakeFirstOrThrow()
    const sessions: string[] = []
    for (let client = 0; client < clients; client++) sessions.push(await newSession(user.id))
    return account({ ...around, database, user: { ...nobody, id: user.id }, sessions })
  }

  async function newSession(user: string): Promise<string> {
    const { id } = await identity
      .insertInto('sessions')
      .values({
        user_id: user,
        token_hash: randomBytes(32).toString('hex'),
        expires_at: new Date('2099-01-01'),
      } as never)
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  return { newAccount, close: () => database.end() }
}

interface Around {
  now: () => number
  say: (line: string) => void
}

interface Surroundings extends Around {
  database: Context['database']
  user: User
  sessions: string[]
}

/** One user's account, and beside it the plain model, which each answer is held against. */
function account({ database, user, sessions, now, say }: Surroundings) {
  const model = sequentialModel()
  const executed = new Map<string, Executed>()
  const refused = new Map<string, string>()
  /** What revision stands for a moment that rows have in common. */
  const moments = new Map<string, number>()
  const faults: string[] = []
  const listeners = new Set<(revision: number) => void>()
  let written: number | undefined
  let calls = 0

  const live: LiveUpdates = {
    changed: (_user, revision) => void (written = revision),
    sessionsEnded() {},
    subscribe: () => ({ async *[Symbol.asyncIterator]() {}, [Symbol.dispose]() {} }),
  }

  function callerFor(client: number, name = `reader ${client}`): Caller {
    const at = now() + ++calls
    return createCaller({
      database,
      accounts: noAccounts,
      signedIn: { via: 'session', user, sessionId: sessions[client] ?? '' },
      client: name,
      live,
      requestId: name,
      // No two calls share a moment, so new tasks stand in the order in which they came.
      now: () => new Date(at),
      onUnexpected: (error) => faults.push(`unexpected: ${String(error)}`),
    })
  }

  /** Calls the router, and holds what it answers against the model. */
  async function execute(sent: Sent): Promise<unknown> {
    const first = executed.get(sent.opId)
    const since = model.revision()
    written = undefined
    // The operation's id stands for the client's name: so the log itself tells which revision is whose.
    const result = await outcome(invoke(callerFor(sent.client, sent.opId), sent))
    say(
      `  server: ${'error' in result ? result.error.reason : `revision ${written ?? 'none'}`}, ${words(sent)}`,
    )
    if (first) {
      if (!('answer' in result) || !isSame(sortedKeys(result.answer), sortedKeys(first.answer)))
        faults.push(
          `${words(sent)}: answered ${JSON.stringify(result)}, before that ${JSON.stringify(first)}`,
        )
      // Who repeats is told of the newest revision; a new one would be a second effect.
      if ((written ?? 0) > since) faults.push(`${words(sent)}: has happened twice, at ${written}`)
    } else {
      await check(sent, result)
      if ('answer' in result)
        executed.set(sent.opId, { sent, since, revision: written, answer: result.answer })
      else refused.set(sent.opId, result.error.reason)
      if (written !== undefined) for (const tell of listeners) tell(written)
    }
    if ('error' in result) throw result.error
    return result.answer
  }

  async function check(sent: Sent, result: Result): Promise<void> {
    const answer = 'answer' in result ? (result.answer as Partial<Answer>) : undefined
    const before = model.now()
    if (model.leavesToServer(sent)) {
      if (answer) model.adopt(written === undefined ? new Map() : await changedSince(model.revision()))
      return void faults.push(...faultsOfReferences(model.now()).map((fault) => `${words(sent)}: ${fault}`))
    }
    const expected = model.execute(sent, answer?.position)
    const reason = 'error' in result ? result.error.reason : undefined
    if ('refused' in expected) {
      if (!reason || !expected.refused.includes(reason))
        faults.push(
          `${words(sent)}: expected ${expected.refused.join(' or ')}, found ${JSON.stringify(result)}`,
        )
      return
    }
    if (reason !== undefined) faults.push(`${words(sent)}: refused with ${reason}`)
    const revision = expected.diff.size > 0 ? model.revision() : undefined
    if (written !== revision) faults.push(`${words(sent)}: expected revision ${revision}, found ${written}`)
    const row = 'id' in sent.input && sent.input.id ? model.now().get(sent.input.id) : undefined
    if (row && answer?.id === row.id) {
      const found = rowOf(row.entity, answer as Found[EntityName], momentOf(row))
      if (!isSame(row, found))
        faults.push(`${words(sent)}: expected ${JSON.stringify(row)}, found ${JSON.stringify(answer)}`)
    }
    const after = 'after' in sent.input ? sent.input.after : undefined
    if (row && after !== undefined && !isBehind(before, row, after))
      faults.push(`${words(sent)}: stands at ${JSON.stringify(row)}`)
    // All that a revision completes or archives, it does in the same moment.
    if ([...expected.diff.values()].some(({ after: made }) => momentOf(made) === revision)) {
      const moment = answer?.completedAt ?? answer?.archivedAt
      if (moment) moments.set(moment, model.revision())
      else await changedSince(model.revision() - 1)
    }
  }

  /** What the server has changed since, as rows of the model. */
  async function changedSince(since: number): Promise<Map<string, Row | undefined>> {
    const { deleted, ...page } = await callerFor(0).sync.pull({ since, limit: 5_000 })
    const changed = new Map<string, Row | undefined>(deleted.map(({ id }) => [id, undefined]))
    const put = <E extends EntityName>(entity: E, found: Found[E][]) => {
      for (const one of found) {
        const { completedAt, archivedAt } = one as Partial<Answer>
        const moment = completedAt ?? archivedAt
        if (moment && !moments.has(moment)) moments.set(moment, since + 1)
        changed.set(one.id, rowOf(entity, one, moment ? (moments.get(moment) ?? null) : null))
      }
    }
    put('lists', page.lists)
    put('tags', page.tags)
    put('tasks', page.tasks)
    put('comments', page.comments)
    return changed
  }

  return {
    user,
    sessions,
    model,
    executed: executed as ReadonlyMap<string, Executed>,
    /** Refused, by reason, and never executed by then. */
    refused: refused as ReadonlyMap<string, string>,
    faults,
    listeners,
    execute,
    callerFor,

    async pull(client: number, input: { since?: number } | { cursor: string }, limit: number) {
      const result = await outcome(callerFor(client).sync.pull({ ...input, limit }))
      if ('error' in result) throw result.error
      return result.answer as PullPage
    },
  }
}

type Result = { answer: unknown } | { error: OwnlistError }

/** As it comes over the wire. */
async function outcome(running: Promise<unknown>): Promise<Result> {
  try {
    return { answer: JSON.parse(JSON.stringify(await running)) as unknown }
  } catch (thrown) {
    const { reason, message, issues } = asAppError(thrown)
    return { error: new OwnlistError(reason, message, { issues: issues ?? [], cause: thrown }) }
  }
}

/** What any answer may say of a row. */
interface Answer {
  id: string
  position: string
  completedAt: string | null
  archivedAt: string | null
}

function invoke(caller: Caller, { path, input, opId, basedOn }: Sent): Promise<unknown> {
  const [feature, name] = path.split('.') as ['tasks', 'update']
  return caller[feature][name]({ ...input, opId, basedOn } as Parameters<Caller['tasks']['update']>[0])
}

/** Right behind the other, with nobody between; first where there is no other. */
function isBehind(before: State, row: Row, after: string | null): boolean {
  const placeOf = (one: Row | undefined) => (one && 'position' in one ? one.position : '')
  const anchor = placeOf(before.get(after ?? ''))
  const position = placeOf(row)
  const others = [...before.values()].filter(({ id, entity }) => id !== row.id && entity === row.entity)
  return anchor < position && others.every((other) => placeOf(other) <= anchor || placeOf(other) > position)
}

/** Nothing points to what is not there, and nothing is below itself. */
function faultsOfReferences(state: State): string[] {
  return [...state.values()].flatMap((row) => {
    if (row.entity === 'comments') return rowIn(state, 'tasks', row.taskId) ? [] : [`${row.id} is on no task`]
    if (row.entity !== 'tasks') return []
    const { id, listId, parentId, tagIds } = row
    const above: string[] = []
    for (
      let at = parentId;
      at !== null && !above.includes(at);
      at = rowIn(state, 'tasks', at)?.parentId ?? null
    )
      above.push(at)
    return [
      ...(listId !== null && !rowIn(state, 'lists', listId) ? [`${id} is in no list`] : []),
      ...(parentId !== null && !rowIn(state, 'tasks', parentId) ? [`${id} is below no task`] : []),
      ...(tagIds.some((tag) => !rowIn(state, 'tags', tag)) ? [`${id} has no such tag`] : []),
      ...(above.includes(id) ? [`${id} is below itself`] : []),
    ]
  })
}

function sortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sortedKeys)
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  )
}

export function words({ path, input, opId, basedOn, client }: Sent): string {
  return `client ${client} ${path} ${JSON.stringify(input)} (${opId.slice(-6)}, based on ${basedOn})`
}

const nobody: User = {
  id: '',
  email: 'ada@example.org',
  name: 'Ada',
  timeZone: 'UTC',
  weekStart: 1,
  locale: 'en',
  eraseAfter: null,
}

const unused = () => Promise.reject(new Error('no part of this campaign'))

const noAccounts: Context['accounts'] = {
  once: unused,
  prove: unused,
  record: unused,
  security: unused,
  events: unused,
  update: unused,
  erase: unused,
  keep: unused,
  sessions: unused,
  revokeSession: unused,
  revokeOtherSessions: unused,
  tokens: unused,
  createToken: unused,
  revokeToken: unused,
}
