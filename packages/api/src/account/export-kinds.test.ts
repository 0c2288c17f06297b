import { expect } from 'vitest'
import { test } from '../export.fixture.ts'

test('the zip holds every list, tag, view and comment, and how tasks hang on them', async ({
  signUp,
  unzipped,
}) => {
  const [ada, eve] = [await signUp(), await signUp()]
  await eve.lists.create({ name: 'Not Ada’s' })
  const list = await ada.lists.create({ name: '=Home, "sweet"', color: '#1f883d', icon: '🏠' })
  const archived = await ada.lists.create({ name: 'Old' })
  await ada.lists.archive({ id: archived.id, archived: true })
  const tags = [await ada.tags.create({ name: '@work' }), await ada.tags.create({ name: 'two\u0085words' })]
  const tagIds = tags.map(({ id }) => id).toSorted()
  const filter = { q: '"x", \n', tagIds: { any: tagIds } }
  const view = await ada.views.create({ name: '-Now', filter })
  const task = await ada.tasks.create({
    title: 'Daily',
    listId: list.id,
    tagIds,
    due: { date: '2026-11-21' },
    recurrence: { rule: 'FREQ=DAILY' },
  })
  const below = await ada.tasks.create({ title: 'Below', parentId: task.id })
  const bodies = ['# Title\r\n\n"quoted", 😀', '\t=1+1', "'"]
  const comments = []
  for (const body of bodies) comments.push(await ada.comments.create({ taskId: below.id, body }))

  const { document, table, text } = await unzipped(ada)
  const byId = (rows: { id: string }[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(document).toMatchObject({
    lists: byId([list, await ada.lists.get({ id: archived.id })]),
    tags: byId(tags),
    views: [view],
    comments: byId(comments),
    tasks: byId([task, below]),
  })
  // The tables say the same.
  for (const kind of ['lists', 'tags', 'views', 'comments']) {
    const rows = table(`${kind}.csv`).map((row) => ({
      ...row,
      revision: Number(row['revision']),
      ...(kind === 'views' && { filter: JSON.parse(row['filter'] ?? '') as unknown }),
    }))
    expect(rows, kind).toEqual(document[kind])
  }
  expect(table('tasks.csv')).toMatchObject(
    byId([task, below]).map(({ id }) =>
      id === task.id
        ? {
            listId: list.id,
            parentId: null,
            tagIds: tagIds.join(' '),
            recurrenceRule: 'FREQ=DAILY',
            recurrenceBasis: 'due',
            seriesNumber: '1',
          }
        : { listId: list.id, parentId: task.id, tagIds: null, recurrenceRule: null },
    ),
  )
  expect(new Set(document.history.flatMap(({ changes }) => changes.map(({ entity }) => entity)))).toEqual(
    new Set(['lists', 'tags', 'views', 'tasks', 'comments']),
  )
  expect(text('account.json')).not.toContain('Not Ada’s')
})
