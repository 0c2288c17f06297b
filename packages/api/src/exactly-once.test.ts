import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect } from 'vitest'
import { openOwner } from '../../db/src/owner.fixture.ts'
import { mutations } from './mutations.fixture.ts'
import { appRouter } from './router.ts'
import { test as base, type SignedUp } from './testing.fixture.ts'

const test = base
  .extend('owner', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const owner = await openOwner(database.ownerUrl)
    onCleanup(() => owner.end())
    return owner
  })
  // Beside every row of a user's, the database notes which transaction wrote it: what was written twice shows,
  // even where the second time changed nothing.
  .extend('notes', { scope: 'file' }, async ({ owner }) => {
    const tables = await owner.rows<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'user_id' and table_name <> 'operations'`,
    )
    const names = ['users', ...tables.map(({ name }) => name)]
    await owner.rows(`
      create table notes (user_id text, xact xid8);
      create function note() returns trigger language plpgsql security definer as $$
      declare fields jsonb := to_jsonb(coalesce(new, old));
      begin
        insert into notes values (coalesce(fields ->> 'user_id', fields ->> 'id'), pg_current_xact_id());
        return null;
      end $$;
      ${names.map((name) => `create trigger note after insert or update or delete on ${name} for each row execute function note();`).join('\n')}`)
    return names
  })
  .extend('effects', { scope: 'file' }, ({ owner, notes }) => {
    const rows = notes.map(
      (name) => `select t::text as row from ${name} t where t.${name === 'users' ? 'id' : 'user_id'} = $1`,
    )
    /** What the database holds of a user, and how many transactions wrote some of it. */
    return async function effects({ user }: SignedUp) {
      const [found] = await owner.rows<{ rows: string; writes: number; operations: number }>(
        `select (select md5(string_agg(row, '' order by row)) from (${rows.join(' union all ')}) x) as rows,
           (select count(distinct xact)::int from notes where user_id = $1::text) as writes,
           (select count(*)::int from operations where user_id = $1) as operations`,
        [user.id],
      )
      if (!found) throw new Error('the database says nothing')
      return found
    }
  })

test('every mutation of the router has an entry here', () => {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>
  const known = Object.entries(procedures).flatMap(([path, { _def }]) =>
    _def.type === 'mutation' ? [path] : [],
  )
  expect(Object.keys(mutations).toSorted()).toEqual(known.toSorted())
})

describe.for(Object.entries(mutations))('%s', ([path, prepare]) => {
  test('again with the same operation id: the same answer, the effect once', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input, secret } = await prepare(ada)
    const opId = randomUUID()
    const before = await effects(ada)
    const answer = await call(ada, path, { ...input, opId })
    const first = untold(answer, secret)
    if (secret) expect(answer).not.toEqual(first)
    const after = await effects(ada)
    expect(after.rows).not.toBe(before.rows)
    expect(after.writes).toBe(before.writes + 1)

    expect(await call(ada, path, { ...input, opId })).toStrictEqual(first)
    // However it is written: the order of fields, capital letters, and what the client had seen by now.
    const reversed = Object.fromEntries(Object.entries(input).toReversed())
    expect(await call(ada, path, { ...reversed, opId: opId.toUpperCase(), basedOn: 1 })).toStrictEqual(first)
    expect(await effects(ada)).toEqual(after)
  })

  test('ten at once are one', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input, secret } = await prepare(ada)
    const opId = randomUUID()
    const before = await effects(ada)
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(ada, path, { ...input, opId })))
    const same = answers.map((answer) => untold(answer, secret))
    for (const answer of same) expect(answer).toStrictEqual(same[0])
    if (secret) expect(answers.filter((answer) => !isDeepStrictEqual(answer, same[0]))).toHaveLength(1)
    const after = await effects(ada)
    expect(after.rows).not.toBe(before.rows)
    expect(after.writes).toBe(before.writes + 1)
    expect(after.operations).toBe(before.operations + 1)
  })

  test('other input with the same id is refused and has no effect', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input, other } = await prepare(ada)
    const opId = randomUUID()
    await call(ada, path, { ...input, opId })
    const after = await effects(ada)
    if (other) expect(await reasonOf(ada, path, { ...other, opId })).toBe('OPERATION_REUSED')
    // Nor can the id stand for another procedure.
    const elsewhere = path === 'tasks.create' ? 'tasks.delete' : 'tasks.create'
    const another = elsewhere === 'tasks.create' ? { title: 'x' } : { id: randomUUID() }
    expect(await reasonOf(ada, elsewhere, { ...another, opId })).toBe('OPERATION_REUSED')
    expect(await effects(ada)).toEqual(after)
  })

  test('of two meanings at the same moment one wins, and the other is told', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input, other, secret } = await prepare(ada)
    if (!other) return
    const opId = randomUUID()
    const before = await effects(ada)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, at) => outcomeOf(ada, path, { ...(at % 2 ? input : other), opId })),
    )
    const answers = outcomes.filter((outcome) => !('reason' in outcome))
    expect(answers).toHaveLength(5)
    const same = answers.map((answer) => untold(answer, secret))
    for (const answer of same) expect(answer).toStrictEqual(same[0])
    expect(outcomes.filter((outcome) => 'reason' in outcome)).toEqual(
      Array.from({ length: 5 }, () => ({ reason: 'OPERATION_REUSED' })),
    )
    expect((await effects(ada)).writes).toBe(before.writes + 1)
  })

  test('what failed left no record, and the id is free', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input, refused } = await prepare(ada)
    const opId = randomUUID()
    const before = await effects(ada)
    expect(Object.keys(refused).length).toBeGreaterThan(0)
    for (const [reason, bad] of Object.entries(refused)) {
      expect(await reasonOf(ada, path, { ...bad, opId })).toBe(reason)
      expect(await reasonOf(ada, path, { ...bad, opId })).toBe(reason)
    }
    expect(await effects(ada)).toEqual(before)
    await call(ada, path, { ...input, opId })
    expect((await effects(ada)).writes).toBe(before.writes + 1)
  })

  test('an operation id that is none is named and has no effect', async ({ signUp, effects }) => {
    const ada = await signUp()
    const { input } = await prepare(ada)
    const before = await effects(ada)
    for (const opId of ['', 'x', `${randomUUID()}0`, `${randomUUID()}\u0000`, 7, null, {}, [randomUUID()]]) {
      await expect(call(ada, path, { ...input, opId }), JSON.stringify(opId)).rejects.toMatchObject({
        reason: 'BAD_INPUT',
        issues: [{ path: 'opId' }],
      })
    }
    expect(await effects(ada)).toEqual(before)
  })

  test('the same id of another user is another operation', async ({ signUp, effects }) => {
    const [ada, eve] = [await signUp(), await signUp()]
    const [hers, mine] = [await prepare(ada), await prepare(eve)]
    const opId = randomUUID()
    const first = untold(await call(ada, path, { ...hers.input, opId }), hers.secret)
    const after = await effects(ada)
    const before = await effects(eve)
    await call(eve, path, { ...mine.input, opId })
    expect((await effects(eve)).writes).toBe(before.writes + 1)
    expect(await effects(ada)).toEqual(after)
    expect(await call(ada, path, { ...hers.input, opId })).toStrictEqual(first)
  })
})

test('whoever repeats has the others told again, and never of a revision that was rolled back', async ({
  signUp,
}) => {
  const ada = await signUp()
  for (let round = 1; round <= 10; round++) {
    const opId = randomUUID()
    await Promise.all(Array.from({ length: 10 }, () => ada.tasks.create({ title: 'Once', opId })))
    expect(ada.news).toEqual(Array.from({ length: 10 }, () => round))
    ada.news.length = 0
  }
  // What changes nothing is no news, the first time.
  await ada.tasks.delete({ id: randomUUID(), opId: randomUUID() })
  expect(ada.news).toEqual([])
})

/** The answer as whoever repeats the call gets it. */
function untold(answer: object, secret: string | undefined): object {
  return secret === undefined ? answer : { ...answer, [secret]: null }
}

/** Calls a mutation by its path. */
async function call({ caller }: SignedUp, path: string, input: object): Promise<object> {
  let procedure: unknown = caller
  for (const part of path.split('.')) procedure = (procedure as Record<string, unknown>)[part]
  return (procedure as (input: object) => Promise<object>)(input)
}

async function outcomeOf(user: SignedUp, path: string, input: object): Promise<object> {
  return call(user, path, input).catch(({ reason }: { reason: string }) => ({ reason }))
}

async function reasonOf(user: SignedUp, path: string, input: object): Promise<unknown> {
  const outcome = await outcomeOf(user, path, input)
  return 'reason' in outcome ? outcome.reason : outcome
}
