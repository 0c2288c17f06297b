import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { openOwner } from '../../db/src/owner.fixture.ts'
import { AppError } from './errors.ts'
import { test } from './testing.fixture.ts'
import { createTurns, type Turns } from './turns.ts'

const live = { changed() {}, sessionsEnded() {}, subscribe: () => expect.fail('nobody listens') }

const call =
  (log: string[], name: string, pause = 0) =>
  async () => {
    log.push(`${name} begins`)
    await sleep(pause)
    log.push(`${name} ends`)
    return { ok: true as const, data: name }
  }

test('calls of one request follow each other in its order, whatever order they come in', async ({
  connection,
}) => {
  const turns = createTurns({ database: connection, live })
  const log: string[] = []
  await Promise.all([
    turns.take(2, call(log, 'third')),
    turns.take(0, call(log, 'first', 5)),
    turns.take(1, call(log, 'second', 2)),
  ])
  expect(log).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]))
})

test('behind what fails for now nothing is tried, and all of it fails with the same reason', async ({
  connection,
}) => {
  for (const fail of [
    async () => ({ ok: false as const, error: new AppError('TOO_SLOW') }),
    () => Promise.reject(new AppError('TOO_SLOW')),
  ]) {
    const turns = createTurns({ database: connection, live })
    const log: string[] = []
    const [before, ...after] = await Promise.allSettled([
      turns.take(0, call(log, 'before')),
      turns.take(1, fail),
      turns.take(2, call(log, 'behind')),
      turns.take(3, call(log, 'far behind')),
    ])
    expect(before.status).toBe('fulfilled')
    expect(log).toEqual(['before begins', 'before ends'])
    for (const one of after.slice(1)) expect(one).toMatchObject({ reason: { reason: 'TOO_SLOW' } })
  }
})

test('changes of one request are committed together, and each has a revision of its own', async ({
  signUp,
}) => {
  const ada = await signUp()
  const { tasks } = ada.oneRequest()
  const id = randomUUID()
  const answers = await Promise.all([
    tasks.create({ id, title: 'one', opId: randomUUID() }),
    tasks.update({ id, title: 'two' }),
    tasks.complete({ id, opId: randomUUID() }),
  ])
  expect(answers.map(({ revision }) => revision)).toEqual([1, 2, 3])
  // The time of a change is that of its transaction's beginning.
  expect(new Set(answers.map(({ updatedAt }) => updatedAt)).size).toBe(1)
  expect(ada.news).toEqual([3])
  const { items } = await ada.history.list({})
  expect(items.map(({ revision, changes }) => [revision, changes.length])).toEqual([
    [3, 1],
    [2, 1],
    [1, 1],
  ])
  await ada.history.undo({ revision: 2 })
  expect(await ada.tasks.get({ id })).toMatchObject({ title: 'one', status: 'completed' })
})

test('what is refused is refused alone, and leaves nothing', async ({ signUp }) => {
  const ada = await signUp()
  const { tasks } = ada.oneRequest()
  const opId = randomUUID()
  const [before, refused, invalid, missing, after] = await Promise.allSettled([
    tasks.create({ title: 'before' }),
    // Said only after the row was written.
    tasks.reorder({ id: randomUUID(), after: null, opId }),
    tasks.create({ title: '' }),
    tasks.update({ id: randomUUID(), title: 'nobody’s' }),
    tasks.create({ title: 'after', opId: randomUUID() }),
  ])
  expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(refused).toMatchObject({ reason: { reason: 'TASK_NOT_FOUND' } })
  expect(invalid).toMatchObject({ reason: { reason: 'BAD_INPUT' } })
  expect(missing).toMatchObject({ reason: { reason: 'TASK_NOT_FOUND' } })
  const { items } = await ada.tasks.list({ sort: 'created_at', order: 'asc' })
  expect(items.map(({ title }) => title).toSorted()).toEqual(['after', 'before'])
  // The refused one may be tried again under its id.
  await ada.tasks.reorder({ id: items[0]?.id ?? '', after: null, opId })
})

test('an operation that comes twice in one request happens once', async ({ signUp }) => {
  const ada = await signUp()
  const { tasks } = ada.oneRequest()
  const opId = randomUUID()
  const [first, second, other] = await Promise.allSettled([
    tasks.create({ title: 'once', opId }),
    tasks.create({ title: 'once', opId }),
    tasks.create({ title: 'another', opId }),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second).toEqual(first)
  expect(other).toMatchObject({ reason: { reason: 'OPERATION_REUSED' } })
  expect((await ada.tasks.list({})).items).toHaveLength(1)
})

test('where the commit fails, none of it has happened', async ({ signUp, connection, database }) => {
  const owner = await openOwner(database.ownerUrl)
  const ada = await signUp()
  const caller = ada.oneRequest()
  const turns = createTurns({ database: connection, live })
  const cut = async (within: Turns) => {
    await within.database(ada.user.id)
    await owner.rows(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`)
    return { ok: true as const, data: 'cut' }
  }
  const refused = { ok: false as const, error: new AppError('TASK_NOT_FOUND') }
  const [done, isRefused] = await Promise.allSettled([
    turns.take(0, () => cut(turns)),
    turns.take(1, async () => refused),
  ])
  expect(done).toMatchObject({ reason: { reason: 'DATABASE_UNAVAILABLE' } })
  expect(isRefused).toEqual({ status: 'fulfilled', value: refused })

  const opIds = [randomUUID(), randomUUID()]
  const create = ({ tasks }: typeof caller) =>
    Promise.allSettled(opIds.map((opId, at) => tasks.create({ title: `Task ${at}`, opId })))
  await owner.rows(`
    create function cut() returns trigger language plpgsql security definer as $$ begin
      if new.title = 'Task 1' then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$;
    create trigger cut after insert on tasks for each row execute function cut()`)
  for (const one of await create(caller)) {
    expect(one).toMatchObject({ reason: { reason: 'DATABASE_UNAVAILABLE' } })
  }
  expect(ada.news).toEqual([])
  await owner.rows('drop trigger cut on tasks; drop function cut()')
  expect((await ada.tasks.list({})).items).toEqual([])
  for (const { status } of await create(ada.oneRequest())) expect(status).toBe('fulfilled')
  expect((await ada.tasks.list({})).items).toHaveLength(2)
  await owner.end()
})

test('a change to the account, and an undo, have a transaction of their own between the others', async ({
  signUp,
}) => {
  const ada = await signUp()
  const { tasks, account, history } = ada.oneRequest()
  const [first, me, undone, last] = await Promise.all([
    tasks.create({ title: 'first' }),
    account.update({ name: 'Countess', opId: randomUUID() }),
    history.undo({ revision: 1 }),
    tasks.create({ title: 'last' }),
  ])
  expect([first.revision, undone.revision, last.revision]).toEqual([1, 2, 3])
  expect(me.name).toBe('Countess')
  expect((await ada.tasks.list({})).items.map(({ title }) => title)).toEqual(['last'])
})
