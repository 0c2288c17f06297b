import { request as httpRequest } from 'node:http'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { expect } from 'vitest'
import { encodingFor } from './compression.ts'
import { test } from './server.fixture.ts'

interface Raw {
  status: number
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
}

/** `fetch` would ask for compression unasked, and undo it. */
function ask(url: string, headers: Record<string, string>, input: unknown): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(input))
  })
}

const undo = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync }

test('long answers leave compressed for those who ask, and say the same', async ({
  server,
  database,
  openSession,
}) => {
  const { authorization, userId } = await openSession()
  await database.query(
    `insert into tasks (user_id, title, description)
     select $1, 'Tâche ' || n, repeat('word ', n % 50) from generate_series(1, 300) n`,
    [userId],
  )
  for (const [path, input] of [
    ['tasks.list', { limit: 300 }],
    ['tasks.list', { limit: 50 }],
    ['sync.pull', {}],
    ['tasks.list,sync.pull?batch=1', { 0: { limit: 300 }, 1: {} }],
  ] as const) {
    const url = `${server.url}/api/trpc/${path}`
    const plain = await ask(url, { authorization }, input)
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.body.length).toBeGreaterThan(15_000)

    for (const encoding of ['gzip', 'br', 'zstd'] as const) {
      const { status, headers, body } = await ask(url, { authorization, 'accept-encoding': encoding }, input)
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        vary: 'accept-encoding',
        'content-type': 'application/json',
        'content-length': String(body.length),
        'cache-control': 'no-store',
      })
      expect(body.length).toBeLessThan(plain.body.length / 3)
      expect(undo[encoding](body).equals(plain.body)).toBe(true)
    }
  }
})

test('short answers, refusals and streams of events stay as they are', async ({
  server,
  database,
  openSession,
}) => {
  const { authorization, userId } = await openSession()
  await database.query(`insert into tasks (user_id, title) select $1, 'Task' from generate_series(1, 17)`, [
    userId,
  ])
  const headers = { authorization, 'accept-encoding': 'gzip, br, zstd' }
  for (const [path, input, status] of [
    ['tasks.list', {}, 200],
    ['tasks.list', { limit: 1 }, 200],
    ['account.me', {}, 200],
    ['tasks.list', { limit: -1 }, 400],
  ] as const) {
    const answer = await ask(`${server.url}/api/trpc/${path}`, headers, input)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-encoding']).toBeUndefined()
    JSON.parse(answer.body.toString())
  }
  const leaving = new AbortController()
  const stream = await fetch(`${server.url}/api/trpc/sync.changes`, { headers, signal: leaving.signal })
  expect(stream.headers.get('content-encoding')).toBeNull()
  leaving.abort()
})

test('the best encoding that is asked for is taken, and none that is refused', () => {
  expect(encodingFor(undefined)).toBeUndefined()
  expect(encodingFor('')).toBeUndefined()
  expect(encodingFor('identity, deflate')).toBeUndefined()
  expect(encodingFor('gzip')).toBe('gzip')
  expect(encodingFor('gzip, deflate, br')).toBe('br')
  expect(encodingFor('gzip, deflate, br, zstd')).toBe('zstd')
  expect(encodingFor('GZIP;q=0.5, zstd;q=0, br;q=0.0')).toBe('gzip')
  expect(encodingFor('gzip;q=0')).toBeUndefined()
})
