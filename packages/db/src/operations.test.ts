import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { once, OperationReusedError, type Operation } from './operations.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asAuth, asUser, type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

let testDatabase: TestDatabase
let database: Database
let owner: Owner

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = await connect({ url: testDatabase.url })
  owner = await openOwner(testDatabase.ownerUrl)
})

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

let people = 0

async function newUser(): Promise<Scope> {
  people += 1
  return asUser(database, await owner.addUser(`Doer${people}`))
}

function operation(input = 'the input', opId: string = randomUUID()): Operation {
  return { opId, procedure: 'tasks.create', inputHash: createHash('sha256').update(input).digest() }
}

const create = async (scope: Scope) => {
  const { id, number } = await insert(scope, { title: 'Once' })
  return { id, number }
}

const tasksOf = ({ db, userId }: Scope) =>
  db.selectFrom('tasks').select(['id', 'number']).where('userId', '=', userId).execute()

test('the same id again gives the same answer and has no second effect', async () => {
  const ada = await newUser()
  const twice = operation()
  const first = await once(ada, twice, create)
  expect(first).toMatchObject({ repeated: false, answer: { number: 1 } })
  for (let again = 0; again < 3; again++) {
    expect(await once(ada, twice, create)).toEqual({ answer: first.answer, repeated: true })
  }
  expect(await tasksOf(ada)).toEqual([first.answer])
})

test('20 of the same at the same moment are one', async () => {
  const ada = await newUser()
  for (let round = 0; round < 10; round++) {
    const before = await tasksOf(ada)
    const one = operation()
    const answers = await Promise.all(Array.from({ length: 20 }, () => once(ada, one, create)))
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(new Set(answers.map(({ answer }) => answer.id)).size).toBe(1)
    expect(await tasksOf(ada)).toHaveLength(before.length + 1)
  }
})

test('work that writes nothing is recorded too, and meets its twins', async () => {
  const ada = await newUser()
  const look = operation()
  let looks = 0
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => once(ada, look, async () => ({ looks: (looks += 1) }))),
  )
  expect(new Set(answers.map(({ answer }) => answer.looks)).size).toBe(1)
})

test('the same id with other input, or for another procedure, is refused and has no effect', async () => {
  const ada = await newUser()
  const first = operation()
  await once(ada, first, create)
  for (const other of [operation('other input', first.opId), { ...first, procedure: 'tasks.update' }]) {
    await expect(once(ada, other, create)).rejects.toBeInstanceOf(OperationReusedError)
  }
  expect(await tasksOf(ada)).toHaveLength(1)
})

test('of two meanings of one id at the same moment one wins, and the other is refused', async () => {
  const ada = await newUser()
  const one = operation()
  const other = operation('other input', one.opId)
  const outcomes = await Promise.allSettled([one, other, one, other].map((each) => once(ada, each, create)))
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  expect(refusals.map((error: Error) => error.name)).toEqual(['OperationReusedError', 'OperationReusedError'])
  expect(await tasksOf(ada)).toHaveLength(1)
})

test('what failed left no record and no effect, and may be tried again', async () => {
  const ada = await newUser()
  const retried = operation()
  const failing = once(ada, retried, async (scope) => {
    await create(scope)
    throw new Error('cut off')
  })
  await expect(failing).rejects.toThrow('cut off')
  expect(await tasksOf(ada)).toEqual([])
  expect(await once(ada, retried, create)).toMatchObject({ repeated: false, answer: { number: 1 } })
})

test('an answer whose connection broke after the commit is found again', async () => {
  const ada = await newUser()
  const cut = operation()
  // Commits for real, and then says that it failed: what a connection does that breaks at the worst moment.
  const deaf: Database = {
    ...database,
    begin: async (...args) => {
      const transaction = await database.begin(...args)
      return {
        ...transaction,
        async commit() {
          await transaction.commit()
          throw new Error('Connection terminated unexpectedly')
        },
      }
    },
  }
  const { answer } = await once(asUser(deaf, ada.userId), cut, create)
  expect(await tasksOf(ada)).toEqual([answer])
})

test('two users may use the same id', async () => {
  const [ada, eve] = [await newUser(), await newUser()]
  const same = operation()
  const [hers, mine] = [await once(ada, same, create), await once(eve, same, create)]
  expect(mine.answer.id).not.toBe(hers.answer.id)
  expect(await tasksOf(ada)).toEqual([hers.answer])
})

test('the identity role keeps operations of the account, and sees nobody’s others', async () => {
  const ada = await newUser()
  await once(ada, operation(), create)
  const auth = { db: asAuth(database), userId: ada.userId }
  const account = { ...operation(), procedure: 'account.update' }
  let times = 0
  const work = async () => ({ times: (times += 1) })
  expect(await once(auth, account, work)).toEqual({ answer: { times: 1 }, repeated: false })
  expect(await once(auth, account, work)).toEqual({ answer: { times: 1 }, repeated: true })
  expect(await auth.db.selectFrom('operations').select('procedure').execute()).toEqual([
    { procedure: 'account.update' },
  ])
  await expect(once(auth, operation(), work)).rejects.toMatchObject({ code: '42501' })
})

test('an id under which another role keeps a call is taken, whichever of the two came first', async () => {
  for (const accountFirst of [true, false]) {
    const scope = await newUser()
    const identity = { db: asAuth(database), userId: scope.userId }
    const task = operation()
    const account = { ...operation(), opId: task.opId, procedure: 'account.update' }
    const calls = [
      () => once(scope, task, create).then(() => 'done'),
      () => once(identity, account, () => Promise.resolve('renamed')).then(() => 'done'),
    ]
    const [first, second] = accountFirst ? calls.toReversed() : calls
    expect(await first?.()).toBe('done')
    await expect(second?.()).rejects.toBeInstanceOf(OperationReusedError)
  }
})
