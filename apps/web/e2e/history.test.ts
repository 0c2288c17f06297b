import type { Ownlist } from '@ownlist/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, startApp, titles, titlesOnServer, type App } from './app.ts'
import { entry, inPage, makeMany, twoDevices } from './devices.ts'

/** Several round trips on a machine that is busy with other tests. */
const patient = { timeout: 20_000 }

describe.skipIf(!hasBrowser)('history, undo, trash and looking back', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('a task tells who changed what, and gives back what was lost', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Ada')
    await addTask(page, 'Buy milk')
    await expect.poll(() => titlesOnServer(page), patient).toEqual(['Buy milk'])
    const { items } = await other.tasks.list.query({})
    const task = items[0]
    if (!task) throw new Error('The task is not there')
    await other.tasks.update.mutate({ id: task.id, description: 'Two litres', due: { date: '2030-01-02' } })
    const { revision } = await other.tasks.update.mutate({
      id: task.id,
      title: 'Buy almond milk',
      description: 'Two big litres',
    })
    // This device had not seen the other's name for it.
    await inPage(page, 'tasks.update', { id: task.id, title: 'Buy oat milk', basedOn: revision - 1 })

    await page.reload()
    await row(page, 'Buy oat milk').locator('[data-title]').click()
    await page.getByRole('button', { name: 'History', exact: true }).click()
    const entries = page.getByRole('dialog').locator('ol > li')
    await entries.nth(3).waitFor()
    const [newest = '', second = '', third = '', first = ''] = await entries.allInnerTexts()
    expect(newest).toMatch(/^Renamed\s+just now/)
    expect(newest).toContain('You, on this device')
    expect(newest).toContain('This replaced “Buy almond milk”, which another device had written')
    expect(second).toContain('You, on another device · Command line')
    expect(second).toMatch(/Description[^]*Two[^]*added:\s+big[^]*litres/)
    expect(third).toMatch(/Due[^]*from\s+No date[^]*to\s+2 Jan 2030/)
    expect(first).toMatch(/^Added/)
    // In short for the eye, exactly for everybody else.
    expect(await entries.first().locator('time').getAttribute('title')).toMatch(/20\d\d.*\d\d:\d\d:\d\d/)

    // What was typed here stays when a lost value comes back.
    await page.getByLabel('Description').fill('Typed, not saved')
    await page.getByRole('button', { name: 'Take it back' }).click()
    await expect.poll(() => page.getByLabel('Title').inputValue(), patient).toBe('Buy almond milk')
    expect(await page.getByLabel('Description').inputValue()).toBe('Typed, not saved')
    await page.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Buy almond milk').waitFor()
    // It is on the screen before it is on the server.
    await expect
      .poll(() => other.tasks.get.query({ id: task.id }), patient)
      .toMatchObject({ title: 'Buy almond milk', description: 'Typed, not saved' })
    expect(complaints).toEqual([])
  })

  test('Ctrl+Z goes back step by step, and Ctrl+Shift+Z forth', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Zoe')
    const { keyboard } = page
    for (const title of ['Three', 'Two', 'One']) await addTask(page, title)
    await row(page, 'One').locator('[data-title]').focus()
    await keyboard.press('e')
    await keyboard.type('Eins')
    await keyboard.press('Enter')
    await row(page, 'Eins').waitFor()
    await row(page, 'Two').locator('[data-title]').focus()
    await keyboard.press('x')
    await row(page, 'Two').waitFor({ state: 'detached' })
    // Somebody else's doings are not this device's to take back by key.
    await other.tasks.create.mutate({ title: 'From afar' })

    await keyboard.press('Control+z')
    await row(page, 'Two').waitFor()
    await page.getByText('Undone: completed “Two”').waitFor()
    await keyboard.press('Control+z')
    await row(page, 'One').waitFor()
    await keyboard.press('Control+Shift+z')
    await row(page, 'Eins').waitFor()
    await keyboard.press('Control+Shift+z')
    await row(page, 'Two').waitFor({ state: 'detached' })
    await keyboard.press('Control+Shift+z')
    await page.getByText('Nothing to redo').waitFor()
    // Pressed faster than anything can answer.
    await keyboard.press('Control+z')
    await keyboard.press('Control+z')
    await keyboard.press('Control+z')
    await expect.poll(() => titles(page), patient).toEqual(['From afar', 'Two', 'Three'])
    expect((await other.tasks.list.query({})).items).toHaveLength(3)

    // Where somebody types, the keys belong to the text.
    await page.getByLabel('Add a task').focus()
    await keyboard.type('Half a thought')
    await keyboard.press('Control+z')
    await page.waitForTimeout(300)
    expect((await other.tasks.list.query({})).items).toHaveLength(3)
    expect(complaints).toEqual([])
  })

  test('a message’s Undo takes back that change and no later one', async () => {
    const { page, other } = await twoDevices(app, 'Tom')
    await addTask(page, 'First')
    await addTask(page, 'Second')
    await page.getByRole('button', { name: 'Complete First' }).click()
    await row(page, 'First').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Complete Second' }).click()
    await row(page, 'Second').waitFor({ state: 'detached' })
    const message = page.getByRole('dialog').filter({ hasText: 'Completed “First”' })
    await message.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'First').waitFor()
    expect(await titles(page)).toEqual(['First'])
    const { items } = await other.history.list.query({ limit: 1 })
    expect(items).toMatchObject([{ undoes: (items[0]?.revision ?? 0) - 2 }])
  })

  test('the history undoes and redoes as one what happened as one, and asks where it changed since', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Ben')
    const ids = await makeMany(other, 25)
    await other.tasks.bulk.mutate({ ids, change: { priority: 'high' } })
    await page.goto('/history')
    const bulk = entry(page, '25 tasks: priority → High')
    await bulk.waitFor()

    // More than the list brings along, in the same place.
    await bulk.getByRole('button', { name: 'Show 25 tasks' }).click()
    await expect.poll(() => bulk.getByRole('listitem').count(), patient).toBe(25)

    const button = bulk.getByRole('button', { name: /^(Undo|Redo)$/ })
    await button.click()
    await entry(page, 'Undid: 25 tasks: priority → High').waitFor()
    await expect.poll(() => button.innerText(), patient).toBe('Redo')
    // The focus stays with what was pressed.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Redo')
    expect(await count(other, 'high')).toBe(0)
    await button.click()
    await entry(page, 'Redid: 25 tasks: priority → High').waitFor()
    expect(await count(other, 'high')).toBe(25)

    await other.tasks.update.mutate({ id: ids[0] ?? '', priority: 'low' })
    await other.tasks.delete.mutate({ id: ids[1] ?? '' })
    const dialog = page.getByRole('alertdialog', { name: 'Changed again since' })
    await button.click()
    await dialog.waitFor()
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Task 0\n+Priority$/),
        expect.stringMatching(/Deleted$/),
      ]),
    )
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Undo')
    expect(await count(other, 'high')).toBe(23)

    await button.click()
    await dialog.getByRole('button', { name: 'Undo the rest' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('2 of 25 tasks stayed as they are').waitFor()
    expect(await count(other, 'low')).toBe(1)
    expect(await count(other, 'medium')).toBe(23)

    // What was skipped, by force.
    const again = await other.tasks.bulk.mutate({ ids: ids.slice(2, 4), change: { completed: true } })
    await other.tasks.update.mutate({ id: ids[2] ?? '', status: 'in_progress' })
    expect(again).toBeDefined()
    await page.reload()
    await entry(page, 'Completed 2 tasks').getByRole('button', { name: 'Undo', exact: true }).click()
    await dialog.getByRole('button', { name: 'Undo everything' }).click()
    await entry(page, 'Undid: completed 2 tasks').waitFor()
    expect(await other.tasks.get.query({ id: ids[2] ?? '' })).toMatchObject({ status: 'pending' })
    expect(complaints.filter((line) => !line.includes('409'))).toEqual([])
  })

  test('what was deleted comes back from the trash as it was', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Eli')
    await page.goto('/trash')
    await page.getByText('Nothing in the trash').waitFor()
    const ids = await makeMany(other, 3)
    const before = await other.tasks.get.query({ id: ids[0] ?? '' })
    await other.tasks.delete.mutate({ id: ids[0] ?? '' })
    await other.tasks.bulk.mutate({ ids: ids.slice(1), change: { delete: true } })

    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('Deleted 2 tasks').waitFor()
    const restore = page.getByRole('button', { name: 'Restore Task 0' })
    expect(await page.getByRole('listitem').filter({ has: restore }).last().innerText()).toContain(
      'You, on another device · Command line',
    )
    await restore.click()
    await restore.waitFor({ state: 'detached' })
    await page.getByText('Restored “Task 0”').waitFor()
    // To the next in reach.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /^Restore Task/,
    )
    const { revision: _, updatedAt: __, ...same } = before
    expect(await other.tasks.get.query({ id: before.id })).toMatchObject(same)

    await page.getByRole('button', { name: /^Restore all/ }).click()
    await page.getByText('Nothing in the trash').waitFor()
    expect((await other.tasks.list.query({})).items).toHaveLength(3)
    await page.getByRole('link', { name: 'All tasks' }).click()
    await expect.poll(() => titles(page), patient).toHaveLength(3)
    expect(complaints).toEqual([])
  })

  test('the tasks as they were stand under an address, to read and to take along', async () => {
    const { page, complaints, other } = await twoDevices(app, 'Liv')
    const [id = ''] = await makeMany(other, 1)
    await other.tasks.update.mutate({ id, title: 'As it was', due: { date: '2030-01-02' } })
    const then = new Date().toISOString()
    await other.tasks.update.mutate({ id, title: 'As it is' })
    await other.tasks.create.mutate({ title: 'Later' })

    await page.goto(`/history?at=${then}`)
    await page.getByText('As it was').waitFor()
    expect(await page.getByRole('main').innerText()).toContain('2 Jan 2030')
    expect(await page.getByText('Later').count()).toBe(0)
    expect(await page.getByText('As it is').count()).toBe(0)
    const download = page.getByRole('link', { name: 'Download' })
    expect(await download.getAttribute('href')).toContain(`at=${encodeURIComponent(then)}`)

    // Another moment is another address, and the way back leads back.
    await page.getByRole('button', { name: 'A day earlier' }).click()
    await page.getByText('There were no tasks').waitFor()
    expect(page.url()).not.toContain(encodeURIComponent(then))
    await page.goBack()
    await page.getByText('As it was').waitFor()
    await page.getByRole('link', { name: 'History' }).last().click()
    // Every entry leads to the moment right after it.
    await entry(page, 'Renamed “As it was”').getByRole('link', { name: 'Look back at' }).click()
    await page.getByText('As it is').waitFor()
    expect(await page.getByText('Later').count()).toBe(0)
    // What is no moment is no address either.
    await page.goto('/history?at=yesterday')
    await page.getByRole('button', { name: 'Look back' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('a long history comes as one scrolls, and an absent server is no end of it', async () => {
    const { page, other } = await twoDevices(app, 'Max')
    for (let at = 0; at < 120; at += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => other.tasks.create.mutate({ title: `Task ${at + index}` })),
      )
    await page.goto('/history')
    const entries = page.locator('[data-revision]')
    await entries.first().waitFor()
    await expect
      .poll(async () => {
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
        return entries.count()
      }, patient)
      .toBe(120)

    await page.route('**/api/trpc/**', (route) => route.abort())
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('Your trash cannot be shown right now').waitFor()
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Nothing in the trash').waitFor()
  })
})

async function count(client: Ownlist, priority: 'high' | 'medium' | 'low'): Promise<number> {
  return (await client.tasks.list.query({ priority })).items.length
}
