import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openPeople } from './people.fixture.ts'
import { inTransaction, type Scope } from './scope.ts'
import { insert, update } from './tasks.fixture.ts'

const { newUser } = await openPeople()

/** A task under each one before it; the first is the root. */
async function chain(scope: Scope, levels: number): Promise<string[]> {
  const ids: string[] = []
  for (let level = 0; level < levels; level++) {
    const { id } = await insert(scope, { title: `Level ${level + 1}`, parentId: ids.at(-1) ?? null })
    ids.push(id)
  }
  return ids
}

const under = (scope: Scope, id: string, parentId: string | null) => update(scope, id, { parentId })
const tooDeep = { code: '23514', constraint: 'tasks_depth_check' }
const cycle = { code: '23514', constraint: 'tasks_parent_cycle_check' }

describe('subtasks', () => {
  test('go eight levels deep and not nine', async () => {
    const ada = await newUser()
    const ids = await chain(ada, 8)
    await expect(insert(ada, { parentId: ids[7] ?? null })).rejects.toMatchObject(tooDeep)
    const { id } = await insert(ada)
    await expect(under(ada, id, ids[7] ?? '')).rejects.toMatchObject(tooDeep)
    expect(await under(ada, id, ids[6] ?? '')).toMatchObject({ parentId: ids[6] })
  })

  test('count with all that hangs on them when they are moved', async () => {
    const ada = await newUser()
    const [tall, small] = [await chain(ada, 5), await chain(ada, 4)]
    await expect(under(ada, small[0] ?? '', tall[4] ?? '')).rejects.toMatchObject(tooDeep)
    await under(ada, small[0] ?? '', tall[3] ?? '')
    await expect(insert(ada, { parentId: small[3] ?? '' })).rejects.toMatchObject(tooDeep)
    // What is moved away makes room again.
    await under(ada, tall[3] ?? '', null)
    expect(await insert(ada, { parentId: small[3] ?? '' })).toBeDefined()
  })

  test('never stand under themselves, near or far', async () => {
    const ada = await newUser()
    const ids = await chain(ada, 4)
    for (const below of ids) await expect(under(ada, ids[0] ?? '', below)).rejects.toMatchObject(cycle)
    const id = randomUUID()
    const born = ada.db.insertInto('tasks').values({ userId: ada.userId, id, title: 'x', parentId: id })
    await expect(born.execute()).rejects.toMatchObject(cycle)
    // Nor by one statement that turns two around.
    const [one, two] = ids
    await expect(
      sql`update tasks set parent_id = case id when ${one} then ${two}::uuid else null end
        where user_id = ${ada.userId} and id in (${one}, ${two})`.execute(ada.db),
    ).rejects.toMatchObject({ code: '23514' })
  })

  test(
    '50 moves at once, on many connections, make no cycle and nothing too deep',
    { timeout: 60_000 },
    async () => {
      const ada = await newUser()
      const ids = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => (await insert(ada, { title: `${n}` })).id),
      )
      const random = seeded(20261121)
      const refusals = new Set<string | undefined>()
      for (let round = 0; round < 4; round++) {
        const moves = Array.from({ length: 50 }, () => {
          const [id, parent] = [ids[random(12)] ?? '', ids[random(12)] ?? '']
          const one =
            random(2) === 0 ? under(ada, id, parent) : inTransaction(ada, (scope) => under(scope, id, parent))
          return one.catch(({ constraint }: { constraint?: string }) => void refusals.add(constraint))
        })
        await Promise.all(moves)
        const tree = await ada.db
          .selectFrom('tasks')
          .select(['id', 'parentId'])
          .where('userId', '=', ada.userId)
          .execute()
        const parentOf = new Map(tree.map(({ id, parentId }) => [id, parentId]))
        expect(parentOf.size).toBe(12)
        for (const id of ids) {
          let depth = 0
          for (let at: string | null | undefined = id; at; at = parentOf.get(at)) depth++
          expect(depth).toBeLessThanOrEqual(8)
        }
      }
      // Some were refused, and for no other reason.
      expect([...refusals].toSorted()).toEqual(expect.arrayContaining(['tasks_parent_cycle_check']))
      expect(
        [...refusals].filter(
          (name) => !['tasks_parent_cycle_check', 'tasks_depth_check'].includes(`${name}`),
        ),
      ).toEqual([])
    },
  )

  test('go with their parent, in one revision, with an entry and a comment each', async () => {
    const ada = await newUser()
    const ids = await chain(ada, 3)
    for (const taskId of ids) {
      await ada.db.insertInto('comments').values({ userId: ada.userId, taskId, body: 'x' }).execute()
    }
    const other = await insert(ada)
    await ada.db
      .deleteFrom('tasks')
      .where('id', '=', ids[0] ?? '')
      .execute()
    expect(await changesOf(ada)).toEqual([
      ...ids.map(() => ({ revision: 8, entity: 'comments', gone: true })),
      ...ids.map(() => ({ revision: 8, entity: 'tasks', gone: true })),
    ])
    const left = await ada.db.selectFrom('tasks').select('id').where('userId', '=', ada.userId).execute()
    expect(left).toEqual([{ id: other.id }])
  })
})

/** What the newest revision did. */
async function changesOf({ db, userId }: Scope) {
  const { rows } = await sql<{ revision: number; entity: string; gone: boolean }>`
    select revision, entity, after is null as gone from changes
    where user_id = ${userId} and revision = (select max(revision) from revisions where user_id = ${userId})
    order by entity, entity_id`.execute(db)
  return rows
}

/** Marsaglia's xorshift: the same moves in every run. */
function seeded(state: number): (below: number) => number {
  let value = state
  return (below) => {
    value ^= value << 13
    value ^= value >>> 17
    value ^= value << 5
    return (value >>> 0) % below
  }
}
