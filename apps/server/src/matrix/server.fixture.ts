import { createAuth, type Auth } from '@ownlist/auth'
import { connect, type Database, type DatabaseOptions } from '@ownlist/db'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../app.ts'
import { client, startProvider } from '../../../../packages/auth/src/oidc/provider.fixture.ts'
import { listen } from '../listen.ts'
import { createLiveUpdates } from '../live.ts'
import { withoutLimits } from '../no-limits.fixture.ts'
import { providerId } from './payloads.fixture.ts'
import { secret } from './people.fixture.ts'

export type App = ReturnType<typeof createApp>

/** What somebody adds to the server, such as a mistake. */
export type Addition = (app: App, parts: { database: Database; auth: Auth }) => App

export interface MatrixServer {
  url: string
  app: App
  /** What it did not foresee, as it would stand in its log. */
  unexpected: unknown[]
  close(): Promise<void>
}

/** The server as it starts, over real HTTP, with the web app and with its connections changed by `through`. */
export async function startMatrixServer({
  url,
  through = (database) => database,
  add = (app) => app,
  onStatement,
}: {
  url: string
  through?: ((database: Database) => Database) | undefined
  add?: Addition | undefined
  onStatement?: DatabaseOptions['onStatement']
}): Promise<MatrixServer> {
  const never = 2 ** 31 - 1
  const webDir = mkdtempSync(join(tmpdir(), 'ownlist-matrix-'))
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>Ownlist</title>')
  const database = through(await connect({ url, max: 6, ...(onStatement && { onStatement }) }))
  const server = await listen({ HOST: '127.0.0.1', PORT: 0 })
  const unexpected: unknown[] = []
  const provider = await startProvider({ callbackUrl: `${server.url}/api/auth/callback/${providerId}` })
  const auth = createAuth({
    database,
    secret,
    baseUrl: server.url,
    // As a server that sends mail: nobody learns there whether an address has an account.
    sendMail: () => Promise.resolve(),
    requireEmailVerification: true,
    oidcProviders: [{ id: providerId, name: 'House', issuer: provider.issuer, ...client }],
    onError: (message, details) => {
      // What better-auth notes of a return from a provider that nobody was sent to: a refusal, and no failure.
      if (message !== 'Failed to parse state') unexpected.push(message, ...details)
    },
  })
  const live = createLiveUpdates({
    database,
    url,
    pollEvery: never,
    lookEvery: never,
    checkSessionsEvery: never,
    findSessions: auth.findLivingSessions,
  })
  const app = add(
    createApp({
      database,
      auth,
      live,
      limits: withoutLimits,
      baseUrl: server.url,
      isReady: () => Promise.resolve(true),
      webDir,
      onUnexpected: (error) => unexpected.push(error),
    }),
    { database, auth },
  )
  server.answer((request, bindings) => app.fetch(request, bindings))
  return {
    url: server.url,
    app,
    unexpected,
    async close() {
      live.endSubscriptions()
      await server.drain()
      await live.close()
      await database.end()
      await provider.close()
      rmSync(webDir, { recursive: true })
    },
  }
}
