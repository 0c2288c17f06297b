import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'

test('comments are found too, after titles and descriptions', async ({ signUp }) => {
  const ada = await signUp()
  const said = await ada.tasks.create({ title: 'unrelated' })
  const { id } = await ada.comments.create({ taskId: said.id, body: 'Oat MÏLK, 3 % fat_free' })
  await ada.tasks.create({ title: 'described', description: 'milk' })
  await ada.tasks.create({ title: 'Buttermilk' })
  const done = await ada.tasks.create({ title: 'Milk', completed: true })

  const titles = async (q: string) => (await ada.tasks.search({ q })).items.map(({ title }) => title)
  expect(await titles('milk')).toEqual(['Buttermilk', 'described', 'unrelated', 'Milk'])
  for (const q of ['oat m', '3 % f', 't_f', 'FREE', 'ï']) expect(await titles(q), q).toContain('unrelated')
  expect(await titles('tXf')).toEqual([])

  const listed = await ada.tasks.list({ q: 'milk', sort: 'number', order: 'asc', total: true })
  expect(listed).toMatchObject({ total: 4, items: [{ id: said.id }, {}, {}, { id: done.id }] })

  await ada.comments.update({ id, body: 'Tea' })
  expect(await titles('oat')).toEqual([])
  expect(await titles('tea')).toEqual(['unrelated'])
  await ada.comments.delete({ id })
  expect(await titles('tea')).toEqual([])
})

test('a comment is found by its writer alone', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const { id: taskId } = await ada.tasks.create({ title: 'Hers' })
  await ada.comments.create({ taskId, body: 'needle' })
  expect(await eve.tasks.search({ q: 'needle' })).toEqual({ items: [] })
  expect((await eve.tasks.list({ q: 'needle', total: true })).total).toBe(0)
  expect((await ada.tasks.search({ q: 'needle' })).items).toHaveLength(1)
})

test('what undo brings back is found again', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Phoenix', description: 'ashes' })
  await ada.comments.create({ taskId: id, body: 'it burns' })
  await ada.tasks.delete({ id })
  expect(await ada.tasks.search({ q: 'phoenix' })).toEqual({ items: [] })
  await ada.history.restore({ entity: 'tasks', id })
  for (const q of ['phoenix', 'ashes']) expect((await ada.tasks.search({ q })).items, q).toHaveLength(1)
})

/** What a search has to give, by the plainest means: everything compared, everything sorted. */
function expected(tasks: Known[], q: string) {
  const rankOf = ({ title, description, said }: Known) => {
    if (title.startsWith(q)) return 0
    if (title.includes(` ${q}`)) return 1
    if (title.includes(q)) return 2
    if (description.includes(q)) return 3
    return said.includes(q) ? 4 : undefined
  }
  return tasks
    .flatMap((task, nth) => {
      const rank = rankOf(task)
      return rank === undefined ? [] : [{ nth, rank, ...task }]
    })
    .toSorted((a, b) => Number(a.completed) - Number(b.completed) || a.rank - b.rank || b.nth - a.nth)
    .map(({ id }) => id)
}

interface Known {
  id: string
  title: string
  description: string
  said: string
  completed: boolean
}

/** Words that nearly all tasks have, that some have, and that few have, each anywhere. */
async function write(ada: SignedUp): Promise<Known[]> {
  const tasks: Known[] = []
  const words = ['often', 'soften', 'oft', 'rare', 'sooften', 'tent', 'x']
  const pick = (nth: number, by: number) => `${words[(nth * by) % words.length]} ${words[(nth + by) % 5]}`
  for (let nth = 0; nth < 150; nth++) {
    const title = nth % 37 === 0 ? `seldom ${pick(nth, 3)}` : pick(nth, 3)
    const description = nth % 4 === 0 ? `plain ${pick(nth, 5)}` : ''
    const completed = nth % 3 === 0
    const { id } = await ada.tasks.create({ title, description: description || null, completed })
    const said = nth % 5 === 0 ? `remark ${nth} ${pick(nth, 2)}` : ''
    if (said) await ada.comments.create({ taskId: id, body: said })
    tasks.push({ id, title, description, said, completed })
  }
  return tasks
}

test('many matches are ranked as few are, and a list by the same text has the same tasks', async ({
  signUp,
}) => {
  const ada = await signUp()
  const tasks = await write(ada)
  const found = async (q: string, limit: number) =>
    (await ada.tasks.search({ q, limit })).items.map(({ id }) => id)
  let many = 0
  for (const q of [
    'often',
    'of',
    'o',
    'ten',
    'seldom',
    'plain',
    'remark',
    'remark 10',
    'rare x',
    't',
    'zq',
    'q',
  ]) {
    const all = expected(tasks, q)
    if (all.length > 20) many += 1
    for (const limit of [1, 20, 100]) {
      expect({ q, limit, ids: await found(q, limit) }).toEqual({ q, limit, ids: all.slice(0, limit) })
    }
    const listed: string[] = []
    let cursor: string | undefined
    do {
      const page = await ada.tasks.list({ q, limit: 40, total: true, ...(cursor && { cursor }) })
      expect({ q, total: page.total }).toEqual({ q, total: all.length })
      listed.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect({ q, listed: listed.toSorted() }).toEqual({ q, listed: all.toSorted() })
    const open = await ada.tasks.list({ q, completed: false, limit: 500 })
    const openOnes = all.filter((id) => tasks.some((task) => task.id === id && !task.completed))
    expect({ q, open: open.items.length }).toEqual({ q, open: openOnes.length })
  }
  // Both ways to search are taken.
  expect(many).toBeGreaterThan(5)
})
