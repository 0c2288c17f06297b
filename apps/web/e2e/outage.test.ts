import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, titles, type App } from './app.ts'

describe.skipIf(!hasBrowser)('while the server is away', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())
  // A test that failed half way must not take the others with it.
  afterEach(() => app.startServer())

  test('nothing that was typed is lost, and nothing happens twice', async () => {
    const { page } = await app.open()
    await signUp(page, 'Una')
    await addTask(page, 'Before')
    await addTask(page, 'Second')
    await addTask(page, 'Third')
    await app.stopServer()

    // A new task stays, and says that it was not saved.
    await page.getByLabel('Add a task').fill('Written in the dark')
    await page.keyboard.press('Enter')
    await page.getByText('Not saved yet').waitFor()

    // A completed task comes back, with a message.
    await page.getByRole('button', { name: 'Complete Third' }).click()
    await page.getByText('“Third” was not changed').first().waitFor()
    await row(page, 'Third').waitFor()

    // A name stays in its field.
    await row(page, 'Second').locator('[data-title]').focus()
    await page.keyboard.press('e')
    await page.keyboard.type('Second, renamed')
    await page.keyboard.press('Enter')
    await page.getByText(/Not saved\. .*Enter tries again/).waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Second, renamed')

    await app.startServer()
    await page.getByLabel('Title').press('Enter')
    await row(page, 'Second, renamed').waitFor()
    const again = page.getByRole('listitem').getByRole('button', { name: 'Try again' })
    if (await again.isVisible()) await again.click()
    await row(page, 'Written in the dark').waitFor()
    await page.reload()
    await row(page, 'Before').waitFor()
    expect(await titles(page)).toEqual(['Written in the dark', 'Third', 'Second, renamed', 'Before'])
  })

  test('the details keep what was typed until it is saved', async () => {
    const { page } = await app.open()
    await signUp(page, 'Dan')
    await addTask(page, 'A task')
    await row(page, 'A task').locator('[data-title]').click()
    await page.getByLabel('Description').fill('A long thought.')
    await app.stopServer()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/^Not saved\./).waitFor()
    expect(await page.getByLabel('Description').inputValue()).toBe('A long thought.')
    await app.startServer()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog', { name: /^Task #/ }).waitFor({ state: 'detached' })
    await page.reload()
    await row(page, 'A task').locator('[data-title]').click()
    expect(await page.getByLabel('Description').inputValue()).toBe('A long thought.')
  })

  test('a task waits over a reload, and a page without its server says so', async () => {
    const { page } = await app.open()
    await signUp(page, 'Wes')
    await page.route('**/api/trpc/tasks.create*', (route) => route.abort())
    await page.getByLabel('Add a task').fill('Kept here')
    await page.keyboard.press('Enter')
    await page.getByText('Not saved yet').waitFor()

    await page.route('**/api/trpc/**', (route) => route.abort())
    await page.reload()
    await page.getByRole('heading', { name: 'Ownlist cannot be reached' }).waitFor()
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await row(page, 'Kept here').waitFor()
    expect(await titles(page)).toEqual(['Kept here'])
  })

  test('a change made elsewhere is not overwritten unseen', async () => {
    const { page } = await app.open()
    await signUp(page, 'Rae')
    await addTask(page, 'Draft')
    await row(page, 'Draft').locator('[data-title]').click()
    await page.getByLabel('Title').fill('Mine')
    // Another device.
    await page.evaluate(async () => {
      const call = async (name: string, body: object) => {
        const headers = { 'content-type': 'application/json' }
        return (
          await fetch(`/api/trpc/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
        ).json()
      }
      const { result } = (await call('tasks.list', {})) as { result: { data: { items: { id: string }[] } } }
      await call('tasks.update', { id: result.data.items[0]?.id, title: 'Theirs' })
    })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('changed elsewhere').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Mine')
    await page.getByRole('button', { name: 'Save' }).click()
    await row(page, 'Mine').waitFor()
  })
})
