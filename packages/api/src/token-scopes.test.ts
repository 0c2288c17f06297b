import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { appRouter, type createCaller } from './router.ts'
import { password, test } from './testing.fixture.ts'
import { allows, tokenScopes, type TokenScope } from './token-scopes.ts'

interface Procedure {
  _def: { type: 'query' | 'mutation' | 'subscription' }
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)

/** Asks for a password or for a session that is new, which no token has. */
const onlyBySession = new Set(['account.createToken', 'account.erase'])

/** Every set of scopes that a token may have. */
const sets = Array.from({ length: 2 ** tokenScopes.length - 1 }, (_, at) =>
  tokenScopes.filter((_scope, bit) => ((at + 1) >> bit) & 1),
)

describe.for(procedures)('%s', ([path, { _def }]) => {
  test.for(sets.map((scopes) => ({ name: scopes.join('+'), scopes })))(
    'a token for $name may what it is for, and no more',
    async ({ scopes }, { signUp }) => {
      const ada = await signUp()
      const has = (scope: TokenScope) => scopes.includes(scope)
      const may = path.startsWith('account.')
        ? has('account')
        : _def.type === 'mutation'
          ? has('write')
          : has('read') || has('write')
      // Refused before the input is looked at, which is bad; what is not refused comes as far as that.
      const expected = !may ? 'SCOPE_MISSING' : onlyBySession.has(path) ? 'SESSION_NEEDED' : 'BAD_INPUT'
      const program = ada.byToken([...scopes])
      await expect(call(program, path, { nonsense: 1 })).rejects.toMatchObject({ reason: expected })
      await expect(call(ada.caller, path, { nonsense: 1 })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
    },
  )
})

test('all procedures were looked at, by every set of scopes', () => {
  expect(procedures.length).toBeGreaterThan(40)
  expect(sets).toHaveLength(7)
  expect(procedures.map(([path]) => path)).toEqual(expect.arrayContaining([...onlyBySession]))
})

test('to write includes to read, and nothing else includes anything', () => {
  const included = tokenScopes.flatMap((has) =>
    tokenScopes.filter((needed) => allows([has], needed)).map((needed) => `${has}: ${needed}`),
  )
  expect(included).toEqual(['read: read', 'write: read', 'write: write', 'account: account'])
  expect(tokenScopes.filter((needed) => allows([], needed))).toEqual([])
})

test('the log says that it was a token, and which', async ({ signUp }) => {
  const ada = await signUp()
  const tokenId = randomUUID()
  const program = ada.byToken(['write'], tokenId)
  await ada.tasks.create({ title: 'By hand' })
  await program.tasks.create({ title: 'By program' })
  const { items } = await program.history.list()
  expect(items).toMatchObject([
    { actor: 'token', session: { id: tokenId, current: true } },
    { actor: 'session', session: { id: ada.sessionId, current: false } },
  ])
})

test('a token with account lists and ends sessions and tokens; none of them is its own session', async ({
  signUp,
}) => {
  const ada = await signUp()
  const program = ada.byToken(['account'])
  expect((await program.account.sessions()).items).toMatchObject([{ id: ada.sessionId, current: false }])
  const { id } = await ada.account.createToken({ name: 'cli', scopes: ['read'], password })
  expect(await program.account.revokeToken({ id })).toEqual({ revoked: 1 })
  await ada.openSession()
  expect(await program.account.revokeSession({ others: true })).toEqual({ revoked: 2 })
  expect((await program.account.sessions()).items).toEqual([])
})

test('in one request a token is checked for each call of the batch', async ({ signUp }) => {
  const ada = await signUp()
  const program = ada.byToken(['read'])
  const [read, write] = await Promise.allSettled([program.tasks.list(), program.tasks.create({ title: 'x' })])
  expect(read.status).toBe('fulfilled')
  expect(write).toMatchObject({ status: 'rejected', reason: { reason: 'SCOPE_MISSING', code: 'FORBIDDEN' } })
  expect((await ada.tasks.list()).items).toEqual([])
})

async function call(caller: ReturnType<typeof createCaller>, path: string, input: unknown): Promise<unknown> {
  let procedure: unknown = caller
  for (const part of path.split('.')) procedure = (procedure as Record<string, unknown>)[part]
  return (procedure as (input: unknown) => Promise<unknown>)(input)
}
