import { createTestDatabase } from '@ownlist/testing'
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { test as base } from 'vitest'
import { startServer } from './start.ts'

export const secret = 'a secret of tests that is long enough'

/** The password of everybody whom `openSession` makes, and its argon2id, which takes no time. */
export const password = 'correct horse'
const passwordHash =
  '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$t5QLzMlfSPLMezb1X/hRw1bKTTpryM1JhqBpLyqseOw'

/** What the server of a test is started with; `more` goes before. */
export function environment(
  { url, ownerUrl }: { url: string; ownerUrl: string },
  more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: url,
    DATABASE_URL_UNPOOLED: ownerUrl,
    DATABASE_POOL_MAX: '6',
    AUTH_SECRET: secret,
    PORT: '0',
    LOG_LEVEL: 'silent',
    // Tests make in a second what people make in a day. The limits are there all the same, only far away.
    ...farLimits,
    ...more,
  }
}

const farLimits = {
  RATE_LIMIT_ACCOUNT: '1000000',
  RATE_LIMIT_ADDRESS: '1000000',
  RATE_LIMIT_IDENTITY: '1000000',
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** tRPC's answer, or what came in its place. */
  body: {
    result?: { data: Record<string, unknown> }
    error?: { message: string; data: { reason: string; requestId: string; httpStatus: number } }
  }
}

/** Tests of the server over real HTTP: one server and one database for each file. */
export const test = base
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('server', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const server = await startServer(environment(database))
    onCleanup(() => server.close())
    return server
  })
  .extend('openSession', { scope: 'file' }, ({ database }) => {
    /** A new user with a session, as sign-up would leave them, without the time that a password takes. */
    return async function openSession(name = 'Ada') {
      const token = randomBytes(24).toString('hex')
      const email = `${randomUUID()}@example.org`
      const [row] = await database.query<{ userId: string; sessionId: string }>(
        `with made as (insert into users (email, name) values ($1, $2) returning id), locked as (
           insert into accounts (user_id, account_id, provider_id, password_hash)
           select id, id, 'credential', $4 from made)
         insert into sessions (user_id, token_hash, expires_at, user_agent)
         select id, $3, now() + interval '30 days', $2 from made returning user_id as "userId", id as "sessionId"`,
        [email, name, createHash('sha256').update(token).digest('hex'), passwordHash],
      )
      const signature = createHmac('sha256', secret).update(token).digest('base64')
      return {
        email,
        userId: row?.userId ?? '',
        sessionId: row?.sessionId ?? '',
        authorization: `Bearer ${token}.${signature}`,
      }
    }
  })
  .extend('request', { scope: 'file' }, ({ server }) => {
    return async (path: string, init: RequestInit = {}): Promise<Answer> => {
      const response = await fetch(new URL(path, server.url), init)
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
      return {
        status: response.status,
        headers: response.headers,
        text,
        // The answer to a HEAD has the type of a body that it does not have.
        body: (isJson && init.method !== 'HEAD' ? JSON.parse(text) : {}) as Answer['body'],
      }
    }
  })
  .extend('call', { scope: 'file' }, ({ request }) => {
    /** Calls a procedure by POST, which queries take too. */
    return (path: string, input: unknown, headers: Record<string, string> = {}) =>
      request(`/api/trpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      })
  })
