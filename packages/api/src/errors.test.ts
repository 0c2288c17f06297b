import { readFileSync } from 'node:fs'
import { DatabaseUnavailableError } from '@ownlist/db'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { expect, test } from 'vitest'
import { AppError, asAppError, reasons, type Reason } from './errors.ts'

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

test('docs/errors.md has every reason once, with the status that clients get', () => {
  // What follows are the codes of identity, which procedures do not refuse with.
  const [ofProcedures = ''] = page.split('\n## ')
  const documented = [...ofProcedures.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) /gm)].map(
    ([, reason, status]) => [reason, status],
  )
  const told = Object.keys(reasons).map((reason) => [
    reason,
    String(getHTTPStatusCodeFromError(new AppError(reason as Reason))),
  ])
  expect(documented.toSorted()).toEqual(told.toSorted())
})

test('what nobody foresaw becomes INTERNAL and keeps its words to itself', () => {
  const inner = new Error('relation "tasks" does not exist')
  for (const error of [
    inner,
    new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: inner }),
    'text',
    null,
    undefined,
  ]) {
    expect(asAppError(error)).toMatchObject({ reason: 'INTERNAL', message: 'Something went wrong.' })
  }
})

test('failures of the database become reasons by their code and constraint', () => {
  const failure = (code: string, constraint?: string) =>
    Object.assign(new Error('secret'), { code, constraint })
  const known: [unknown, Reason][] = [
    [failure('23505', 'tasks_pkey'), 'TASK_EXISTS'],
    [failure('23503', 'tasks_user_id_fkey'), 'UNAUTHENTICATED'],
    [failure('23514', 'tasks_title_check'), 'INTERNAL'],
    [failure('40001'), 'WRITE_CONFLICT'],
    [failure('40P01'), 'WRITE_CONFLICT'],
    [failure('57014'), 'TOO_SLOW'],
    [failure('55P03'), 'TOO_SLOW'],
    [failure('42P01'), 'INTERNAL'],
    [new DatabaseUnavailableError('away'), 'DATABASE_UNAVAILABLE'],
  ]
  for (const [error, reason] of known) {
    expect(asAppError(error), reason).toMatchObject({ reason })
    expect(asAppError(error).message).not.toContain('secret')
  }
})
