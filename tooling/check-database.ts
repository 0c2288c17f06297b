import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main as db } from '../packages/db/src/cli.ts'
import { startPostgres } from './postgres/src/index.ts'

// Are the table types those of the migrations? Asked of an empty database of its own, never of the one that
// DATABASE_URL names: that one may be behind, and checking changes nothing of anybody's.
const home = mkdtempSync(join(tmpdir(), 'ownlist-check-'))
// Root's PostgreSQL runs as another user, which has to reach its data.
chmodSync(home, 0o755)
const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
try {
  const env = { DATABASE_URL: postgres.url }
  process.exitCode = (await db(['migrate'], env)) || (await db(['types', '--verify'], env))
} finally {
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
}
