import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, cutOff, hasBrowser, row, startApp, titles, type App } from './app.ts'
import { twoDevices } from './devices.ts'
import { choose, focusedText, makeList, names, place } from './places.ts'

/** Several round trips on a machine that is busy with other tests. */
const patient = { timeout: 20_000 }

describe.skipIf(!hasBrowser)('lists, tags, saved views and subtasks', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('a list is made, filled, moved and put away, and another device sees it', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Lia')
    await addTask(page, 'Without a list')
    for (const name of ['Home', 'Work', 'Trip']) await makeList(page, name)
    // One is there where one has just made a list, and what is added goes into it.
    await page.getByRole('heading', { name: 'Trip', level: 1 }).waitFor()
    await addTask(page, 'Pack')
    await addTask(page, 'Book')
    expect(await titles(page)).toEqual(['Book', 'Pack'])
    await place(page, 'Trip').filter({ hasText: '2 tasks' }).waitFor()
    await expect
      .poll(
        async () => (await other.lists.list.query({})).items.map(({ name, open }) => [name, open]),
        patient,
      )
      .toEqual([
        ['Home', 0],
        ['Work', 0],
        ['Trip', 2],
      ])
    await page.getByRole('link', { name: /^Inbox/ }).click()
    await row(page, 'Without a list').waitFor()
    expect(await titles(page)).toEqual(['Without a list'])

    // The same name twice is refused before it is sent.
    await page.getByRole('button', { name: 'New list' }).click()
    await page.getByRole('textbox', { name: 'New list' }).fill('hOMÉ')
    await page.keyboard.press('Enter')
    await page.getByText('There is “Home” already.').waitFor()
    await page.keyboard.press('Escape')

    await choose(page, 'Trip', 'Move up')
    await expect.poll(() => names(page, 'Lists')).toEqual(['Home', 'Trip', 'Work'])
    await choose(page, 'Trip', 'Teal')
    await choose(page, 'Work', 'Archive')
    await expect.poll(() => names(page, 'Lists')).toEqual(['Home', 'Trip'])
    await page.getByRole('button', { name: /^Archived/ }).click()
    await place(page, 'Work').waitFor()
    await choose(page, 'Work', 'Unarchive')
    await page.getByRole('button', { name: /^Archived/ }).waitFor({ state: 'detached' })
    await expect
      .poll(
        async () => (await other.lists.list.query({})).items.map(({ name, color }) => [name, color]),
        patient,
      )
      .toEqual([
        ['Home', null],
        ['Trip', '#2f9184'],
        ['Work', null],
      ])

    // The other way round: what another device does stands here at once.
    const made = await other.lists.create.mutate({ name: 'From afar' })
    await place(page, 'From afar').waitFor()
    await other.tasks.create.mutate({ title: 'Written afar', listId: made.id })
    await place(page, 'From afar').filter({ hasText: '1 task' }).click()
    await row(page, 'Written afar').waitFor()
    expect(complaints).toEqual([])
  })

  test('a deleted list leaves its tasks in the Inbox, or takes them along; both can be undone', async () => {
    const { page, other } = await twoDevices(app, 'Del')
    const list = await other.lists.create.mutate({ name: 'Garden' })
    await other.tasks.create.mutate({ title: 'Dig', listId: list.id })
    await other.tasks.create.mutate({ title: 'Rake', listId: list.id, completed: true })
    await place(page, 'Garden').filter({ hasText: '1 task' }).click()
    await row(page, 'Dig').waitFor()

    await choose(page, 'Garden', 'Delete …')
    const question = page.getByRole('alertdialog', { name: 'Delete the list “Garden”?' })
    await question.getByText('There are 2 tasks in it, 1 of them completed.').waitFor()
    expect(await question.getByLabel('Keep them, in the Inbox').isChecked()).toBe(true)
    await question.getByRole('button', { name: 'Delete list' }).click()
    await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor()
    await row(page, 'Dig').waitFor()
    await expect
      .poll(() => other.tasks.list.query({ listId: null }), patient)
      .toMatchObject({
        items: [{ title: 'Rake' }, { title: 'Dig' }],
      })
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await place(page, 'Garden').filter({ hasText: '1 task' }).waitFor()

    await choose(page, 'Garden', 'Delete …')
    await question.getByLabel('Delete them, too').check()
    await question.getByRole('button', { name: 'Delete all' }).click()
    await place(page, 'Garden').waitFor({ state: 'detached' })
    await expect.poll(async () => (await other.tasks.list.query({})).items, patient).toEqual([])
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('Deleted the list “Garden”, with 2 tasks').waitFor()
    await page.getByRole('button', { name: 'Restore all: Deleted the list “Garden”' }).click()
    await place(page, 'Garden').filter({ hasText: '1 task' }).click()
    await row(page, 'Dig').waitFor()
    expect((await other.lists.list.query({})).items).toMatchObject([
      { name: 'Garden', open: 1, completed: 1 },
    ])
  })

  test('tags narrow to any or to all of them; that is saved as a view and there after a reload', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Tag')
    await page.getByRole('button', { name: 'New tag' }).click()
    await page.keyboard.type('red')
    await page.keyboard.press('Enter')
    await place(page, 'red').click()
    await page.getByRole('heading', { name: '#red' }).waitFor()
    await addTask(page, 'Only red')
    const green = await other.tags.create.mutate({ name: 'green' })
    const red = (await other.tags.list.query({})).items.find(({ name }) => name === 'red')
    if (!red) throw new Error('The tag is not there')
    await other.tasks.create.mutate({ title: 'Both', tagIds: [red.id, green.id] })
    await other.tasks.create.mutate({ title: 'Only green', tagIds: [green.id] })
    await other.tasks.create.mutate({ title: 'Neither' })
    await page.getByRole('link', { name: /^All tasks\W*4 tasks$/ }).click()

    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'red' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'green' }).click()
    await expect.poll(() => titles(page)).toEqual(['Only green', 'Both', 'Only red'])
    await page.getByRole('menuitemradio', { name: 'All of them' }).click()
    await expect.poll(() => titles(page)).toEqual(['Both'])
    // Chosen, it closes the menu.
    await page.getByRole('button', { name: 'All of these tags' }).click()
    await expect.poll(() => titles(page)).toHaveLength(3)
    await page.getByRole('button', { name: 'Any of these tags' }).click()

    await page.getByRole('button', { name: 'Save as view' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Red and green')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Red and green' }).waitFor()
    expect(await titles(page)).toEqual(['Both'])
    await page.getByRole('link', { name: /^All tasks/ }).click()
    await page.reload()
    await row(page, 'Neither').waitFor()
    await place(page, 'Red and green').click()
    await expect.poll(() => titles(page)).toEqual(['Both'])
    // What is added here is as the view wants it.
    await addTask(page, 'Another')
    await expect
      .poll(async () => (await other.views.list.query({})).items, patient)
      .toMatchObject([{ name: 'Red and green', filter: { completed: false, sort: 'position' } }])

    await choose(page, 'green', 'Delete')
    await place(page, 'green').waitFor({ state: 'detached' })
    await expect
      .poll(
        async () => (await other.tasks.list.query({ tagIds: 'none' })).items.map(({ title }) => title),
        patient,
      )
      .toEqual(['Neither', 'Only green'])
    await choose(page, 'Red and green', 'Delete')
    await place(page, 'Red and green').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'All tasks' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('what is made without a network is delivered later', async () => {
    const { page, other } = await twoDevices(app, 'Off')
    await cutOff(page)
    await makeList(page, 'Cellar')
    await addTask(page, 'Light bulbs')
    await page.getByRole('button', { name: 'New tag' }).click()
    await page.keyboard.type('dark')
    await page.keyboard.press('Enter')
    await place(page, 'dark').click()
    await addTask(page, 'Candles')
    await choose(page, 'Cellar', 'Ochre')
    expect((await other.lists.list.query({})).items).toEqual([])
    await page.context().unrouteAll()
    await expect
      .poll(async () => (await other.tasks.list.query({})).items, { timeout: 30_000 })
      .toMatchObject([{ title: 'Candles' }, { title: 'Light bulbs' }])
    await expect
      .poll(async () => (await other.lists.list.query({})).items, patient)
      .toMatchObject([{ name: 'Cellar', color: '#c08a2b', open: 1 }])
    const { items: tags } = await other.tags.list.query({})
    expect(tags).toMatchObject([{ name: 'dark', open: 1 }])
  })

  test('subtasks stand below their parents, fold up, and are found with those above them', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Sub')
    const { keyboard } = page
    for (const title of ['Tickets', 'Tent', 'Trip']) await addTask(page, title)
    await row(page, 'Tent').locator('[data-title]').focus()
    await keyboard.press('Alt+ArrowRight')
    await page.getByRole('button', { name: 'Subtasks of Trip, 0 of 1 done' }).waitFor()
    await row(page, 'Tickets').locator('[data-title]').focus()
    await keyboard.press('Alt+ArrowRight')
    await page.getByRole('button', { name: 'Subtasks of Trip, 0 of 2 done' }).waitFor()
    await expect.poll(() => titles(page)).toEqual(['Trip', 'Tent', 'Tickets'])
    await keyboard.press('Alt+ArrowRight')
    await page.getByRole('button', { name: 'Subtasks of Tent, 0 of 1 done' }).waitFor()
    await keyboard.press('Alt+ArrowLeft')
    await page.getByRole('button', { name: 'Subtasks of Trip, 0 of 2 done' }).waitFor()
    await expect.poll(() => focusedText(page)).toBe('Tickets')
    await keyboard.press('Alt+ArrowUp')
    await expect.poll(() => titles(page)).toEqual(['Trip', 'Tickets', 'Tent'])

    await page.getByRole('button', { name: 'Complete Tickets' }).click()
    await page.getByRole('button', { name: 'Subtasks of Trip, 1 of 2 done' }).click()
    await expect.poll(() => titles(page)).toEqual(['Trip'])
    await row(page, 'Trip').locator('[data-title]').focus()
    await keyboard.press('ArrowRight')
    await expect.poll(() => titles(page)).toEqual(['Trip', 'Tent'])

    const { items } = await other.tasks.list.query({})
    const [trip, tent] = ['Trip', 'Tent'].map((title) => items.find((one) => one.title === title))
    expect(tent?.parentId).toBe(trip?.id)
    await other.tasks.update.mutate({ id: tent?.id ?? '', due: { date: '2020-02-29' } })
    await page.getByRole('link', { name: /^Overdue\W*1 task$/ }).click()
    expect(await row(page, 'Tent').innerText()).toMatch(/Below:\s*Trip/)
    expect(complaints).toEqual([])
  })
})
