import { createTestDatabase } from '@ownlist/testing'
import { afterAll } from 'vitest'
import { connect } from './connect.ts'
import { openOwner } from './owner.fixture.ts'
import { asUser, type Scope } from './scope.ts'

/** A database of the test file's own, until the file ends, and people who have an account in it. */
export async function openPeople() {
  const testDatabase = await createTestDatabase()
  const database = await connect({ url: testDatabase.url, max: 9, acquireTimeout: 60_000 })
  const owner = await openOwner(testDatabase.ownerUrl)
  let people = 0

  afterAll(async () => {
    await Promise.all([database.end(), owner.end()])
    await testDatabase.drop()
  })

  return {
    testDatabase,
    database,
    owner,
    newUser: async (): Promise<Scope> => {
      people += 1
      return asUser(database, await owner.addUser(`Person${people}`))
    },
  }
}
