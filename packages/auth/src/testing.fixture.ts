import { connect, type Database } from '@ownlist/db'
import { createTestDatabase } from '@ownlist/testing'
import { randomUUID } from 'node:crypto'
import { expect, test as base } from 'vitest'
import { createAuth, type AuthOptions } from './auth.ts'
import type { Mail } from './mails.ts'

export const secret = 'a secret of tests that is long enough'
export const password = 'correct horse battery staple'

/** What a client that is no browser sends, and what a page of our own does. */
const program = {}
export const browser = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }

/** Tests of identity: a database for each file, and better-auth on it as the server sets it up. */
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
  .extend('counted', ({ connection }) => {
    /** A database that remembers its statements; of a transaction only that it began. */
    return function counted() {
      const statements: { text: string; values: readonly unknown[] }[] = []
      const database: Database = {
        ...connection,
        run: (statement, role, userId) => {
          statements.push(statement)
          return connection.run(statement, role, userId)
        },
        begin: (...options) => {
          statements.push({ text: 'begin', values: [] })
          return connection.begin(...options)
        },
      }
      return { database, statements }
    }
  })
  .extend('serve', ({ connection }) => {
    /** A server's identity; several on one database are several servers. */
    return function serve(options: Partial<AuthOptions> = {}) {
      const baseUrl = options.baseUrl ?? 'http://localhost:3000'
      const auth = createAuth({ database: connection, secret, baseUrl, ...options })
      const post = async (route: string, body: unknown, headers: Record<string, string> = program) => {
        const request = new Request(new URL(`/api/auth/${route}`, baseUrl), {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        })
        const response = await auth.handle(request, '192.0.2.1')
        const text = await response.text()
        return {
          status: response.status,
          headers: response.headers,
          text,
          body: JSON.parse(text) as { code?: string; message?: string; user?: { id: string; name: string } },
          token: response.headers.get('set-auth-token') ?? '',
        }
      }
      return {
        ...auth,
        post,
        checkBearer: (token: string) => auth.check(new Headers({ authorization: `Bearer ${token}` })),
        /** A new account with its first session. */
        async signUp(email = newEmail(), headers: Record<string, string> = program) {
          const answer = await post('sign-up/email', { email, password }, headers)
          if (answer.status !== 200) throw new Error(answer.text)
          return { email, id: answer.body.user?.id ?? '', token: answer.token, answer }
        },
      }
    }
  })

/** Mails of a server, and the next that comes to an address. */
export function mailbox() {
  const mails: Mail[] = []
  return {
    mails,
    sendMail: async (mail: Mail) => void mails.push(mail),
    /** The newest mail to an address with such a subject, when it is there, and the token of its link. */
    async next(to: string, subject: string | RegExp) {
      const find = () => mails.findLast((mail) => mail.to === to && mail.subject.match(subject))
      const mail = await expect.poll(find).toBeDefined().then(find)
      return { ...mail, token: /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '' }
    },
  }
}

export function newEmail(): string {
  return `${randomUUID()}@example.org`
}
