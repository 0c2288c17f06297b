import { request as openRequest } from 'node:http'
import { expect } from 'vitest'
import { test } from './server.fixture.ts'

const json = { 'content-type': 'application/json' }

test('a body of 50 MB is refused at once, whether its length is told or not', async ({
  server,
  openSession,
}) => {
  const { authorization } = await openSession()
  const length = 50 * 1024 * 1024
  for (const [name, value] of [
    ['content-length', String(length)],
    ['transfer-encoding', 'chunked'],
  ] as const) {
    const { status, sent, reason } = await upload(`${server.url}/api/trpc/tasks.create`, length, {
      ...json,
      authorization,
      [name]: value,
    })
    expect([status, reason]).toEqual([413, 'BODY_TOO_LARGE'])
    // What it took of it is a few buffers of the two sockets, so it cannot have kept more.
    expect(sent).toBeLessThan(length / 4)
  }
})

test('a body just under 1 MiB is read, one just over it is not', async ({ openSession, call }) => {
  const { authorization } = await openSession()
  const body = (size: number) => `{"title":"x"}${' '.repeat(size - 13)}`
  expect((await call('tasks.create', body(1024 * 1024), { authorization })).status).toBe(200)
  const refused = await call('tasks.create', body(1024 * 1024 + 1), { authorization })
  expect([refused.status, refused.body.error?.data.reason]).toEqual([413, 'BODY_TOO_LARGE'])
})

test('a body whose length is not told is read like any other', async ({ openSession, server }) => {
  const { authorization } = await openSession()
  const send = async (size: number) => {
    const parts = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"title":"in '))
        controller.enqueue(new TextEncoder().encode('parts"}'))
        controller.enqueue(new TextEncoder().encode(' '.repeat(size)))
        controller.close()
      },
    })
    const init = { method: 'POST', headers: { ...json, authorization }, body: parts, duplex: 'half' }
    const response = await fetch(`${server.url}/api/trpc/tasks.create`, init)
    return [response.status, await response.text()]
  }
  expect(await send(1)).toEqual([200, expect.stringContaining('in parts')])
  expect(await send(1024 * 1024 - 20)).toEqual([200, expect.stringContaining('in parts')])
  expect(await send(1024 * 1024)).toEqual([413, expect.stringContaining('BODY_TOO_LARGE')])
})

test('JSON half a million levels deep is refused as cheaply as a megabyte of spaces', async ({
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  // Of the server's own processor time, which does not depend on what else the machine does.
  const cost = async (body: string, expected: number) => {
    const start = process.cpuUsage()
    const { status, text } = await call('tasks.create', body, { authorization })
    expect(status, text.slice(0, 200)).toBe(expected)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
  const spaces = await cost(`{"title":"x"}${' '.repeat(1_000_000)}`, 200)
  for (const body of [
    '['.repeat(1_000_000),
    '['.repeat(500_000) + ']'.repeat(500_000),
    `{"title":${'['.repeat(499_990)}${']'.repeat(499_990)}}`,
    '{"a":'.repeat(140_000) + '1' + '}'.repeat(140_000),
  ]) {
    expect(await cost(body, 400)).toBeLessThan(spaces * 10 + 1_000)
  }
})

test('a batch has at most twenty calls', async ({ openSession, call }) => {
  const { authorization } = await openSession()
  const batch = (names: string[], body: object) =>
    call(`${names.join(',')}?batch=1`, JSON.stringify(body), { authorization })
  const inputs = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, {}]))
  const full = await batch(
    Array.from({ length: 20 }, () => 'account.me'),
    inputs,
  )
  expect(full.status).toBe(200)
  expect(full.body).toHaveLength(20)
  for (const names of [
    Array.from({ length: 21 }, () => 'account.me'),
    Array.from({ length: 1_000 }, () => 'account.me'),
    Array.from({ length: 10_001 }, () => ''),
  ]) {
    const { status, text } = await batch(names, { ...inputs, 20: {} })
    expect(status).toBe(400)
    expect(text).toContain('BATCH_TOO_LARGE')
    expect(text.length).toBeLessThan(5_000)
  }
})

test('of a batch each call has its own answer, and one that fails does not take others along', async ({
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  const { status, body } = await call(
    'tasks.create,tasks.create,tasks.nothing?batch=1',
    { 0: { title: '' }, 1: { title: 'fine' }, 2: {} },
    { authorization },
  )
  expect(status).toBe(207)
  expect(body).toMatchObject([
    { error: { data: { reason: 'BAD_INPUT' } } },
    { result: { data: { title: 'fine' } } },
    { error: { data: { reason: 'PROCEDURE_NOT_FOUND' } } },
  ])
})

test('a page of a billion is refused', async ({ openSession, call }) => {
  const { authorization } = await openSession()
  for (const input of [{ limit: 1e9 }, { limit: 501 }, { offset: 1e9 }]) {
    const { status, body } = await call('tasks.list', input, { authorization })
    expect([status, body.error?.data.reason]).toEqual([400, 'BAD_INPUT'])
  }
})

function upload(url: string, length: number, headers: Record<string, string>) {
  return new Promise<{ status: number; sent: number; reason: string }>((resolve, reject) => {
    const chunk = Buffer.alloc(65_536, 32)
    let sent = 0
    let answered = false
    const request = openRequest(url, { method: 'POST', headers }, (response) => {
      answered = true
      let text = ''
      response.on('data', (data: Buffer) => (text += data.toString()))
      response.on('end', () => {
        const { error } = JSON.parse(text) as { error: { data: { reason: string } } }
        resolve({ status: response.statusCode ?? 0, sent, reason: error.data.reason })
        request.destroy()
      })
    })
    request.on('error', (error) => answered || reject(error))
    const write = () => {
      if (answered || sent >= length) return
      request.write(chunk, (error) => {
        if (error) return
        sent += chunk.length
        setImmediate(write)
      })
    }
    write()
  })
}
