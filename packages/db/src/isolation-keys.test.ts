import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { insertEveryKind } from './kinds.fixture.ts'
import { openPeople } from './people.fixture.ts'
import { type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'
import { textValues } from './values.ts'

const { database, owner, newUser } = await openPeople()

/** Any text, as any user: what row-level security has to withstand when everything above it failed. */
function run(text: string, userId: string | null, values: unknown[] = []) {
  return database.run({ text, values, types: textValues, name: undefined }, 'ownlist_app', userId)
}

describe('keys and triggers alone', () => {
  test("another user's id neither collides nor tells that it is taken", async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const { id } = await insert(ada, { title: 'Secret' })
    const mine = await eve.db
      .insertInto('tasks')
      .values({ userId: eve.userId, id, title: 'The same id' })
      .returning(['id', 'number'])
      .executeTakeFirstOrThrow()
    expect(mine).toEqual({ id, number: 1 })
    expect(await ada.db.selectFrom('tasks').select('title').execute()).toEqual([{ title: 'Secret' }])
  })

  test("nothing hangs on what is another user's, nor tells that it is there", async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const hers = await insertEveryKind(ada, 'Secret')
    const mine = await insertEveryKind(eve, 'Mine')
    const before = await owner.contents('tasks')
    const unknown = randomUUID()
    const hangings: [string, string, string][] = [
      [`update tasks set list_id = $2 where id = $1`, mine.task.id, hers.list.id],
      [`update tasks set parent_id = $2 where id = $1`, mine.task.id, hers.task.id],
      [`update tasks set tag_ids = array[$2]::uuid[] where id = $1`, mine.task.id, hers.tag.id],
      [`insert into tasks (user_id, title, list_id) values ($1, 'x', $2)`, eve.userId, hers.list.id],
      [`insert into tasks (user_id, title, parent_id) values ($1, 'x', $2)`, eve.userId, hers.task.id],
      [
        `insert into tasks (user_id, title, tag_ids) values ($1, 'x', array[$2]::uuid[])`,
        eve.userId,
        hers.tag.id,
      ],
      [`insert into comments (user_id, task_id, body) values ($1, $2, 'x')`, eve.userId, hers.task.id],
      [`update comments set task_id = $2 where id = $1`, mine.comment.id, hers.task.id],
    ]
    for (const [text, first, theirs] of hangings) {
      const refusals = [theirs, unknown].map((second) =>
        run(text, eve.userId, [first, second]).catch(({ code, constraint, message }: pg.DatabaseError) => ({
          code,
          constraint,
          message,
        })),
      )
      const [exists, doesNot] = await Promise.all(refusals)
      expect({ text, exists }).toMatchObject({ exists: { code: '23503' } })
      expect(exists).toEqual(doesNot)
    }
    expect(await owner.contents('tasks')).toEqual(before)
  })

  test('a tag that goes leaves the tag of the same id with everybody else', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const { tag, task } = await insertEveryKind(ada, 'Secret')
    await eve.db.insertInto('tags').values({ userId: eve.userId, id: tag.id, name: 'Mine' }).execute()
    const mine = await insert(eve, { tagIds: [tag.id] })
    await eve.db.deleteFrom('tags').where('id', '=', tag.id).execute()
    const tagged = async ({ db }: Scope, id: string) =>
      (await db.selectFrom('tasks').select('tagIds').where('id', '=', id).executeTakeFirstOrThrow()).tagIds
    expect(await tagged(eve, mine.id)).toEqual([])
    expect(await tagged(ada, task.id)).toEqual([tag.id])
  })

  test('what hangs on a row goes with it, and only of the same user', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const hers = await insertEveryKind(ada, 'Secret')
    // Eve's rows have the same ids.
    for (const table of ['lists', 'tags', 'tasks', 'comments']) {
      const columns = await owner.rows<{ column: string }>(
        `select quote_ident(attname) as column from pg_attribute where attrelid = $1::regclass
         and attnum > 0 and not attisdropped and attgenerated = '' and attname not in ('user_id', 'number')`,
        [table],
      )
      const list = columns.map(({ column }) => column).join(', ')
      await owner.rows(
        `insert into ${table} (user_id, ${list}) select $1, ${list} from ${table} where user_id = $2
         order by created_at`,
        [eve.userId, ada.userId],
      )
    }
    await eve.db.deleteFrom('lists').execute()
    await eve.db.deleteFrom('tasks').where('id', '=', hers.task.id).execute()
    const left = async ({ userId }: Scope) =>
      Promise.all(
        ['lists', 'tasks', 'comments'].map(
          async (table) => (await owner.rows(`select from ${table} where user_id = $1`, [userId])).length,
        ),
      )
    expect(await left(eve)).toEqual([0, 0, 0])
    expect(await left(ada)).toEqual([1, 2, 1])
    const [kept] = await ada.db.selectFrom('tasks').select('listId').where('id', '=', hers.task.id).execute()
    expect(kept?.listId).toBe(hers.list.id)
  })
})
