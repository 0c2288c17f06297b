import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addTask, call, cutOff, hasBrowser, row, signIn, signUp, startApp } from './app.ts'
import { titles, titlesOnServer, type App } from './app.ts'

describe.skipIf(!hasBrowser)('while the server is away', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())
  // A test that failed half way must not take the others with it.
  afterEach(() => app.startServer())

  test('everything goes on, nothing that was typed is lost, and nothing happens twice', async () => {
    const { page } = await app.open()
    const account = await signUp(page, 'Una')
    for (const title of ['Before', 'Second', 'Third', 'Fourth']) await addTask(page, title)
    await expect.poll(() => titlesOnServer(page)).toHaveLength(4)
    await app.stopServer()

    await addTask(page, 'Written in the dark')
    await page.getByText('Offline · 1 change kept').filter({ visible: true }).waitFor()

    // Completed, taken back, completed.
    await page.getByRole('button', { name: 'Complete Third' }).click()
    await row(page, 'Third').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'Third').waitFor()
    await page.getByRole('button', { name: 'Complete Third' }).click()
    await row(page, 'Third').waitFor({ state: 'detached' })

    // Deleted, and taken back: by the time the server hears of it, it is the same task.
    await row(page, 'Fourth').locator('[data-title]').focus()
    await page.keyboard.press('Delete')
    await row(page, 'Fourth').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+z')
    await row(page, 'Fourth').waitFor()

    await row(page, 'Second').locator('[data-title]').focus()
    await page.keyboard.press('e')
    await page.keyboard.type('Second, renamed')
    await page.keyboard.press('Enter')
    await row(page, 'Second, renamed').waitFor()

    await app.startServer()
    const expected = ['Written in the dark', 'Fourth', 'Second, renamed', 'Before']
    expect(await titles(page)).toEqual(expected)
    const open = { completed: false, sort: 'position', order: 'asc' }
    const list = () => call<{ items: { title: string; number: number }[] }>(page, 'tasks.list', open)
    await expect
      .poll(async () => (await list()).items.map(({ title }) => title), { timeout: 20_000 })
      .toEqual(expected)
    expect((await list()).items.find(({ title }) => title === 'Fourth')?.number).toBe(4)

    // Not only on this screen.
    const other = await app.open()
    await signIn(other.page, account)
    await row(other.page, 'Written in the dark').waitFor()
    expect(await titles(other.page)).toEqual(expected)
  })

  test('the details are kept when they are saved, with or without a server', async () => {
    const { page } = await app.open()
    await signUp(page, 'Dan')
    await addTask(page, 'A task')
    await row(page, 'A task').locator('[data-title]').click()
    await page.getByLabel('Description').fill('A long thought.')
    await app.stopServer()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog', { name: /task/i }).waitFor({ state: 'detached' })
    await row(page, 'A task').locator('[data-title]').click()
    expect(await page.getByLabel('Description').inputValue()).toBe('A long thought.')
    await page.keyboard.press('Escape')

    await app.startServer()
    const saved = async () => {
      const { items } = await call<{ items: { description: string }[] }>(page, 'tasks.list')
      return items[0]?.description
    }
    await expect.poll(saved, { timeout: 10_000 }).toBe('A long thought.')
  })

  test('a page that is loaded without the interface shows its tasks, and keeps what was not sent', async () => {
    const { page, complaints } = await app.open()
    await signUp(page, 'Wes')
    await addTask(page, 'From before')
    await expect.poll(() => titlesOnServer(page)).toEqual(['From before'])
    await cutOff(page)
    await addTask(page, 'Kept here')
    await page.reload()
    await row(page, 'Kept here').waitFor()
    expect(await titles(page)).toEqual(['Kept here', 'From before'])
    await page.getByText('Offline · 1 change kept').filter({ visible: true }).waitFor()
    await addTask(page, 'And this')
    await page.getByRole('button', { name: 'Complete From before' }).click()
    await row(page, 'From before').waitFor({ state: 'detached' })
    await page.reload()
    await row(page, 'And this').waitFor()
    expect(await titles(page)).toEqual(['And this', 'Kept here'])
    expect(await titlesOnServer(page)).toEqual(['From before'])

    await page.context().unrouteAll()
    await expect
      .poll(() => titlesOnServer(page), { timeout: 20_000 })
      .toEqual(['And this', 'Kept here', 'From before'])
    await page.locator('[data-sync]').first().waitFor({ state: 'detached' })
    expect(complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([])
  })

  test('who was never here is told that there is nothing to see without a server', async () => {
    const { page } = await app.open()
    await cutOff(page)
    await page.goto('/')
    await page.getByRole('heading', { name: 'Ownlist cannot be reached' }).waitFor()
    await page.context().unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(await page.getByRole('button', { name: 'Sign in', exact: true }).isEnabled()).toBe(true)
  })

  test('what the server refuses is taken back, said, and kept until somebody decides', async () => {
    const { page } = await app.open()
    await signUp(page, 'Rex')
    await addTask(page, 'Deleted elsewhere')
    await addTask(page, 'Stays')
    await expect.poll(() => titlesOnServer(page)).toHaveLength(2)
    const { items } = await call<{ items: { id: string; title: string }[] }>(page, 'tasks.list')
    await cutOff(page)
    await row(page, 'Deleted elsewhere').locator('[data-title]').focus()
    await page.keyboard.press('e')
    await page.keyboard.type('Renamed here')
    await page.keyboard.press('Enter')
    await row(page, 'Renamed here').waitFor()
    await call(page, 'tasks.delete', { id: items.find(({ title }) => title !== 'Stays')?.id })

    await page.context().unrouteAll()
    await page
      .getByText('1 change not accepted')
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 20_000 })
    await row(page, 'Renamed here').waitFor({ state: 'detached' })
    // Over a reload, too.
    await page.reload()
    await page.getByRole('button', { name: '1 change not accepted' }).filter({ visible: true }).click()
    const panel = page.getByRole('dialog', { name: 'Not accepted' })
    await panel.getByText('Renamed here').waitFor()
    await panel.getByRole('button', { name: 'Discard' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(await titles(page)).toEqual(['Stays'])
    await page.locator('[data-sync]').first().waitFor({ state: 'detached' })
  })
})
