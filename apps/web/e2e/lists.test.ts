import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, cutOff, hasBrowser, row, signUp, startApp, titles, type App } from './app.ts'
import { twoDevices } from './devices.ts'
import { seriousProblems, watchShifts, widths } from './looks.ts'

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

  test('by keyboard alone', async () => {
    const { page, complaints } = await app.open()
    const { keyboard } = page
    await signUp(page, 'Kim')
    await page.getByRole('button', { name: 'New list' }).focus()
    await keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'New list' }).waitFor()
    await keyboard.type('One')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'One' }).waitFor()
    await expect.poll(() => focusedLabel(page)).toBe('New list')
    await keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
    await keyboard.type('Two')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Two' }).waitFor()
    await keyboard.press('Tab')
    expect(await focusedText(page)).toBe('One')
    await keyboard.press('Alt+ArrowDown')
    await expect.poll(() => names(page, 'Lists')).toEqual(['Two', 'One'])
    await expect.poll(() => focusedText(page)).toBe('One')
    expect(await page.getByRole('status').innerText()).toBe('One: place 2 of 2')
    await keyboard.press('F2')
    await page.getByRole('textbox', { name: 'Name of One' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
    await keyboard.type('Eins')
    await keyboard.press('Enter')
    await expect.poll(() => focusedText(page)).toBe('Eins')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Eins' }).waitFor()

    // Its menu is the next stop.
    await keyboard.press('Tab')
    expect(await focusedLabel(page)).toBe('More for Eins')
    await keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Delete …' }).waitFor()
    await keyboard.press('End')
    await keyboard.press('Enter')
    await page.getByRole('alertdialog').waitFor()
    await page.getByText('There are no tasks in it.').waitFor()
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await place(page, 'Eins').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('on a phone everything is in reach of the thumb, and nothing is wider than the screen', async () => {
    const { page } = await app.open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    // What opens finds its place in a moment.
    const fits = () => expect.poll(() => widths(page), patient).toEqual({ page: 360, beyond: [] })
    await signUp(page, 'Tom')
    await page.getByRole('button', { name: 'Lists' }).tap()
    const sheet = page.getByRole('dialog', { name: 'Lists' })
    await sheet.getByRole('button', { name: 'New list' }).tap()
    await sheet
      .getByRole('textbox', { name: 'New list' })
      .fill('Eine sehr lange Liste voller Einkäufe für daheim')
    await page.keyboard.press('Enter')
    await sheet.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: /^Eine sehr lange/ }).waitFor()
    await addTask(page, 'Brot')
    await fits()
    await page.getByRole('button', { name: 'Lists' }).tap()
    await sheet.getByRole('link', { name: /^Eine sehr lange/ }).waitFor()
    await fits()
    expect(await smallTargets(page)).toEqual([])
    await sheet.getByRole('button', { name: /^More for Eine/ }).tap()
    await page.getByRole('menuitemradio', { name: 'Violet' }).waitFor()
    await fits()
    expect(await smallTargets(page)).toEqual([])
    await page.getByRole('menuitemradio', { name: 'Violet' }).tap()
    await sheet.getByRole('link', { name: /^Inbox/ }).tap()
    await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor()
    await sheet.waitFor({ state: 'detached' })
  })

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious, and nothing jumps, %s',
    async (colorScheme) => {
      const { page, complaints, other } = await twoDevices(app, 'Axe', {
        colorScheme,
        reducedMotion: 'reduce',
      })
      const shifted = await watchShifts(page)
      const list = await other.lists.create.mutate({ name: 'Home', color: '#b4553f' })
      const old = await other.lists.create.mutate({ name: 'Old' })
      await other.lists.archive.mutate({ id: old.id, archived: true })
      const tag = await other.tags.create.mutate({ name: 'shop', color: '#2f9184' })
      const plain = await other.tags.create.mutate({ name: 'plain' })
      const parent = await other.tasks.create.mutate({
        title: 'Trip',
        listId: list.id,
        tagIds: [tag.id, plain.id],
      })
      await other.tasks.create.mutate({ title: 'Tent', parentId: parent.id, due: { date: '2020-02-29' } })
      await other.views.create.mutate({ name: 'Shopping', filter: { tagIds: { any: [tag.id] } } })
      await page.reload()
      await row(page, 'Tent').waitFor()
      await page.getByRole('button', { name: /^Archived/ }).click()
      expect(await seriousProblems(page)).toEqual([])
      for (const name of ['Home', 'shop', 'Shopping']) {
        await place(page, name).click()
        await row(page, 'Trip').waitFor()
      }
      await page.getByRole('link', { name: /^Overdue/ }).click()
      await row(page, 'Tent').waitFor()
      expect(await seriousProblems(page)).toEqual([])
      expect(await shifted()).toBeLessThan(0.02)

      await page.getByRole('button', { name: 'Filter', exact: true }).click()
      await page.getByRole('menuitemcheckbox', { name: 'shop' }).click()
      await page.getByRole('menuitemcheckbox', { name: 'plain' }).click()
      expect(await seriousProblems(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Save as view' }).click()
      await page.getByRole('dialog', { name: 'Save as view' }).waitFor()
      expect(await seriousProblems(page)).toEqual([])
      await page.keyboard.press('Escape')
      await choose(page, 'Home', 'Rename')
      await page.getByRole('textbox', { name: 'Name of Home' }).waitFor()
      expect(await seriousProblems(page)).toEqual([])
      await page.keyboard.press('Escape')
      await menuOf(page, 'Home')
      expect(await seriousProblems(page)).toEqual([])
      await page.getByRole('menuitem', { name: 'Delete …' }).click()
      await page.getByRole('alertdialog').waitFor()
      expect(await seriousProblems(page)).toEqual([])
      expect(complaints).toEqual([])
    },
  )
})

async function makeList(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New list' }).click()
  await page.getByRole('textbox', { name: 'New list' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** Its link at the side. */
function place(page: Page, name: string) {
  return page.locator('[data-nav]').filter({ has: page.getByText(name, { exact: true }) })
}

/** What stands in a section at the side, from top to bottom. */
function names(page: Page, section: string): Promise<string[]> {
  return page
    .getByRole('navigation', { name: section })
    .locator('[data-nav] > span:nth-child(2)')
    .allInnerTexts()
}

async function menuOf(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}`, exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.locator('[role=menu][data-open]').getByRole('menuitem').first().waitFor()
}

async function choose(page: Page, name: string, item: string): Promise<void> {
  await menuOf(page, name)
  const kind = isColor(item) ? 'menuitemradio' : 'menuitem'
  await page.locator('[role=menu][data-open]').getByRole(kind, { name: item }).click()
}

function isColor(item: string): boolean {
  return ['Clay', 'Ochre', 'Teal', 'Violet'].includes(item)
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.querySelector('span:nth-child(2)')?.textContent ?? element?.textContent ?? ''
  })
}

function focusedLabel(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null)
}

/** What can be pressed in the uppermost layer and is smaller than a thumb. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const layers = [...document.querySelectorAll('[role=dialog], [role=menu]')]
    return [...(layers.at(-1)?.querySelectorAll('a, button, [role^=menuitem]') ?? [])]
      .filter((one) => {
        const { width, height } = one.getBoundingClientRect()
        return width > 0 && (width < 44 || height < 44)
      })
      .map(
        (one) =>
          `${one.getAttribute('aria-label') ?? one.textContent}: ${one.getBoundingClientRect().height}`,
      )
  })
}
