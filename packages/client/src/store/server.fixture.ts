import { startServer } from '@ownlist/server'
import { createTestDatabase } from '@ownlist/testing'
import { test as base } from 'vitest'
import { createClient } from '../client.ts'
import { signUp } from '../session.ts'

/** A real server, and users who have just signed up. */
export const test = base
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('url', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const server = await startServer({
      DATABASE_URL: database.url,
      DATABASE_URL_UNPOOLED: database.ownerUrl,
      DATABASE_POOL_MAX: '6',
      AUTH_SECRET: 'a secret of tests that is long enough',
      PORT: '0',
      LOG_LEVEL: 'silent',
      // What a test makes in a second, people make in a day.
      RATE_LIMIT_ACCOUNT: '1000000',
      RATE_LIMIT_ADDRESS: '1000000',
      RATE_LIMIT_IDENTITY: '1000000',
    })
    onCleanup(() => server.close())
    return server.url
  })
  .extend('newUser', { scope: 'file' }, ({ url }) => async () => {
    const account = { email: `${crypto.randomUUID()}@example.org`, password: 'correct horse battery staple' }
    const { user, token } = await signUp(url, account)
    return { id: user.id, client: createClient({ url, token }), token }
  })
