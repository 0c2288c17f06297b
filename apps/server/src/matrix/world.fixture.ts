import { connect, type Database } from '@ownlist/db'
import { openOwner } from '../../../../packages/db/src/owner.fixture.ts'
import type { World } from './attackers.fixture.ts'
import { disableRowSecurity, withoutWhereClauses, type Run } from './layers.fixture.ts'
import { startMatrixServer, type Addition, type MatrixServer } from './server.fixture.ts'
import { plantVictim } from './victim.fixture.ts'

export interface OpenWorld {
  world: World
  server: MatrixServer
  /** Statements that were run for users and say nothing of whose rows they mean, once changed. */
  statements: Map<string, string>
  close(): Promise<void>
}

/** A server on the given database with the walls that the run leaves standing, and a victim in it. */
export async function openWorld(
  { url, ownerUrl }: { url: string; ownerUrl: string },
  takenAway: readonly Run[],
  {
    add,
    setUp = '',
    through = (database) => database,
  }: { add?: Addition; setUp?: string; through?: (database: Database) => Database } = {},
): Promise<OpenWorld> {
  const owner = await openOwner(ownerUrl)
  const statements = new Map<string, string>()
  if (setUp !== '') await owner.rows(setUp)
  if (takenAway.includes('without row-level security')) await owner.rows(disableRowSecurity)
  const database = await connect({ url, max: 2 })
  const server = await startMatrixServer({
    url,
    add,
    through: takenAway.includes('without where clauses')
      ? (connected) => withoutWhereClauses(connected, (before, after) => statements.set(before, after))
      : through,
  })
  const victim = await plantVictim(owner, server.url)
  return {
    world: { owner, database, url: server.url, victim, others: [] },
    server,
    statements,
    async close() {
      await server.close()
      await Promise.all([database.end(), owner.end()])
    },
  }
}
