import { appRouter } from '@ownlist/api'
import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { proceduresOf } from './procedures.fixture.ts'
import { seeded } from './raw.fixture.ts'
import { test } from './server.fixture.ts'

// A stream has no end to wait for.
const procedures = proceduresOf(appRouter).filter(({ type }) => type !== 'subscription')
const json = { 'content-type': 'application/json' }
const seed = randomInt(1, 2 ** 31)

test(`five hundred random requests never make the server fail (seed ${seed})`, async ({
  server,
  openSession,
}) => {
  const { authorization } = await openSession()
  const random = seeded(seed)
  const one = <T>(from: readonly T[]): T => from[random(from.length)] as T
  const noise = () =>
    Array.from({ length: random(12) }, () =>
      String.fromCharCode(one([0x20, 0x7f, 0x2000, 0x10000]) + random(90)),
    ).join('')
  const paths = [
    ...procedures.map(({ path }) => path),
    'tasks',
    'x',
    '',
    'tasks.create,tasks.list',
    '__proto__',
    'tasks.list.call',
  ]
  const fields = ['id', 'title', 'due', 'ids', 'change', 'q', 'cursor', 'limit', '__proto__', 'date']
  function value(depth: number): unknown {
    switch (random(9)) {
      case 0:
        return null
      case 1:
        return random(2 ** 31) - 1000
      case 2:
        return Number.MAX_VALUE
      case 3:
        return noise()
      case 4:
        return '2026-02-30'
      case 5:
        return '018f0000-0000-7000-8000-000000000000'
      case 6:
        return true
      case 7:
        return depth > 3 ? [] : [value(depth + 1), value(depth + 1)]
      default:
        return depth > 3
          ? {}
          : Object.fromEntries(fields.filter(() => random(3) === 0).map((key) => [key, value(depth + 1)]))
    }
  }

  for (let n = 0; n < 500; n++) {
    const base = one(['/api/trpc/', '/api/trpc/', '/api/trpc/', '/api/auth/sign-in/', '/api/', '/'])
    const method = one(['POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
    const query = one([
      '',
      '',
      '?batch=1',
      `?input=${encodeURIComponent(JSON.stringify(value(0)).toWellFormed())}`,
      '?input=%7B%22',
      '?batch=2&input=',
    ])
    const text = one([
      () => JSON.stringify(value(0)),
      () => JSON.stringify({ 0: value(0) }),
      () => noise(),
      () => '{"title":',
    ])()
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const response = await fetch(
      `${server.url}${base}${encodeURI(one([one(paths), noise().toWellFormed()]))}${query}`,
      {
        method,
        headers: {
          ...(random(4) > 0 && json),
          ...(random(4) > 0 && { authorization }),
          ...(random(8) === 0 && { cookie: `ownlist.session_token=${random(9999)}.x; a` }),
        },
        ...(hasBody && { body: text }),
        redirect: 'manual',
      },
    )
    const answer = await response.text()
    expect(response.status, `request ${n}: ${method} ${response.url} ${text}: ${answer}`).toBeLessThan(500)
  }
})
