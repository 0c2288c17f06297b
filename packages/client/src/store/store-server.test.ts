import { expect } from 'vitest'
import { createClient } from '../client.ts'
import type { Task } from './rows.ts'
import { test } from './server.fixture.ts'
import { titles } from './store.fixture.ts'
import { createStore } from './store.ts'

test('what one device changes, the other shows by itself', async ({ newUser }) => {
  const { id: userId, client } = await newUser()
  const phone = createStore({ client, userId })
  const desk = createStore({ client, userId })
  try {
    await expect.poll(() => desk.status.get().revision).toBe(0)
    const { id = '', delivered } = await phone.tasks.create({ title: 'Buy oat milk' })
    expect(await delivered).toBeUndefined()
    await expect.poll(() => titles(desk)).toEqual(['Buy oat milk'])
    await desk.tasks.complete({ id })
    await expect.poll(() => phone.tasks.get(id).get()?.completed).toBe(true)
    await phone.tasks.delete({ id })
    await expect.poll(() => titles(desk)).toEqual([])
    expect(desk.status.get()).toMatchObject({ online: true, signedIn: true, revision: 3, failures: [] })
  } finally {
    await Promise.all([phone.close(), desk.close()])
  }
})

test('what is written down stands above what was written before it, whatever the server has by then', async ({
  newUser,
}) => {
  const { id: userId, client } = await newUser()
  const store = createStore({ client, userId })
  const list = store.tasks.query({ sort: 'position', order: 'asc' })
  const orders = new Set<string>()
  const end = list.subscribe(() =>
    orders.add(
      list
        .get()
        .map(({ title }) => title)
        .join(' '),
    ),
  )
  try {
    for (const title of ['one', 'two', 'three', 'four', 'five', 'six']) {
      await store.tasks.create({ title })
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    await expect.poll(() => store.status.get().pending).toBe(0)
    await expect.poll(() => store.status.get().revision).toBe(6)
    expect([...orders]).toEqual([
      'one',
      'two one',
      'three two one',
      'four three two one',
      'five four three two one',
      'six five four three two one',
    ])
  } finally {
    end()
    await store.close()
  }
})

test('two hundred changes are delivered in their order', async ({ newUser }) => {
  const { id: userId, client } = await newUser()
  const store = createStore({ client, userId })
  try {
    const { id = '' } = await store.tasks.create({ title: 'begin' })
    const numbers = Array.from({ length: 199 }, (_, number) => number)
    await Promise.all(numbers.map((number) => store.tasks.update({ id, title: `${number}` })))
    expect(store.tasks.get(id).get()?.title).toBe('198')
    await expect.poll(() => store.status.get().pending, { timeout: 25_000 }).toBe(0)
    await expect.poll(() => store.status.get().revision).toBe(200)
    const { items } = await client.history.list.query({ entity: 'tasks', entityId: id, limit: 50 })
    expect(items.map(({ changes }) => (changes[0]?.after as Partial<Task> | null)?.title)).toEqual(
      numbers.slice(-50).toReversed().map(String),
    )
    expect(store.tasks.get(id).get()).toEqual(await client.tasks.get.query({ id }))
  } finally {
    await store.close()
  }
})

test('a session that ended says so; what was written waits', async ({ newUser, url }) => {
  const { id: userId } = await newUser()
  const store = createStore({ client: createClient({ url, token: 'of.nobody' }), userId })
  try {
    await store.tasks.create({ title: 'waits' })
    await expect.poll(() => store.status.get().signedIn).toBe(false)
    expect(store.status.get()).toMatchObject({ pending: 1, failures: [] })
    expect(titles(store)).toEqual(['waits'])
  } finally {
    await store.close()
  }
})

test('what one user wrote never becomes another’s, whoever has signed in', async ({ newUser }) => {
  const [ada, eve] = await Promise.all([newUser(), newUser()])
  await eve.client.tasks.create.mutate({ title: 'of Eve' })
  // Ada's tab, after Eve has signed in in another: her cookie is Eve's.
  const store = createStore({ client: eve.client, userId: ada.id })
  try {
    await store.tasks.create({ title: 'of Ada' })
    await expect.poll(() => store.status.get().signedIn).toBe(false)
    expect(store.status.get()).toMatchObject({ pending: 1, revision: null })
    expect(titles(store)).toEqual(['of Ada'])
    const { items } = await eve.client.tasks.list.query({})
    expect(items.map(({ title }) => title)).toEqual(['of Eve'])
  } finally {
    await store.close()
  }
})

test('what the server refuses comes back with the fields that are wrong', async ({ newUser }) => {
  const { id: userId, client } = await newUser()
  const store = createStore({ client, userId })
  try {
    const { delivered } = await store.tasks.create({ title: 'x'.repeat(201) })
    expect(titles(store)).toHaveLength(1)
    expect(await delivered).toMatchObject({ reason: 'BAD_INPUT', issues: [{ path: 'title' }] })
    expect(titles(store)).toEqual([])
  } finally {
    await store.close()
  }
})

test('what was deleted and brought back is the same task, shown before the server has answered', async ({
  newUser,
}) => {
  const { id: userId, client } = await newUser()
  const store = createStore({ client, userId })
  try {
    await store.tasks.create({ title: 'another' })
    const made = await store.tasks.create({ title: 'Buy oat milk', due: { date: '2026-11-22' } })
    const id = made.id ?? ''
    await expect.poll(() => store.tasks.get(id).get()?.number).toBe(2)
    const before = await client.tasks.get.query({ id })
    const seen = store.tasks.get(id).get()
    await store.tasks.delete({ id })
    expect(store.tasks.get(id).get()).toBeUndefined()
    const restored = await store.tasks.restore(before)
    expect(store.tasks.get(id).get()).toEqual(seen)
    expect(await restored.delivered).toBeUndefined()
    const { revision: _, updatedAt: _at, ...same } = before
    expect(await client.tasks.get.query({ id })).toMatchObject(same)
    await expect.poll(() => store.tasks.get(id).get()).toEqual(await client.tasks.get.query({ id }))
  } finally {
    await store.close()
  }
})

test('a change that was delivered knows its revision, by which it can be taken back', async ({ newUser }) => {
  const { id: userId, client } = await newUser()
  const store = createStore({ client, userId })
  try {
    const { id = '' } = await store.tasks.create({ title: 'Buy oat milk' })
    const renamed = await store.tasks.update({ id, title: 'Buy soy milk' })
    expect(renamed.revision()).toBeUndefined()
    await renamed.delivered
    const revision = renamed.revision() ?? 0
    await client.history.undo.mutate({ revision })
    await expect.poll(() => titles(store)).toEqual(['Buy oat milk'])
  } finally {
    await store.close()
  }
})
