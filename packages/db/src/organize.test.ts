import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { insertEveryKind } from './kinds.fixture.ts'
import { openPeople } from './people.fixture.ts'
import { type Scope } from './scope.ts'
import { clockOf, insert, update, type Values } from './tasks.fixture.ts'

const { owner, newUser } = await openPeople()

/** What the newest revision did. */
async function changesOf({ db, userId }: Scope) {
  const { rows } = await sql<{ revision: number; entity: string; gone: boolean }>`
    select revision, entity, after is null as gone from changes
    where user_id = ${userId} and revision = (select max(revision) from revisions where user_id = ${userId})
    order by entity, entity_id`.execute(db)
  return rows
}

describe('tags', () => {
  async function tagged(scope: Scope, ...names: string[]) {
    const made = []
    for (const name of names) {
      const tag = scope.db.insertInto('tags').values({ userId: scope.userId, name }).returning('id')
      made.push((await tag.executeTakeFirstOrThrow()).id)
    }
    return made.toSorted()
  }

  test('of a task are a set, in one order', async () => {
    const ada = await newUser()
    const ids = await tagged(ada, 'a', 'b', 'c')
    const task = await insert(ada, { tagIds: [...ids.toReversed(), ...ids] })
    expect(task.tagIds).toEqual(ids)
    // The same set, said otherwise, is no change.
    expect(await update(ada, task.id, { tagIds: ids.toReversed() })).toEqual(task)
    expect((await update(ada, task.id, { tagIds: [] })).tagIds).toEqual([])
  })

  test('that do not exist are refused, one among many too', async () => {
    const ada = await newUser()
    const ids = await tagged(ada, 'a', 'b')
    const missing = { code: '23503', constraint: 'tasks_tag_ids_fkey' }
    await expect(insert(ada, { tagIds: [randomUUID()] })).rejects.toMatchObject(missing)
    const task = await insert(ada, { tagIds: ids })
    await expect(update(ada, task.id, { tagIds: [...ids, randomUUID()] })).rejects.toMatchObject(missing)
    await expect(
      sql`update tasks set tag_ids = '{null}' where id = ${task.id}`.execute(ada.db),
    ).rejects.toMatchObject(missing)
  })

  test('are 50 at most', async () => {
    const ada = await newUser()
    const ids = await tagged(ada, ...Array.from({ length: 51 }, (_, n) => `tag ${n}`))
    expect((await insert(ada, { tagIds: ids.slice(1) })).tagIds).toHaveLength(50)
    await expect(insert(ada, { tagIds: ids })).rejects.toMatchObject({ constraint: 'tasks_tag_ids_check' })
  })

  test('that go, go from every task in the same revision, and the log says from which', async () => {
    const ada = await newUser()
    const [one = '', two = ''] = await tagged(ada, 'a', 'b')
    const both = await insert(ada, { tagIds: [one, two] })
    const other = await insert(ada, { tagIds: [two] })
    await ada.db.deleteFrom('tags').where('id', '=', one).execute()
    const { revision } = await clockOf(ada)
    const entries = await ada.db
      .selectFrom('changes')
      .select(['entity', 'entityId', 'before', 'after'])
      .where('userId', '=', ada.userId)
      .where('revision', '=', revision)
      .orderBy('entity')
      .execute()
    expect(entries).toEqual([
      { entity: 'tags', entityId: one, before: expect.objectContaining({ color: null }), after: null },
      {
        entity: 'tasks',
        entityId: both.id,
        before: { tag_ids: [one, two].toSorted() },
        after: { tag_ids: [two] },
      },
    ])
    const now = await ada.db.selectFrom('tasks').selectAll().where('id', '=', other.id).executeTakeFirst()
    expect(now).toEqual(other)
  })

  test(
    'that are given and taken away at once leave no task with a tag that is not there',
    { timeout: 60_000 },
    async () => {
      const ada = await newUser()
      const tasks = await Promise.all(Array.from({ length: 6 }, () => insert(ada)))
      for (let round = 0; round < 5; round++) {
        const [id = ''] = await tagged(ada, `tag ${round}`)
        await Promise.all([
          ...tasks.map((task) =>
            update(ada, task.id, { tagIds: [id] }).catch((error: { constraint: string }) => {
              expect(error.constraint).toBe('tasks_tag_ids_fkey')
            }),
          ),
          ada.db.deleteFrom('tags').where('id', '=', id).execute(),
        ])
      }
      const stray = await owner.rows(
        `select from tasks t, unnest(tag_ids) tag_id where user_id = $1 and not exists (
         select from tags g where g.user_id = t.user_id and g.id = tag_id)`,
        [ada.userId],
      )
      expect(stray).toEqual([])
    },
  )
})

describe('lists', () => {
  test('that go leave their tasks in the Inbox in the same revision, and the log says which', async () => {
    const ada = await newUser()
    const { list, task, subtask } = await insertEveryKind(ada, 'Home')
    await ada.db.deleteFrom('lists').where('userId', '=', ada.userId).execute()
    const { revision } = await clockOf(ada)
    expect((await changesOf(ada)).map(({ entity, gone }) => [entity, gone])).toEqual([
      ['lists', true],
      ['tasks', false],
      ['tasks', false],
    ])
    const tasks = await ada.db.selectFrom('tasks').selectAll().where('userId', '=', ada.userId).execute()
    for (const { id, listId, revision: at } of tasks) {
      expect([task.id, subtask.id]).toContain(id)
      expect([listId, at]).toEqual([null, revision])
    }
    const [entry] = await owner.rows(
      `select before, after from changes where user_id = $1 and revision = $2 and entity_id = $3`,
      [ada.userId, revision, task.id],
    )
    expect(entry).toEqual({ before: { list_id: list.id }, after: { list_id: null } })
  })
})

describe('names', () => {
  test('of lists, tags and views stand once for each user, whatever their case and accents', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    for (const table of ['lists', 'tags', 'views'] as const) {
      const add = ({ db, userId }: Scope, name: string) =>
        sql`insert into ${sql.table(table)} (user_id, name ${table === 'views' ? sql`, filter` : sql``})
          values (${userId}, ${name} ${table === 'views' ? sql`, '{}'` : sql``})`.execute(db)
      await add(ada, 'Crème Brûlée')
      await expect(add(ada, 'creme brulee')).rejects.toMatchObject({
        constraint: `${table}_user_id_name_key`,
      })
      await add(ada, 'creme brulees')
      await add(eve, 'creme brulee')
      for (const wrong of ['', ' x', 'x '.padEnd(200, 'x')]) {
        await expect(add(ada, wrong)).rejects.toMatchObject({ constraint: `${table}_name_check` })
      }
    }
  })

  test('of 50 made at once, one stands', async () => {
    const ada = await newUser()
    const made = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        ada.db.insertInto('tags').values({ userId: ada.userId, name: 'the same' }).execute(),
      ),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('constraints', () => {
  test('refuse what a comment cannot be', async () => {
    const ada = await newUser()
    const { id: taskId } = await insert(ada)
    const add = (body: string) =>
      ada.db.insertInto('comments').values({ userId: ada.userId, taskId, body }).execute()
    for (const body of ['', ' ', '\n\t ', 'x'.repeat(10_001)]) {
      await expect(add(body)).rejects.toMatchObject({ constraint: 'comments_body_check' })
    }
    await add('😀'.repeat(10_000))
  })

  test('refuse what no view, colour, icon or position is', async () => {
    const ada = await newUser()
    const { list, tag, view } = await insertEveryKind(ada, 'Some')
    const wrongs: [string, string, unknown, string][] = [
      ['lists', 'color', 'red', list.id],
      ['lists', 'color', '#ABCDEF', list.id],
      ['lists', 'icon', '', list.id],
      ['lists', 'icon', 'x'.repeat(33), list.id],
      ['lists', 'position', '', list.id],
      ['tags', 'color', '#12345', tag.id],
      ['views', 'icon', '', view.id],
      ['views', 'filter', '[]', view.id],
      ['views', 'filter', '"x"', view.id],
      ['views', 'filter', JSON.stringify(Array.from({ length: 600 }, () => randomUUID())), view.id],
      ['views', 'filter', JSON.stringify({ q: randomUUID().repeat(300) }), view.id],
      ['views', 'position', 'x'.repeat(256), view.id],
    ]
    for (const [table, column, value, id] of wrongs) {
      await expect(
        owner.rows(`update ${table} set ${column} = $1 where id = $2`, [value, id]),
        `${table}.${column}`,
      ).rejects.toMatchObject({ constraint: `${table}_${column}_check` })
    }
  })

  test('keep user_id, id and created_at of every kind, and stamp what changes', async () => {
    const ada = await newUser()
    const rows = await insertEveryKind(ada, 'Kept')
    const kinds = { lists: rows.list, tags: rows.tag, views: rows.view, comments: rows.comment }
    for (const [table, row] of Object.entries(kinds)) {
      for (const change of [`id = gen_random_uuid()`, `created_at = now()`, `user_id = gen_random_uuid()`]) {
        await expect(
          owner.rows(`update ${table} set ${change} where id = $1`, [row.id]),
          `${table}: ${change}`,
        ).rejects.toMatchObject({ constraint: `${table}_immutable_check` })
      }
      const before = await clockOf(ada)
      await owner.rows(`update ${table} set revision = 900, updated_at = '2001-01-01' where id = $1`, [
        row.id,
      ])
      const [same] = await owner.rows<{ revision: string }>(`select revision from ${table} where id = $1`, [
        row.id,
      ])
      expect({ table, same: Number(same?.revision) }).toEqual({ table, same: row.revision })
      expect(await clockOf(ada)).toEqual(before)
      await owner.rows(
        `update ${table} set ${table === 'comments' ? 'body' : 'name'} = 'Other', revision = 900 where id = $1`,
        [row.id],
      )
      const [changed] = await owner.rows<{ revision: string; later: boolean }>(
        `select revision, updated_at > created_at as later from ${table} where id = $1`,
        [row.id],
      )
      expect({ table, revision: Number(changed?.revision), later: changed?.later }).toEqual({
        table,
        revision: before.revision + 1,
        later: true,
      })
    }
  })

  const series: Values = {
    recurrence: 'FREQ=DAILY',
    recurrenceBasis: 'due',
    seriesId: '00000000-0000-4000-8000-000000000009',
    seriesStart: '2026-11-21T09:00:00',
    occurrence: '2026-11-21T09:00:00',
    occurrenceNumber: 1,
  }

  test('make one occurrence of each number in a series, for each user', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    await insert(ada, series)
    await expect(insert(ada, series)).rejects.toMatchObject({ constraint: 'tasks_user_id_occurrence_key' })
    await insert(ada, { ...series, occurrenceNumber: 2 })
    await insert(eve, series)
    const made = await Promise.allSettled(
      Array.from({ length: 50 }, () => insert(ada, { ...series, occurrenceNumber: 3 })),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test.for<[string, Values]>([
    ['a rule without a basis', { recurrenceBasis: null }],
    ['a basis without a rule', { recurrence: null }],
    ['a basis of another kind', { recurrenceBasis: 'sometimes' }],
    [
      'a rule without a series',
      { seriesId: null, seriesStart: null, occurrence: null, occurrenceNumber: null },
    ],
    ['a series without a number', { occurrenceNumber: null }],
    ['a series without a start', { seriesStart: null }],
    ['a series without an occurrence', { occurrence: null }],
    ['the number 0', { occurrenceNumber: 0 }],
    ['an instant for an occurrence', { occurrence: '2026-11-21T09:00:00Z' }],
    ['an empty rule', { recurrence: '' }],
    ['a rule of 501 characters', { recurrence: 'x'.repeat(501) }],
  ])('refuse %s', async ([, wrong]) => {
    const ada = await newUser()
    await expect(insert(ada, { ...series, ...wrong })).rejects.toMatchObject({ code: '23514' })
    // An occurrence that no rule follows any more is fine.
    expect(await insert(ada, { ...series, recurrence: null, recurrenceBasis: null })).toBeDefined()
  })
})
