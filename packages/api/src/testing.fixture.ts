import { asAuth, connect, once, type DB } from '@ownlist/db'
import { createTestDatabase } from '@ownlist/testing'
import { sql, type Kysely } from 'kysely'
import { randomBytes, randomUUID } from 'node:crypto'
import { test as base } from 'vitest'
import type { Accounts, SecurityEvent, TokenInfo, User } from './account/accounts.ts'
import { createCaller } from './router.ts'
import type { LiveUpdates } from './sync/live.ts'
import type { TokenScope } from './token-scopes.ts'
import { createTurns } from './turns.ts'

export interface SignUpOptions {
  /** Where the user is: what their "today" depends on. */
  timeZone?: string
  /** Fixed, unless the test moves it; the real time where it is left out. */
  now?: string
}

type Caller = ReturnType<typeof createCaller>

/** A new user, with the procedures as that user calls them. */
export interface SignedUp extends Pick<
  Caller,
  'account' | 'comments' | 'history' | 'lists' | 'sync' | 'tags' | 'tasks' | 'views'
> {
  /** All procedures, by whatever name. */
  caller: Caller
  user: User
  sessionId: string
  /** Set `clock.now` to move the user's time. */
  clock: { now: Date | undefined }
  /** The revisions that the user's other clients were told of. */
  news: number[]
  /** The procedures as a program calls them, by an API token of these scopes, whose id it is. */
  byToken(scopes: TokenScope[], tokenId?: string): Caller
  /** A caller whose calls come in one request. */
  oneRequest(): Caller
  /** Another session of the same user; gives its id. */
  openSession(): Promise<string>
}

/**
 * Tests of procedures: every file has a database of its own, every `signUp()` is a new user, made
 * by the identity role, and what it gives calls the procedures as that user.
 */
export const test = base
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('connection', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const connection = await connect({ url: database.url, max: 6 })
    onCleanup(() => connection.end())
    return connection
  })
  .extend('signUp', { scope: 'file' }, ({ connection }) => {
    const db = asAuth(connection)

    async function openSession(userId: string): Promise<string> {
      const hash = randomBytes(32).toString('hex')
      const { rows } = await sql<{ id: string }>`
        insert into sessions (user_id, token_hash, expires_at)
        values (${userId}, ${hash}, now() + interval '30 days') returning id`.execute(db)
      return rows[0]?.id ?? ''
    }

    return async function signUp({ timeZone = 'UTC', now }: SignUpOptions = {}): Promise<SignedUp> {
      const { rows } = await sql<User>`
        insert into users (email, name, time_zone) values (${`${randomUUID()}@example.org`}, 'Ada', ${timeZone})
        returning ${user}`.execute(db)
      const [made] = rows
      if (!made) throw new Error('no user was made')
      const sessionId = await openSession(made.id)
      const clock = { now: now === undefined ? undefined : new Date(now) }
      const news: number[] = []
      const live = { ...nobodyListens, changed: (_: string, revision: number) => void news.push(revision) }
      const context = {
        database: connection,
        accounts: accountsOf(db),
        signedIn: { via: 'session', user: made, sessionId } as const,
        client: 'tests',
        live,
        requestId: randomUUID(),
        now: () => clock.now ?? new Date(),
        onUnexpected: () => {},
      }
      const caller = createCaller(context)
      return {
        user: made,
        sessionId,
        clock,
        news,
        byToken: (scopes, tokenId = randomUUID()) =>
          createCaller({ ...context, signedIn: { via: 'token', user: made, tokenId, scopes } }),
        oneRequest: () => createCaller({ ...context, turns: createTurns({ database: connection, live }) }),
        openSession: () => openSession(made.id),
        caller,
        account: caller.account,
        comments: caller.comments,
        history: caller.history,
        lists: caller.lists,
        sync: caller.sync,
        tags: caller.tags,
        tasks: caller.tasks,
        views: caller.views,
      }
    }
  })
  .extend('stranger', ({ connection }) =>
    createCaller({
      database: connection,
      accounts: accountsOf(asAuth(connection)),
      signedIn: null,
      client: undefined,
      live: nobodyListens,
      requestId: randomUUID(),
      now: () => new Date(),
      onUnexpected: () => {},
    }),
  )

const nobodyListens: LiveUpdates = {
  changed() {},
  sessionsEnded() {},
  subscribe: () => ({ async *[Symbol.asyncIterator]() {}, [Symbol.dispose]() {} }),
}

export const password = 'correct horse'

/** PostgreSQL tells the time as JavaScript does. */
const user = sql`id, email, name, time_zone as "timeZone", week_start as "weekStart", locale,
  to_char(erase_after at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "eraseAfter"`

const instant = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const token = sql`id, name, scopes, last_four as "lastFour", ${instant('created_at')} as "createdAt",
  ${instant('expires_at')} as "expiresAt", ${instant('last_used_at')} as "lastUsedAt"`

/** The identity role's part, which packages/auth implements in earnest, in as few words as will do. */
function accountsOf(db: Kysely<DB>): Accounts {
  return {
    once: (userId, operation, work) =>
      once({ db, userId }, operation, (within) => work(accountsOf(within.db))),
    async update(userId, change) {
      const { rows } = await sql<User>`
        update users set name = coalesce(${change.name ?? null}, name),
          time_zone = coalesce(${change.timeZone ?? null}, time_zone),
          week_start = coalesce(${change.weekStart ?? null}::smallint, week_start),
          locale = coalesce(${change.locale ?? null}, locale)
        where id = ${userId}
        returning ${user}`.execute(db)
      return rows[0]
    },
    record: async () => undefined,
    async security(userId) {
      const { rows } = await sql<{ isVerified: boolean }>`
        select is_verified as "isVerified" from users where id = ${userId}`.execute(db)
      return rows[0] && { ...rows[0], hasPassword: true, signIns: [], sendsMail: false }
    },
    async events(userId, { limit, after }) {
      const { rows } = await sql<SecurityEvent>`
        select id, kind, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
          ip_address as "ipAddress", user_agent as "userAgent", detail
        from security_events where user_id = ${userId}
          and (at, id) < (${after?.at ?? 'infinity'}::timestamptz, ${after?.id ?? userId}::uuid)
        order by at desc, id desc limit ${limit}`.execute(db)
      return rows
    },
    async prove({ isFresh }, given, { always } = { always: false }) {
      if (given !== undefined) return given === password ? undefined : 'PASSWORD_WRONG'
      return isFresh && !always ? undefined : 'PASSWORD_NEEDED'
    },
    async erase(userId) {
      const { rows } = await sql<{ eraseAfter: string; receiptId: string }>`
        update users set erase_asked_at = now(), erase_after = now() + interval '14 days', erasure_id = gen_random_uuid()
        where id = ${userId} returning ${user}, erasure_id as "receiptId"`.execute(db)
      return rows.map(({ eraseAfter, receiptId }) => ({ eraseAfter, receiptId }))[0]
    },
    async keep(userId) {
      const { rows } = await sql<User>`
        update users set erase_asked_at = null, erase_after = null, erasure_id = null
        where id = ${userId} returning ${user}`.execute(db)
      return rows[0]
    },
    async sessions(userId) {
      const { rows } = await sql<{ id: string; created_at: Date; updated_at: Date; expires_at: Date }>`
        select id, created_at, updated_at, expires_at from sessions where user_id = ${userId} order by id`.execute(
        db,
      )
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.updated_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        ipAddress: null,
        userAgent: null,
      }))
    },
    async revokeSession(userId, sessionId) {
      const { numAffectedRows } =
        await sql`delete from sessions where user_id = ${userId} and id = ${sessionId}`.execute(db)
      return numAffectedRows === 1n
    },
    async revokeOtherSessions(userId, kept) {
      const { numAffectedRows } =
        await sql`delete from sessions where user_id = ${userId} and id is distinct from ${kept}::uuid`.execute(
          db,
        )
      return Number(numAffectedRows)
    },
    async tokens(userId) {
      const { rows } = await sql<TokenInfo>`
        select ${token} from api_tokens where user_id = ${userId} order by id`.execute(db)
      return rows
    },
    async createToken(userId, { name, scopes, expiresInDays }) {
      const secret = randomBytes(32).toString('hex')
      const { rows } = await sql<TokenInfo>`
        insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at)
        values (${userId}, ${name}, ${secret}, ${secret.slice(-4)}, ${scopes}, now() + make_interval(days => ${expiresInDays}))
        returning ${token}`.execute(db)
      return rows[0] && { ...rows[0], token: secret }
    },
    async revokeToken(userId, tokenId) {
      const { numAffectedRows } =
        await sql`delete from api_tokens where user_id = ${userId} and id = ${tokenId}`.execute(db)
      return numAffectedRows === 1n
    },
  }
}

/** A time of an answer as text that sorts: of the texts themselves, whose last zeros are cut off, the `Z` sorts after digits. */
export const sortable = (time: string) => time.replace(/Z$/, '')
