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
import { isSame, rowOf, type Row, type Task } from './rows.ts'
import { sequentialModel, type Call, type Outcome } from './sequential.ts'

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
      signedIn: { user, sessionId: sessions[client] ?? '' },
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
      check(sent, result)
      if ('answer' in result)
        executed.set(sent.opId, { sent, since, revision: written, answer: result.answer })
      else refused.set(sent.opId, result.error.reason)
      if (written !== undefined) for (const tell of listeners) tell(written)
    }
    if ('error' in result) throw result.error
    return result.answer
  }

  function check(sent: Sent, result: Result): void {
    const answer = 'answer' in result ? (result.answer as Partial<Task>) : undefined
    const before = model.now()
    const expected = model.execute(sent, answer?.position)
    const found: Outcome | { refused: undefined } =
      'answer' in result ? { refused: undefined } : { refused: result.error.reason }
    if ('refused' in expected) {
      if (expected.refused !== found.refused)
        faults.push(`${words(sent)}: expected ${expected.refused}, found ${JSON.stringify(result)}`)
      return
    }
    if (found.refused !== undefined) faults.push(`${words(sent)}: refused with ${found.refused}`)
    const revision = expected.diff.size > 0 ? model.revision() : undefined
    if (written !== revision) faults.push(`${words(sent)}: expected revision ${revision}, found ${written}`)
    const row = 'id' in sent.input && sent.input.id ? model.now().get(sent.input.id) : undefined
    if (row && answer?.id === row.id && !isSame(row, rowOf(answer as Task, row.completion)))
      faults.push(`${words(sent)}: expected ${JSON.stringify(row)}, found ${JSON.stringify(answer)}`)
    if (row && sent.path === 'tasks.reorder' && !isBehind(before, row, sent.input.after))
      faults.push(`${words(sent)}: stands at ${row.position}`)
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

function invoke(caller: Caller, { path, input, opId, basedOn }: Sent): Promise<unknown> {
  const [feature, name] = path.split('.') as ['tasks', 'update']
  return caller[feature][name]({ ...input, opId, basedOn } as Parameters<Caller['tasks']['update']>[0])
}

/** Right behind the other, with nobody between; first where there is no other. */
function isBehind(before: ReadonlyMap<string, Row>, { id, position }: Row, after: string | null): boolean {
  const anchor = after === null ? '' : (before.get(after)?.position ?? '')
  const others = [...before.values()].filter((row) => row.id !== id).map((row) => row.position)
  return anchor < position && others.every((other) => other <= anchor || other > position)
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
  verifyPassword: unused,
  record: unused,
  update: unused,
  erase: unused,
  keep: unused,
  sessions: unused,
  revokeSession: unused,
  revokeOtherSessions: unused,
}
