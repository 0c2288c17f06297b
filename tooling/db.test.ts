import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { dumpSchema, findDumpTools } from './db.ts'
import { startPostgres } from './postgres/src/index.ts'
import { createTestDatabase } from './testing/src/index.ts'

const home = mkdtempSync(join(tmpdir(), 'ownlist-db-test-'))
// Root's PostgreSQL runs as another user, which has to reach its data.
chmodSync(home, 0o755)
afterAll(() => rmSync(home, { recursive: true, force: true }))

function db(args: string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'db.ts'), ...args],
      { env: { ...process.env, DATABASE_URL: '', DATABASE_URL_UNPOOLED: '', NODE_ENV: '', ...env } },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

test('pnpm db works on the database of DATA_DIR: started when nobody runs it, joined when somebody does', async () => {
  const dataDir = join(home, 'data')
  mkdirSync(dataDir)
  const env = { DATA_DIR: dataDir }
  expect(await db(['sql'], env)).toMatchObject({
    code: 0,
    out: expect.stringContaining('-- 0001_identity.sql'),
  })

  const first = await db(['migrate'], env)
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining('0001_identity\n'), err: '' })

  // What `pnpm start` does.
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), durable: false })
  try {
    expect(await db(['migrate'], env)).toEqual({ code: 0, out: 'up to date\n', err: '' })
    expect((await db(['status'], env)).out).toMatch(/^\d{4}-.*Z {2}0001_identity\n/)
  } finally {
    await postgres.stop()
  }
})

test('pnpm db works on the database of DATABASE_URL where there is one', async () => {
  const empty = await createTestDatabase({ migrated: false })
  const env = { DATA_DIR: join(home, 'none'), DATABASE_URL: empty.ownerUrl }
  expect((await db(['status'], env)).out).toMatch(/^pending +0001_identity\n/)
  expect(await db(['migrate'], env)).toMatchObject({ code: 0, err: '' })
  await empty.drop()
})

test.skipIf(!findDumpTools())('schema.sql is what the migrations make', async () => {
  const file = join(import.meta.dirname, '../packages/db/schema.sql')
  expect(readFileSync(file, 'utf8')).toBe(await dumpSchema(findDumpTools() ?? ''))
})

if (!findDumpTools())
  process.stdout.write('SKIPPED: schema.sql is not verified, pg_dump 15 is not installed.\n')
