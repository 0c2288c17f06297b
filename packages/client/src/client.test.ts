import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { failure, password, test } from './client.fixture.ts'
import { createClient } from './client.ts'
import { errorOf } from './errors.ts'
import { signIn, signOut, signUp } from './session.ts'

test('a task goes to the server and comes back as the server stored it', async ({ url, token }) => {
  const ownlist = createClient({ url, token })
  const task = await ownlist.tasks.create.mutate({ title: 'Buy oat milk', due: { date: '2026-11-22' } })
  expect(task).toMatchObject({ title: 'Buy oat milk', due: { date: '2026-11-22' }, completed: false })
  expect(await ownlist.tasks.get.query({ id: task.id })).toEqual(task)
})

test('signing up, in and out gives and ends sessions', async ({ url }) => {
  const account = { email: `${randomUUID()}@example.org`, password }
  const first = await signUp(url, { ...account, name: 'Ada' })
  expect(first.user).toMatchObject({ email: account.email, name: 'Ada' })
  const second = await signIn(url, account)
  const ownlist = createClient({ url, token: second.token })
  expect(await ownlist.account.me.query()).toMatchObject({ email: account.email })
  await signOut(url, second.token)
  expect(await failure(ownlist.account.me.query())).toMatchObject({ reason: 'UNAUTHENTICATED' })
  expect(await createClient({ url, token: first.token }).account.me.query()).toMatchObject({ name: 'Ada' })
  await expect(signIn(url, { ...account, password: 'wrong password' })).rejects.toMatchObject({
    name: 'OwnlistError',
    reason: 'UNAUTHENTICATED',
  })
  await expect(signUp(url, { email: 'no address', password })).rejects.toMatchObject({
    reason: 'BAD_INPUT',
    issues: [{ path: 'email' }],
  })
})

test('calls of the same moment travel as one request, twenty at most', async ({ watched }) => {
  const { client, sent } = watched()
  const one = await Promise.all([
    client.account.me.query(),
    client.tasks.stats.query(),
    client.tasks.list.query({}),
  ])
  expect(one[0]).toMatchObject({ timeZone: 'UTC' })
  expect(sent).toHaveLength(1)
  sent.length = 0
  await Promise.all(Array.from({ length: 45 }, () => client.tasks.list.query({})))
  expect(sent.map(({ body }) => Object.keys(body as object).length).toSorted((a, b) => b - a)).toEqual([
    20, 20, 5,
  ])
})

test('what is asked for stands in no address', async ({ watched }) => {
  const { client, sent } = watched()
  await client.tasks.search.query({ q: 'a secret illness' })
  await client.tasks.create.mutate({ title: 'private' })
  for (const { url, method } of sent) {
    expect(method).toBe('POST')
    expect(new URL(url).searchParams.has('input')).toBe(false)
    expect(decodeURIComponent(url)).not.toMatch(/illness|private/)
  }
  expect(JSON.stringify(sent[0]?.body)).toContain('illness')
})

test('every refusal arrives with its reason, words, fields and request id', async ({
  url,
  token,
  watched,
}) => {
  const { client } = watched()
  expect(await failure(client.tasks.create.mutate({ title: '' }))).toMatchObject({
    name: 'OwnlistError',
    reason: 'BAD_INPUT',
    message: 'Some of the input is not right.',
    issues: [{ path: 'title', message: 'Must not be empty.' }],
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(await failure(client.tasks.get.query({ id: randomUUID() }))).toMatchObject({
    reason: 'TASK_NOT_FOUND',
  })
  expect(await failure(client.tasks.list.query({ cursor: 'x' }))).toMatchObject({ reason: 'CURSOR_INVALID' })
  const task = await client.tasks.create.mutate({ title: 'x' })
  const current = await client.tasks.update.mutate({ id: task.id, title: 'y' })
  expect(
    await failure(client.tasks.update.mutate({ id: task.id, title: 'z', ifRevision: task.revision })),
  ).toMatchObject({
    reason: 'REVISION_CONFLICT',
    current,
  })
  expect(await failure(client.tasks.create.mutate({ id: task.id, title: 'again' }))).toMatchObject({
    reason: 'TASK_EXISTS',
  })
  for (const wrong of [undefined, 'forged.signature']) {
    const stranger = createClient({ url, token: wrong })
    expect(await failure(stranger.account.me.query())).toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
  // Refusals made before tRPC is reached.
  const big = createClient({ url, token })
  expect(await failure(big.tasks.create.mutate({ title: 'x'.repeat(1_100_000) }))).toMatchObject({
    reason: 'BODY_TOO_LARGE',
  })
  const foreign = createClient({
    url,
    token,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('origin', 'https://evil.example')
      return fetch(input, { ...init, headers })
    },
  })
  expect(await failure(foreign.account.me.query())).toMatchObject({ reason: 'ORIGIN_REFUSED' })
})

test('of calls in one batch each fails for itself', async ({ watched }) => {
  const { client, sent } = watched()
  const [bad, good] = await Promise.allSettled([
    client.tasks.create.mutate({ title: '' }),
    client.tasks.create.mutate({ title: 'good' }),
  ])
  expect(sent).toHaveLength(1)
  expect(bad.status === 'rejected' && errorOf(bad.reason).reason).toBe('BAD_INPUT')
  expect(good).toMatchObject({ status: 'fulfilled', value: { title: 'good' } })
})

test('a query that is cancelled ends at once, and at the server too', async ({ pretender }) => {
  const client = createClient({ url: pretender.url, token: 'x.y' })
  const gone = new Promise<void>((resolve) => {
    pretender.answers((request, response) => void response.on('close', resolve))
  })
  const controller = new AbortController()
  const outcome = failure(client.tasks.stats.query(undefined, { signal: controller.signal }))
  await expect.poll(() => pretender.requests.length).toBe(1)
  controller.abort()
  expect(await outcome).toMatchObject({ reason: 'CANCELLED' })
  await gone
  expect(pretender.requests).toHaveLength(1)
  const cancelled = AbortSignal.abort()
  expect(await failure(client.tasks.stats.query(undefined, { signal: cancelled }))).toMatchObject({
    reason: 'CANCELLED',
  })
})
