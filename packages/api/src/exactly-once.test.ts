import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { openOwner } from '../../db/src/owner.fixture.ts'
import { appRouter } from './router.ts'
import { password, test as base, type SignedUp } from './testing.fixture.ts'

/** Calls of one mutation by a user who has what they need. */
interface Calls {
  /** Has an effect. */
  input: object
  /** Would have another effect, by itself; undefined where there is only one. */
  other?: object
  /** What is refused, and why. */
  refused: Record<string, object>
}

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

// Every mutation has its entry: a new one fails the first test until it can be repeated like the others.
const mutations: Record<string, (user: SignedUp) => Promise<Calls>> = {
  'tasks.create': async (user) => ({
    // Without an id, so that nothing but the operation id tells two attempts apart.
    input: { title: 'Once', due: { date: '2026-11-21' } },
    other: { title: 'Another' },
    refused: { TASK_EXISTS: { title: 'Again', id: await newTask(user) }, BAD_INPUT: { title: '' } },
  }),
  'tasks.update': async (user) => {
    const id = await newTask(user)
    const seen = (await user.tasks.update({ id, title: 'Seen' })).revision
    return {
      input: { id, title: 'Changed', ifRevision: seen },
      other: { id, title: 'Changed otherwise' },
      refused: {
        TASK_NOT_FOUND: { id: randomUUID(), title: 'x' },
        REVISION_CONFLICT: { id, title: 'x', ifRevision: seen - 1 },
      },
    }
  },
  'tasks.complete': (user) => changeOf(user, { title: 'Open' }),
  'tasks.reopen': (user) => changeOf(user, { title: 'Done', completed: true }),
  'tasks.delete': async (user) => {
    const [id, another] = [await newTask(user), await newTask(user)]
    return { input: { id }, other: { id: another }, refused: { REVISION_CONFLICT: { id, ifRevision: 99 } } }
  },
  'tasks.reorder': async (user) => {
    const [id, behind, last] = [await newTask(user), await newTask(user), await newTask(user)]
    return {
      input: { id, after: behind },
      other: { id, after: last },
      refused: { TASK_NOT_FOUND: { id: randomUUID(), after: null } },
    }
  },
  'tasks.skip': occurrences,
  'tasks.detach': occurrences,
  'tasks.move': async (user) => {
    const [id, parentId, another] = [await newTask(user), await newTask(user), await newTask(user)]
    return {
      input: { id, parentId, after: another },
      other: { id, parentId: another },
      refused: {
        TASK_NOT_FOUND: { id: randomUUID(), after: null },
        PARENT_NOT_FOUND: { id, parentId: randomUUID() },
        LIST_NOT_FOUND: { id, listId: randomUUID() },
        TASK_BELOW_ITSELF: { id, parentId: id },
      },
    }
  },
  'tasks.bulk': async (user) => {
    const ids = [await newTask(user), await newTask(user), await newTask(user)]
    const change = { priority: 'high', due: { date: '2026-11-21' } }
    return {
      input: { ids: [...ids, randomUUID()], change },
      other: { ids, change: { delete: true } },
      refused: { BAD_INPUT: { ids: [], change } },
    }
  },
  'history.undo': async (user) => {
    const id = await newTask(user)
    const renamed = await user.tasks.update({ id, title: 'Renamed' })
    const sorted = await user.tasks.update({ id, priority: 'high' })
    const lost = await user.tasks.update({ id, description: 'First' })
    await user.tasks.update({ id, description: 'Second' })
    return {
      input: { revision: renamed.revision },
      other: { revision: sorted.revision },
      refused: {
        REVISION_NOT_FOUND: { revision: 1_000_000 },
        UNDO_CONFLICT: { revision: lost.revision },
      },
    }
  },
  'history.restore': async (user) => {
    const [id, another] = [await newTask(user), await newTask(user)]
    await user.tasks.bulk({ ids: [id, another], change: { delete: true } })
    return {
      input: { entity: 'tasks', id },
      other: { entity: 'tasks', id: another },
      refused: { TASK_NOT_FOUND: { entity: 'tasks', id: randomUUID() } },
    }
  },
  'comments.create': async (user) => {
    const taskId = await newTask(user)
    return {
      input: { taskId, body: 'Once' },
      other: { taskId, body: 'Another' },
      refused: { TASK_NOT_FOUND: { taskId: randomUUID(), body: 'x' }, BAD_INPUT: { taskId, body: '' } },
    }
  },
  'comments.update': async (user) => {
    const { id } = await user.comments.create({ taskId: await newTask(user), body: 'Before' })
    return {
      input: { id, body: 'Once' },
      other: { id, body: 'Another' },
      refused: { COMMENT_NOT_FOUND: { id: randomUUID(), body: 'x' } },
    }
  },
  'comments.delete': async (user) => {
    const taskId = await newTask(user)
    const [one, two] = [
      await user.comments.create({ taskId, body: 'One' }),
      await user.comments.create({ taskId, body: 'Two' }),
    ]
    return { input: { id: one.id }, other: { id: two.id }, refused: { BAD_INPUT: { id: 'x' } } }
  },
  'lists.create': async (user) => {
    const { id } = await user.lists.create({ name: 'There' })
    return {
      input: { name: 'Once' },
      other: { name: 'Another' },
      refused: { NAME_TAKEN: { name: 'THERE' }, ID_TAKEN: { id, name: 'x' }, BAD_INPUT: { name: '' } },
    }
  },
  'lists.update': async (user) => {
    const { id } = await user.lists.create({ name: 'Before' })
    await user.lists.create({ name: 'There' })
    return {
      input: { id, name: 'Once' },
      other: { id, name: 'Another' },
      refused: { NAME_TAKEN: { id, name: 'there' }, LIST_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'lists.archive': async (user) => {
    const [{ id }, other] = [
      await user.lists.create({ name: 'One' }),
      await user.lists.create({ name: 'Two' }),
    ]
    return {
      input: { id, archived: true },
      other: { id: other.id, archived: true },
      refused: { LIST_NOT_FOUND: { id: randomUUID(), archived: true } },
    }
  },
  'lists.reorder': async (user) => {
    const ids = []
    for (const name of ['a', 'b', 'c']) ids.push((await user.lists.create({ name })).id)
    return {
      input: { id: ids[2], after: null },
      other: { id: ids[1], after: null },
      refused: { LIST_NOT_FOUND: { id: ids[0], after: randomUUID() } },
    }
  },
  'lists.delete': async (user) => {
    const [{ id }, other] = [
      await user.lists.create({ name: 'One' }),
      await user.lists.create({ name: 'Two' }),
    ]
    await user.tasks.create({ title: 'In it', listId: id })
    return {
      input: { id, tasks: 'delete' },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
  'tags.create': async (user) => {
    const { id } = await user.tags.create({ name: 'there' })
    return {
      input: { name: 'once' },
      other: { name: 'another' },
      refused: { NAME_TAKEN: { name: 'There' }, ID_TAKEN: { id, name: 'x' } },
    }
  },
  'tags.update': async (user) => {
    const { id } = await user.tags.create({ name: 'before' })
    return {
      input: { id, name: 'once' },
      other: { id, name: 'another' },
      refused: { TAG_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'tags.delete': async (user) => {
    const [{ id }, other] = [await user.tags.create({ name: 'one' }), await user.tags.create({ name: 'two' })]
    await user.tasks.create({ title: 'With it', tagIds: [id, other.id] })
    return {
      input: { id },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
  'views.create': async (user) => {
    const { id } = await user.views.create({ name: 'There', filter: {} })
    return {
      input: { name: 'Once', filter: { due: 'today' } },
      other: { name: 'Another', filter: {} },
      refused: { NAME_TAKEN: { name: 'THERE', filter: {} }, ID_TAKEN: { id, name: 'x', filter: {} } },
    }
  },
  'views.update': async (user) => {
    const { id } = await user.views.create({ name: 'Before', filter: {} })
    return {
      input: { id, filter: { q: 'once' } },
      other: { id, name: 'Another' },
      refused: { VIEW_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'views.reorder': async (user) => {
    const ids = []
    for (const name of ['a', 'b', 'c']) ids.push((await user.views.create({ name, filter: {} })).id)
    return {
      input: { id: ids[2], after: null },
      other: { id: ids[1], after: null },
      refused: { VIEW_NOT_FOUND: { id: ids[0], after: randomUUID() } },
    }
  },
  'views.delete': async (user) => {
    const [{ id }, other] = [
      await user.views.create({ name: 'One', filter: {} }),
      await user.views.create({ name: 'Two', filter: {} }),
    ]
    return {
      input: { id },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
  'account.update': async () => ({
    input: { name: 'Grace', weekStart: 7 },
    other: { name: 'Hedy' },
    refused: { BAD_INPUT: { weekStart: 8 } },
  }),
  'account.revokeSession': async (user) => ({
    input: { id: await user.openSession() },
    other: { others: true },
    refused: { SESSION_NOT_FOUND: { id: randomUUID() } },
  }),
  'account.erase': async ({ user }) => ({
    input: { password, confirm: user.email },
    other: { password, confirm: user.email.toUpperCase() },
    refused: {
      PASSWORD_WRONG: { password: 'wrong horse', confirm: user.email },
      BAD_INPUT: { password, confirm: 'somebody@example.org' },
    },
  }),
  'account.keep': async ({ account, user }) => {
    await account.erase({ password, confirm: user.email })
    return { input: {}, refused: { BAD_INPUT: { unknown: true } } }
  },
}

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
    const { input } = await prepare(ada)
    const opId = randomUUID()
    const before = await effects(ada)
    const first = await call(ada, path, { ...input, opId })
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
    const { input } = await prepare(ada)
    const opId = randomUUID()
    const before = await effects(ada)
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(ada, path, { ...input, opId })))
    for (const answer of answers) expect(answer).toStrictEqual(answers[0])
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
    const { input, other } = await prepare(ada)
    if (!other) return
    const opId = randomUUID()
    const before = await effects(ada)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, at) => outcomeOf(ada, path, { ...(at % 2 ? input : other), opId })),
    )
    const answers = outcomes.filter((outcome) => !('reason' in outcome))
    expect(answers).toHaveLength(5)
    for (const answer of answers) expect(answer).toStrictEqual(answers[0])
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
    const first = await call(ada, path, { ...hers.input, opId })
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

async function newTask({ tasks }: SignedUp): Promise<string> {
  return (await tasks.create({ title: 'A task' })).id
}

async function changeOf(user: SignedUp, task: { title: string; completed?: boolean }): Promise<Calls> {
  const [one, two] = [await user.tasks.create(task), await user.tasks.create(task)]
  return {
    input: { id: one.id, ifRevision: one.revision },
    other: { id: two.id },
    refused: {
      TASK_NOT_FOUND: { id: randomUUID() },
      REVISION_CONFLICT: { id: two.id, ifRevision: one.revision },
    },
  }
}

/** What makes a new row, or another date, each time that it happens. */
async function occurrences({ tasks }: SignedUp): Promise<Calls> {
  const recurring = { title: 'Again', due: { date: '2026-11-21' }, recurrence: { rule: 'FREQ=DAILY' } }
  const [one, two] = [await tasks.create(recurring), await tasks.create(recurring)]
  const { id } = await tasks.create({ title: 'Once' })
  return {
    input: { id: one.id },
    other: { id: two.id },
    refused: {
      NOT_RECURRING: { id },
      TASK_NOT_FOUND: { id: randomUUID() },
      REVISION_CONFLICT: { id: two.id, ifRevision: one.revision },
    },
  }
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
