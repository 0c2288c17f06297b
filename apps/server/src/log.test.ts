import { expect, test } from 'vitest'
import { serveApart } from './apart.fixture.ts'
import { errorInLog } from './log.ts'
import { test as withDatabase } from './server.fixture.ts'

withDatabase(
  'of an error of the database the log has code, table and constraint, and no value',
  async ({ database, openSession }) => {
    const { userId } = await openSession()
    const failures = [
      [`insert into users (email, name) values ('canary@example.org', repeat('canary', 1000))`, '23514'],
      [`insert into tasks (user_id, title, status) values ('${userId}', 'canary', 'canary')`, undefined],
      [`select 'canary'::uuid`, '22P02'],
      [`select canary from`, '42601'],
    ] as const
    for (const [statement, code] of failures) {
      const error = await database.query(statement).catch((failure: unknown) => failure)
      const logged = errorInLog(new Error('a job failed', { cause: error }))
      const cause = logged['cause'] as Record<string, unknown>
      expect(JSON.stringify(logged), statement).not.toContain('canary')
      expect(cause['code'], statement).toMatch(code ?? /^2[23]/)
      expect(cause['stack']).not.toEqual([])
      if (code === '23514') expect(cause).toMatchObject({ table: 'users', message: /violates/ })
    }
  },
)

test('of any other error the log has what it says, and no address, no answer of a mail server and no quoted input', () => {
  const logged = (error: unknown) => JSON.stringify(errorInLog(error))
  expect(errorInLog(new TypeError('x is undefined'))).toMatchObject({
    type: 'TypeError',
    message: 'x is undefined',
  })
  const stack = errorInLog(new Error('two\nlines'))['stack'] as string[]
  expect(stack[0]).toMatch(/^at .*log\.test\.ts/)
  let badJson: unknown
  try {
    JSON.parse('{"title":"canary')
  } catch (error) {
    badJson = error
  }
  const refused = Object.assign(new Error('550 no such user canary@example.org'), {
    responseCode: 550,
    command: 'RCPT TO',
    response: '550 no such user canary',
    rejected: ['canary@example.org'],
  })
  for (const error of [badJson, refused, 'canary', { canary: 'canary' }, new Error('for canary@example.org')])
    expect(logged(new AggregateError([error])), String(error)).not.toContain('canary')
  expect(errorInLog(refused)).toMatchObject({ responseCode: 550, command: 'RCPT TO' })
})

withDatabase(
  'a failure of identity stands in the log with its error and the id of its request',
  async ({ database }) => {
    const server = await serveApart(database, { LOG_LEVEL: 'info' })
    try {
      await database.query('alter table users rename to users_away')
      const answer = await fetch(`${server.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'canary@example.org', password: 'correct horse' }),
      })
      expect(answer.status).toBe(500)
      const requestId = answer.headers.get('x-request-id')
      await expect.poll(server.log).toContain(`"requestId":"${requestId}"`)
      const lines = server
        .log()
        .split('\n')
        .filter((text) => text.includes(`"requestId":"${requestId}"`))
      expect(lines).toHaveLength(1)
      const [line = ''] = lines
      expect(JSON.parse(line)).toMatchObject({ msg: 'identity failed', err: { stack: expect.any(Array) } })
      // "There is no such table", wherever a library put that.
      expect(line).toContain('"code":"42P01"')
      expect(server.log()).not.toContain('canary')
    } finally {
      await database.query('alter table users_away rename to users')
      await server.stop()
    }
  },
)
