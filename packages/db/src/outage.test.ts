import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect as dial, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@ownlist/postgres'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { DatabaseUnavailableError } from './connection.ts'
import { migrate } from './migrate.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asUser, inTransaction, type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

const count = async ({ db }: Scope) => (await db.selectFrom('tasks').select('id').execute()).length

describe('a network that drops sleeping connections in silence', () => {
  let testDatabase: TestDatabase
  let owner: Owner
  let proxy: Server
  let url: string
  const links = new Set<Socket>()

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    owner = await openOwner(testDatabase.ownerUrl)
    const target = new URL(testDatabase.url)
    const port = Number(target.port)
    proxy = createServer((near) => {
      const far = dial(port, '127.0.0.1')
      links.add(near).add(far)
      // What was open when the network went deaf never answers again; what is opened later works.
      let dead = false
      near.on('data', (data) => void (dead || far.write(data)))
      far.on('data', (data) => void (dead || near.write(data)))
      for (const end of [near, far])
        end.on('error', () => {}).on('close', () => (near.destroy(), far.destroy()))
      deafen.push(() => (dead = true))
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    const address = proxy.address()
    target.port = String(typeof address === 'object' && address ? address.port : 0)
    url = target.href
  })

  afterAll(async () => {
    for (const link of links) link.destroy()
    proxy.close()
    await owner.end()
    await testDatabase.drop()
  })

  const deafen: (() => unknown)[] = []

  test.each([true, false])(
    'costs one question, not one for each connection, and no statement (pipelining: %s)',
    { timeout: 20_000 },
    async (pipelining) => {
      const database = await connect({ url, pipelining, max: 12, sleepCheck: 0 })
      const scope = asUser(database, await owner.addUser(`Person with ${pipelining}`))
      await insert(scope)
      await Promise.all(Array.from({ length: 12 }, () => sql`select pg_sleep(0.1)`.execute(scope.db)))
      await Promise.all(
        Array.from({ length: 6 }, () =>
          inTransaction(scope, ({ db }) => sql`select pg_sleep(0.05)`.execute(db)),
        ),
      )
      expect(database.usage().lanes + database.usage().idle).toBeGreaterThan(3)

      for (const cut of deafen) cut()
      const started = performance.now()
      expect(await count(scope)).toBe(1)
      expect(await inTransaction(scope, count)).toBe(1)
      // Two seconds for each kind of connection, and not for each connection.
      expect(performance.now() - started).toBeLessThan(8_000)
      await database.end()
    },
  )
})

describe('a server that is restarted', () => {
  test('is found again, by single statements and by transactions', { timeout: 60_000 }, async () => {
    const home = mkdtempSync(join(tmpdir(), 'ownlist-connect-'))
    // Root's PostgreSQL runs as another user, which has to reach its data.
    chmodSync(home, 0o755)
    const start = (port?: number) => startPostgres({ dataDir: join(home, 'postgres'), durable: false, port })
    let postgres = await start()
    const { port } = postgres
    await migrate({ url: postgres.url, login: new URL(postgres.serverUrl).username })
    const errors: Error[] = []
    let database: Database | undefined
    try {
      database = await connect({ url: postgres.serverUrl, max: 6, onError: (error) => errors.push(error) })
      const admin = await openOwner(postgres.url)
      const ada = asUser(database, await admin.addUser('Ada'))
      await admin.end()
      await Promise.all([insert(ada), inTransaction(ada, insert)])

      await postgres.stop()
      await expect(count(ada)).rejects.toThrow(DatabaseUnavailableError)
      await expect(inTransaction(ada, count)).rejects.toThrow(DatabaseUnavailableError)
      await expect(connect({ url: postgres.serverUrl })).rejects.toThrow(
        `PostgreSQL at 127.0.0.1:${port} does not answer (ECONNREFUSED).`,
      )
      postgres = await start(port)
      expect(await count(ada)).toBe(2)
      expect(await inTransaction(ada, count)).toBe(2)
      expect(errors.length).toBeGreaterThan(0)
    } finally {
      await database?.end()
      await postgres.stop()
      rmSync(home, { recursive: true, force: true })
    }
  })
})
