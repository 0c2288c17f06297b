import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { openOwner } from '../../db/src/owner.fixture.ts'
import { roomBehind, type Placed } from './manual-order.ts'
import { seed } from './random-changes.fixture.ts'
import { test, type SignedUp } from './testing.fixture.ts'

const kinds = {
  lists: {
    create: ({ lists }: SignedUp, name: string, after?: string | null) => lists.create({ name, after }),
    reorder: ({ lists }: SignedUp, id: string, after: string | null) => lists.reorder({ id, after }),
    list: async ({ lists }: SignedUp): Promise<Placed[]> => (await lists.list()).items,
  },
  views: {
    create: ({ views }: SignedUp, name: string, after?: string | null) =>
      views.create({ name, after, filter: {} }),
    reorder: ({ views }: SignedUp, id: string, after: string | null) => views.reorder({ id, after }),
    list: async ({ views }: SignedUp): Promise<Placed[]> => (await views.list()).items,
  },
}

async function orderOf(rows: Promise<Placed[]>) {
  return (await rows).map(({ id }) => id)
}

describe.for(Object.entries(kinds))('%s', ([table, { create, reorder, list }]) => {
  test('a new one comes last, first, or behind another', async ({ signUp }) => {
    const ada = await signUp()
    const [b, d] = [await create(ada, 'b'), await create(ada, 'd')]
    const [c, a] = [await create(ada, 'c', b.id), await create(ada, 'a', null)]
    expect(await orderOf(list(ada))).toEqual([a.id, b.id, c.id, d.id])
  })

  test(`moves do what they say (seed ${seed})`, async ({ signUp }) => {
    const move = fc.record({ which: fc.nat(7), after: fc.option(fc.nat(7)) })
    const run = async (moves: { which: number; after: number | null }[]) => {
      const ada = await signUp()
      const model: string[] = []
      for (let n = 0; n < 8; n++) model.push((await create(ada, `${n}`)).id)
      const ids = [...model]
      for (const { which, after } of moves) {
        if (which === after) continue
        const id = ids[which] ?? ''
        await reorder(ada, id, after === null ? null : (ids[after] ?? ''))
        model.splice(model.indexOf(id), 1)
        model.splice(after === null ? 0 : model.indexOf(ids[after] ?? '') + 1, 0, id)
        expect(await orderOf(list(ada))).toEqual(model)
      }
    }
    await fc.assert(fc.asyncProperty(fc.array(move, { maxLength: 20 }), run), { seed, numRuns: 10 })
  })

  test('50 moves at once behind the same one end in one order, with no place taken twice', async ({
    signUp,
  }) => {
    const ada = await signUp()
    const made = []
    for (let n = 0; n < 51; n++) made.push(await create(ada, `${n}`))
    const [anchor, ...others] = made
    await Promise.all(others.map(({ id }) => reorder(ada, id, anchor?.id ?? '')))
    const rows = await list(ada)
    expect(rows[0]?.id).toBe(anchor?.id)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(51)
    expect(new Set(rows.map(({ position }) => position)).size).toBe(51)
  })

  test('50 made at once come to stand in one order, with no place taken twice', async ({ signUp }) => {
    const ada = await signUp()
    await create(ada, 'first')
    await Promise.all(Array.from({ length: 50 }, (_, n) => create(ada, `${n}`)))
    expect(new Set((await list(ada)).map(({ position }) => position)).size).toBe(51)
  })

  test('there is room between rows that stand at the same place', async ({ signUp, database }) => {
    const ada = await signUp()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(ada, name)
    const owner = await openOwner(database.ownerUrl)
    await owner.rows(`update ${table} set position = 'a0' where user_id = $1`, [ada.user.id])
    await owner.end()
    const [a, b, c, d, e] = await orderOf(list(ada))
    await reorder(ada, e ?? '', b ?? '')
    expect(await orderOf(list(ada))).toEqual([a, b, e, c, d])
    await reorder(ada, d ?? '', null)
    expect(await orderOf(list(ada))).toEqual([d, a, b, e, c])
    const { id: last } = await create(ada, 'last')
    expect(await orderOf(list(ada))).toEqual([d, a, b, e, c, last])
  })

  test('positions stay short, however often two change places', async ({ signUp }) => {
    const ada = await signUp()
    const [a, b, c] = [await create(ada, 'a'), await create(ada, 'b'), await create(ada, 'c')]
    for (let n = 0; n < 300; n++) {
      const { position } = await reorder(ada, n % 2 === 0 ? b.id : c.id, a.id)
      expect(position.length).toBeLessThanOrEqual(100)
    }
    expect(await orderOf(list(ada))).toEqual([a.id, c.id, b.id])
  })

  test('nothing goes behind itself, or behind what is not there', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await create(ada, 'a')
    await expect(reorder(ada, id, id)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
    await expect(reorder(ada, id, randomUUID())).rejects.toThrow(/There is no such/)
    await expect(reorder(ada, randomUUID(), id)).rejects.toThrow(/There is no such/)
  })
})

test(`room is found behind any row of any order, and only moves what it must (seed ${seed})`, () => {
  const positions = fc.array(fc.constantFrom('a0', 'a0V', 'a1', 'a2', `a0${'z'.repeat(120)}`, 'Zz'), {
    maxLength: 8,
  })
  const property = fc.property(positions, fc.option(fc.nat(7)), (unsorted, which) => {
    const rows = unsorted
      .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .map((position, n) => ({ id: `${n}`, position }))
    const after = which === null ? null : (rows[which % Math.max(rows.length, 1)]?.id ?? null)
    const room = roomBehind(rows, after)
    if (!room) throw new Error('no room')
    const moved = new Map(room.moved.map(({ id, position }) => [id, position]))
    const now = rows.map(({ id, position }) => ({ id, position: moved.get(id) ?? position }))
    const place = after === null ? 0 : Number(after) + 1
    expect(now.slice(0, place).every(({ position }) => position < room.position)).toBe(true)
    expect(now.slice(place).every(({ position }) => position > room.position)).toBe(true)
    // In the order of before, though some may share a place.
    expect(now.map(({ position }) => position)).toEqual(now.map(({ position }) => position).toSorted())
    const alone = rows.filter(({ position }) => position === rows[place - 1]?.position).length === 1
    if (alone && room.position.length < 20)
      expect(room.moved.length === 0 || room.moved.length === rows.length).toBe(true)
  })
  fc.assert(property, { seed, numRuns: 1000 })
})
