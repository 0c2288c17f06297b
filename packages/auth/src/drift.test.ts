import { getMigrations } from 'better-auth/db/migration'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { expect } from 'vitest'
import { betterAuthOptions } from './better-auth-options.ts'
import { secret, test } from './testing.fixture.ts'

test('better-auth finds every table and column that it wants on our tables', async ({
  connection,
  database,
}) => {
  const pool = new pg.Pool({ connectionString: database.ownerUrl, max: 1 })
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  try {
    const options = betterAuthOptions({
      database: connection,
      secret,
      baseUrl: 'http://localhost:3000',
    })
    const wanted = () => getMigrations({ ...options, database: { db, type: 'postgres' } })
    const { toBeCreated, toBeAdded } = await wanted()
    expect(toBeCreated).toEqual([])
    expect(toBeAdded).toEqual([])

    // It looks at the real tables: what is taken away is missed.
    await database.query('alter table sessions drop column user_agent')
    await database.query('drop table verifications')
    const drifted = await wanted()
    expect(drifted.toBeCreated.map(({ table }) => table)).toEqual(['verifications'])
    expect(drifted.toBeAdded.map(({ table }) => table)).toEqual(['sessions'])
  } finally {
    await db.destroy()
  }
})
