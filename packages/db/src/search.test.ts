import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openErasures } from './erasure.fixture.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asAuth, asUser, inTransaction, type Scope } from './scope.ts'
import { insert, update } from './tasks.fixture.ts'
import { textValues } from './values.ts'

// The one function that answers from texts which row-level security hides from everybody: whose it tells of, and
// that it finds what a plain comparison of all texts would find.

let testDatabase: TestDatabase
let database: Database
let owner: Owner

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = await connect({ url: testDatabase.url, max: 6 })
  owner = await openOwner(testDatabase.ownerUrl)
})

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

const kinds = ['title', 'description', 'comment']
let people = 0

async function newUser(): Promise<Scope> {
  people += 1
  return asUser(database, await owner.addUser(`Person${people}`))
}

async function find({ db }: Pick<Scope, 'db'>, text: string, most = 100) {
  const { rows } = await sql<{ kind: string; taskIds: string[] | null }>`
    select kind, task_ids from find_texts(fold(${text}::text), ${kinds}::text[], ${most}::integer)`.execute(
    db,
  )
  return Object.fromEntries(rows.map(({ kind, taskIds }) => [kind, taskIds?.toSorted() ?? null]))
}

function comment({ db, userId }: Scope, taskId: string, body: string) {
  return db.insertInto('comments').values({ userId, taskId, body }).returningAll().executeTakeFirstOrThrow()
}

const nothing = { title: [], description: [], comment: [] }

describe('whose texts are found', () => {
  test('those of the current user, and nobody else’s, in titles, descriptions and comments', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const hers = await insert(ada, { title: 'A secret', description: 'secretly' })
    await comment(ada, hers.id, 'top secret')
    expect(await find(eve, 'secret')).toEqual(nothing)

    const mine = await insert(eve, { title: 'No secret' })
    expect(await find(eve, 'secret')).toEqual({ ...nothing, title: [mine.id] })
    // The test means nothing unless Ada finds hers.
    expect(await find(ada, 'secret')).toEqual({
      title: [hers.id],
      description: [hers.id],
      comment: [hers.id],
    })
  })

  test('also where another user’s keys in the index begin alike', async () => {
    const [ada, eve] = await Promise.all(
      ['11111111', '22222222'].map(async (first) => {
        const id = `${first}-0000-4000-8000-00000000feed`
        await owner.rows(`insert into users (id, email, name) values ($1, $2, 'Twin')`, [
          id,
          `${id}@example.org`,
        ])
        return asUser(database, id)
      }),
    )
    if (!ada || !eve) throw new Error('two users were made')
    const [shared] = await owner.rows<{ one: boolean }>(
      `select gram_scope($1, 'title') = gram_scope($2, 'title') as one`,
      [ada.userId, eve.userId],
    )
    expect(shared).toEqual({ one: true })
    const hers = await insert(ada, { title: 'A secret' })
    expect(await find(eve, 'secret')).toEqual(nothing)
    expect(await find(eve, 'se')).toEqual(nothing)
    expect(await find(ada, 'secret')).toEqual({ ...nothing, title: [hers.id] })
  })

  test('nobody’s without a user, or with one that is none', async () => {
    const ada = await newUser()
    await insert(ada, { title: 'A secret' })
    const text = `select * from find_texts('secret', array['title'], 100)`
    const run = (userId: string | null) =>
      database.run({ text, values: [], types: textValues, name: undefined }, 'ownlist_app', userId)
    expect((await run(null)).rows).toEqual([])
    expect((await run('00000000-0000-4000-8000-000000000000')).rows).toEqual([
      { kind: 'title', task_ids: [] },
    ])
    await expect(run(`${ada.userId}' or true --`)).rejects.toMatchObject({ code: '22P02' })
    expect((await run(ada.userId)).rows).toMatchObject([{ kind: 'title', task_ids: [expect.any(String)] }])
  })

  test('the texts themselves are nobody’s to read or write, and identity may not search', async () => {
    const ada = await newUser()
    await insert(ada, { title: 'A secret' })
    for (const db of [ada.db, asAuth(database)]) {
      for (const statement of [
        sql`select from task_texts`,
        sql`insert into task_texts select ${ada.userId}, gen_random_uuid(), 'title', gen_random_uuid(), 'x'`,
        sql`update task_texts set body = 'x'`,
        sql`delete from task_texts`,
        sql`truncate task_texts`,
      ]) {
        await expect(statement.execute(db)).rejects.toMatchObject({ code: '42501' })
      }
    }
    await expect(find({ db: asAuth(database) }, 'secret')).rejects.toMatchObject({ code: '42501' })
    for (const call of [sql`select keep_task_texts()`, sql`select keep_comment_texts()`]) {
      await expect(call.execute(ada.db)).rejects.toThrow(/permission denied|only be called as trigger/)
    }
  })

  test('no temporary table stands in for them', async () => {
    const ada = await newUser()
    const { id } = await insert(ada, { title: 'A secret' })
    await inTransaction(ada, async (scope) => {
      await sql`create temporary table task_texts (like public.tasks)`.execute(scope.db)
      await sql`create temporary table tasks (like public.tasks)`.execute(scope.db)
      expect(await find(scope, 'secret')).toEqual({ ...nothing, title: [id] })
    })
  })
})

test('they are found where the owner is no superuser, whom row-level security binds too', async () => {
  const erasures = await openErasures()
  try {
    const [ada, eve] = [await erasures.person(2), await erasures.person(1)]
    const [, title = '', description = ''] = ada.canaries
    expect((await find(ada.scope, title.slice(3, 20)))['title']).toHaveLength(2)
    expect((await find(ada.scope, description))['description']).toHaveLength(2)
    expect(await find(eve.scope, title)).toEqual(nothing)
  } finally {
    await erasures.end()
  }
})

test('what is written, changed and deleted is found as it is', async () => {
  const ada = await newUser()
  const { id } = await insert(ada, { title: 'Café one', description: 'Crème' })
  expect(await find(ada, 'cafe')).toEqual({ ...nothing, title: [id] })
  await update(ada, id, { title: 'Tea two' })
  expect(await find(ada, 'cafe')).toEqual(nothing)
  expect(await find(ada, 'ea tw')).toEqual({ ...nothing, title: [id] })
  expect(await find(ada, 'CREME')).toEqual({ ...nothing, description: [id] })
  await update(ada, id, { description: null })
  expect(await find(ada, 'creme')).toEqual(nothing)
  await update(ada, id, { description: 'Brûlée' })
  expect(await find(ada, 'brulee')).toEqual({ ...nothing, description: [id] })

  const said = await comment(ada, id, 'ＭＩＬＫ and honey')
  expect(await find(ada, 'milk')).toEqual({ ...nothing, comment: [id] })
  await ada.db.updateTable('comments').set({ body: 'sugar' }).where('id', '=', said.id).execute()
  expect(await find(ada, 'milk')).toEqual(nothing)
  expect(await find(ada, 'sugar')).toEqual({ ...nothing, comment: [id] })
  await ada.db.deleteFrom('comments').where('id', '=', said.id).execute()
  expect(await find(ada, 'sugar')).toEqual(nothing)

  await comment(ada, id, 'salt')
  await ada.db.deleteFrom('tasks').where('id', '=', id).execute()
  expect(await owner.rows('select from task_texts where user_id = $1', [ada.userId])).toEqual([])
})

test('many are not named: more than asked for, or twenty of the newest', async () => {
  const ada = await newUser()
  for (let nth = 0; nth < 19; nth++) await insert(ada, { title: `Common ${nth}` })
  expect((await find(ada, 'common'))['title']).toHaveLength(19)
  expect(await find(ada, 'common', 18)).toEqual({ ...nothing, title: null })
  await insert(ada, { title: 'Common too' })
  expect(await find(ada, 'common')).toEqual({ ...nothing, title: null })
})

test('any part of any text is found, and nothing else, whatever characters they are of', async () => {
  const random = randomFrom(20261121)
  const ada = await newUser()
  const letters = Array.from(`ab c'"\\%_&|!()<>:*.,-é字日本ß🎉\n\tÅﬁ`)
  const text = (length: number) =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
  const texts = new Map<string, string>()
  for (let nth = 0; nth < 60; nth++) {
    const title = `${text(1 + Math.floor(random() * 30)).trim()}x`.trim()
    const { id } = await insert(ada, { title })
    const [row] = await owner.rows<{ folded: string }>('select fold($1) as folded', [title])
    texts.set(id, row?.folded ?? '')
  }
  const all = [...texts.values()]
  for (let nth = 0; nth < 200; nth++) {
    const from = all[nth % all.length] ?? ''
    const at = Math.floor(random() * from.length)
    const part =
      nth % 4 === 0 ? text(1 + Math.floor(random() * 3)) : from.slice(at, at + 1 + Math.floor(random() * 6))
    // Half of a surrogate pair is no text.
    if (!part.isWellFormed()) continue
    const [row] = await owner.rows<{ folded: string }>('select fold($1) as folded', [part])
    const wanted = row?.folded ?? ''
    const expected = [...texts].filter(([, folded]) => `\n${folded}`.includes(wanted)).map(([id]) => id)
    const { title } = await find(ada, part)
    expect({ part, title }).toEqual({ part, title: expected.length >= 20 ? null : expected.toSorted() })
  }
})

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
