import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addTask, call, cutOff, hasBrowser, row, signIn, signUp, startApp } from './app.ts'
import { titles, titlesOnServer, type App } from './app.ts'

describe.skipIf(!hasBrowser)('several devices of one person', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())
  afterEach(() => app.startServer())

  async function twoDevices(name: string) {
    const [here, there] = await Promise.all([app.open(), app.open()])
    const account = await signUp(here.page, name)
    await signIn(there.page, account)
    return { here: here.page, there: there.page }
  }

  test('what is done on one appears on the other, both ways, without a question', async () => {
    const { here, there } = await twoDevices('Mia')
    await addTask(here, 'Bread')
    await row(there, 'Bread').waitFor()
    await there.getByRole('button', { name: 'Complete Bread' }).click()
    await row(here, 'Bread').waitFor({ state: 'detached' })
    await addTask(there, 'Butter')
    await addTask(there, 'Jam')
    await row(here, 'Jam').waitFor()
    expect(await titles(here)).toEqual(['Jam', 'Butter'])

    // Counts and other views follow, too.
    await here.getByRole('link', { name: 'Completed' }).click()
    await row(here, 'Bread').waitFor()
    await there.keyboard.press('Escape')
    await row(there, 'Jam').locator('[data-title]').focus()
    await there.keyboard.press('Delete')
    await here.getByRole('link', { name: /^All tasks\W*1 task$/ }).waitFor()
  })

  test('what was done offline arrives afterwards, beside what was done elsewhere meanwhile', async () => {
    const { here, there } = await twoDevices('Noa')
    await addTask(here, 'Both know this')
    await row(there, 'Both know this').waitFor()
    await cutOff(here)
    await addTask(here, 'From the train')
    await row(here, 'Both know this').locator('[data-title]').focus()
    await here.keyboard.press('s')
    await addTask(there, 'From home')
    await here.context().unrouteAll()

    await row(there, 'From the train').waitFor({ timeout: 30_000 })
    await row(here, 'From home').waitFor({ timeout: 30_000 })
    await expect
      .poll(() =>
        row(there, 'Both know this')
          .getByRole('button', { name: /^Complete/ })
          .getAttribute('aria-pressed'),
      )
      .toBe('mixed')
    expect(await titles(here)).toEqual(await titles(there))
  })

  test('a server that goes and comes back is noticed by itself', async () => {
    const { here, there } = await twoDevices('Oli')
    await addTask(here, 'Before')
    await row(there, 'Before').waitFor()
    await app.stopServer()
    await addTask(here, 'Meanwhile')
    await app.startServer()
    await row(there, 'Meanwhile').waitFor({ timeout: 30_000 })
    await addTask(there, 'After')
    await row(here, 'After').waitFor({ timeout: 30_000 })
    expect(await titles(here)).toEqual(['After', 'Meanwhile', 'Before'])
    expect(await titlesOnServer(here)).toEqual(['After', 'Meanwhile', 'Before'])
  })

  test('what is typed in the details stays, whatever changes around it', async () => {
    const { here, there } = await twoDevices('Pia')
    await addTask(here, 'Draft')
    await row(there, 'Draft').waitFor()
    const { items } = await call<{ items: { id: string }[] }>(here, 'tasks.list')
    const id = items[0]?.id
    await row(here, 'Draft').locator('[data-title]').click()
    const panel = here.getByRole('dialog', { name: /^Task #/ })
    await panel.getByLabel('Title').fill('Mine')

    // Another field: it is shown, and the draft stays.
    await call(there, 'tasks.update', { id, priority: 'high', description: 'Theirs' })
    await expect.poll(() => panel.getByLabel('Description').inputValue(), { timeout: 10_000 }).toBe('Theirs')
    await panel.getByRole('button', { name: 'Priority: High' }).waitFor()
    expect(await panel.getByLabel('Title').inputValue()).toBe('Mine')

    // The same field: both are shown, and one of them is chosen.
    await call(there, 'tasks.update', { id, title: 'Theirs' })
    await panel.getByText(/Changed elsewhere to/).waitFor()
    expect(await panel.getByLabel('Title').inputValue()).toBe('Mine')
    await panel.getByRole('button', { name: 'Save' }).click()
    await panel.waitFor({ state: 'detached' })
    await row(there, 'Mine').waitFor()

    await row(here, 'Mine').locator('[data-title]').click()
    await panel.getByLabel('Title').fill('Mine again')
    await call(there, 'tasks.update', { id, title: 'Theirs again' })
    await panel.getByRole('button', { name: 'Take that' }).click()
    expect(await panel.getByLabel('Title').inputValue()).toBe('Theirs again')

    // Deleted under somebody's hands.
    await panel.getByLabel('Description').fill('Not to be lost')
    await call(there, 'tasks.delete', { id })
    await panel.getByText('This task was deleted elsewhere.').waitFor()
    expect(await panel.getByLabel('Description').inputValue()).toBe('Not to be lost')
    await panel.getByRole('button', { name: 'Bring it back' }).click()
    await row(there, 'Theirs again').waitFor()
    await row(there, 'Theirs again').locator('[data-title]').click()
    await expect.poll(() => there.getByLabel('Description').inputValue()).toBe('Not to be lost')
  })

  test('two tabs share what is kept, one of them delivers, and either may go', async () => {
    const { page } = await app.open()
    await signUp(page, 'Quin')
    const second = await page.context().newPage()
    await second.goto('/')
    await second.getByLabel('Add a task').waitFor()
    const sent: string[] = []
    for (const [name, tab] of [
      ['first', page],
      ['second', second],
    ] as const) {
      tab.on('request', (request) => /tasks\.create|sync\.changes/.test(request.url()) && sent.push(name))
    }
    await addTask(page, 'From the first')
    await addTask(second, 'From the second')
    await row(page, 'From the second').waitFor()
    await row(second, 'From the first').waitFor()
    await expect.poll(() => titlesOnServer(page)).toHaveLength(2)
    expect(new Set(sent)).toEqual(new Set(['first']))

    // The one that delivered is closed.
    await page.close()
    await addTask(second, 'Alone')
    await expect.poll(() => titlesOnServer(second), { timeout: 10_000 }).toHaveLength(3)

    // Offline in both: each sees what the other does.
    const third = await second.context().newPage()
    await third.goto('/')
    await row(third, 'Alone').waitFor()
    await cutOff(second)
    await addTask(third, 'In the dark')
    await row(second, 'In the dark').waitFor()
    await second.context().unrouteAll()
    await expect.poll(() => titlesOnServer(second), { timeout: 30_000 }).toHaveLength(4)
  })
})
