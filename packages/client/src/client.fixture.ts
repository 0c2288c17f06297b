import { startServer } from '@ownlist/server'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base } from 'vitest'
import { createClient } from './client.ts'
import { errorOf } from './errors.ts'
import { signUp } from './session.ts'

export const password = 'correct horse battery staple'

export function environment(database: TestDatabase, port = '0'): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: database.url,
    DATABASE_URL_UNPOOLED: database.ownerUrl,
    DATABASE_POOL_MAX: '6',
    AUTH_SECRET: 'a secret of tests that is long enough',
    PORT: port,
    LOG_LEVEL: 'silent',
    // What a test makes in a second, people make in a day.
    RATE_LIMIT_ACCOUNT: '1000000',
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '1000000',
  }
}

export const test = base
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('url', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const server = await startServer(environment(database))
    onCleanup(() => server.close())
    return server.url
  })
  .extend('token', { scope: 'file' }, async ({ url }) => {
    const { token } = await signUp(url, { email: `${randomUUID()}@example.org`, password })
    return token ?? ''
  })
  /** A client, and what it sends: each request's address and body. */
  .extend('watched', ({ url, token }) => (options: Partial<Parameters<typeof createClient>[0]> = {}) => {
    const sent: { url: string; method: string | undefined; body: unknown }[] = []
    const client = createClient({
      url,
      token,
      ...options,
      fetch: (input, init) => {
        sent.push({
          url: new Request(input).url,
          method: init?.method,
          body: JSON.parse(typeof init?.body === 'string' ? init.body : 'null'),
        })
        return (options.fetch ?? fetch)(input, init)
      },
    })
    return { client, sent }
  })
  /** A server that answers as a test says, and counts the requests. */
  .extend('pretender', async ({}, { onCleanup }) => {
    const requests: IncomingMessage[] = []
    let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
    const server = createServer((request, response) => {
      requests.push(request.resume())
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onCleanup(() => {
      server.closeAllConnections()
      server.close()
    })
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requests,
      answers(own: typeof answer) {
        answer = own
      },
    }
  })

export const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorOf(error),
  )
