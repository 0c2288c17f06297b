import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, titles, titlesOnServer, type App } from './app.ts'

describe.skipIf(!hasBrowser)('the main job', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('sign up, add, date, weigh, edit, complete, delete, find, sign out, and all is there again', async () => {
    const { page, complaints } = await app.open()
    const { email, password } = await signUp(page, 'Ada')

    // Three tasks, one after the other: the field keeps the focus.
    await page.getByLabel('Add a task').click()
    for (const title of ['Rent', 'Water the ferns', 'Call Grace']) {
      await page.keyboard.type(title)
      await page.keyboard.press('Enter')
      await row(page, title).waitFor()
    }
    expect(await titles(page)).toEqual(['Call Grace', 'Water the ferns', 'Rent'])

    // A fourth with a day and a weight, chosen beside the field.
    await page.getByLabel('Add a task').fill('Book <b>train</b> & hotel')
    await page.getByRole('button', { name: 'Due date' }).click()
    await page.getByRole('button', { name: /^Tomorrow/ }).click()
    await page.getByRole('button', { name: /^Priority/ }).click()
    await page.getByRole('menuitemradio', { name: 'High' }).click()
    await page.getByLabel('Add a task').press('Enter')
    await row(page, 'Book <b>train</b> & hotel').waitFor()
    expect(await row(page, 'Book').innerText()).toMatch(/Tomorrow[^]*High/)

    // Everything about one task, in its panel; an instant keeps its zone.
    await row(page, 'Rent').locator('[data-title]').click()
    const panel = page.getByRole('dialog', { name: /^Task #/ })
    await panel.getByLabel('Title').fill('Pay the rent')
    await panel.getByLabel('Description').fill('Standing order?\nAsk the bank.')
    await panel.getByText('In progress').click()
    await panel.getByRole('button', { name: 'Priority: Medium' }).click()
    await page.getByRole('menuitemradio', { name: 'Low' }).click()
    await panel.getByRole('button', { name: 'Due date' }).click()
    await page.getByLabel('Date', { exact: true }).fill('2027-03-01')
    await page.getByLabel('Time, optional').fill('09:00')
    await page.getByLabel('Time zone').selectOption('America/New_York')
    await page.getByRole('button', { name: 'Set date' }).click()
    await panel.getByRole('button', { name: 'Save' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(await row(page, 'Pay the rent').innerText()).toMatch(/1 Mar 2027, 9:00 New York/)

    // Complete, and take it back.
    await row(page, 'Call Grace').getByRole('button', { name: 'Complete Call Grace' }).click()
    await row(page, 'Call Grace').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'Call Grace').waitFor()
    await row(page, 'Call Grace').getByRole('button', { name: 'Complete Call Grace' }).click()
    await row(page, 'Call Grace').waitFor({ state: 'detached' })

    // Delete, and take it back: it is the same task.
    await row(page, 'Water the ferns').hover()
    await page.getByRole('button', { name: 'More for Water the ferns' }).click()
    await page.getByRole('menuitem', { name: /Delete/ }).click()
    await row(page, 'Water the ferns').waitFor({ state: 'detached' })
    await page
      .getByRole('dialog')
      .filter({ hasText: 'Deleted' })
      .getByRole('button', { name: 'Undo' })
      .click()
    await row(page, 'Water the ferns').waitFor()

    // Views and filters stand in the address; what is searched for does not.
    await page.getByRole('link', { name: 'Completed' }).click()
    await row(page, 'Call Grace').waitFor()
    expect(page.url()).toContain('view=completed')
    await page.getByRole('link', { name: 'Upcoming' }).click()
    await row(page, 'Book').waitFor()
    expect(await titles(page)).toEqual(['Book <b>train</b> & hotel', 'Pay the rent'])
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('menuitemradio', { name: 'High' }).click()
    await row(page, 'Pay the rent').waitFor({ state: 'detached' })
    expect(page.url()).toContain('priority=high')
    await page.getByRole('link', { name: 'All tasks' }).click()
    await row(page, 'Water').waitFor()
    await page.getByRole('button', { name: /^Sort/ }).click()
    await page.getByRole('menuitemradio', { name: 'Title' }).click()
    await expect
      .poll(() => titles(page))
      .toEqual(['Book <b>train</b> & hotel', 'Pay the rent', 'Water the ferns'])
    await page.getByLabel('Search all tasks').fill('gràce')
    await expect.poll(() => titles(page)).toEqual(['Call Grace'])
    expect(page.url()).not.toContain('gr')

    await page.getByRole('button', { name: /^Ada .*@/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(await page.content()).not.toContain('ferns')
    // A mark stays until the server has heard of it.
    await expect.poll(() => page.evaluate(() => localStorage.length)).toBe(0)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await row(page, 'Pay the rent').waitFor()
    expect((await titles(page)).toSorted()).toEqual([
      'Book <b>train</b> & hotel',
      'Pay the rent',
      'Water the ferns',
    ])
    await row(page, 'Pay the rent').locator('[data-title]').click()
    expect(await page.getByLabel('Description').inputValue()).toBe('Standing order?\nAsk the bank.')
    expect(complaints).toEqual([])
  })

  test('a deletion that nobody took back is final, also where the page was closed', async () => {
    const { page } = await app.open()
    await signUp(page, 'Bea')
    await addTask(page, 'Keep')
    await addTask(page, 'Throw away')
    await row(page, 'Throw away').locator('[data-title]').focus()
    await page.keyboard.press('Delete')
    await row(page, 'Throw away').waitFor({ state: 'detached' })
    await page.reload()
    await row(page, 'Keep').waitFor()
    expect(await titles(page)).toEqual(['Keep'])
    await expect.poll(() => titlesOnServer(page)).toEqual(['Keep'])
  })

  test("another person's browser shows nothing of the first", async () => {
    const [ada, eve] = await Promise.all([app.open(), app.open()])
    await signUp(ada.page, 'Ada')
    await addTask(ada.page, 'A secret of Ada')
    await signUp(eve.page, 'Eve')
    for (const view of ['open', 'today', 'upcoming', 'overdue', 'undated', 'completed']) {
      await eve.page.goto(`/?view=${view}`)
      await eve.page.locator('[aria-busy=false]').waitFor()
      expect(await titles(eve.page)).toEqual([])
    }
    await eve.page.getByLabel('Search all tasks').fill('secret')
    await eve.page.getByText('No matches').waitFor()

    // The same browser, one after the other: nothing is left in memory or storage.
    await ada.page.getByRole('button', { name: /^Ada .*@/ }).click()
    await ada.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await ada.page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await ada.page.getByRole('link', { name: 'Create an account' }).click()
    await ada.page.getByLabel('Email').fill(`next-${crypto.randomUUID()}@example.org`)
    await ada.page.getByLabel('Password').fill('correct horse battery')
    await ada.page.getByRole('button', { name: 'Create account' }).click()
    await ada.page.getByText('Nothing on your list').waitFor()
    expect(await ada.page.content()).not.toContain('A secret of Ada')
  })

  test('a wrong password, a short one and an address in use are said where one looks', async () => {
    const { page } = await app.open()
    const { email } = await signUp(page, 'Cyd')
    await page.context().clearCookies()
    await page.goto('/')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect.poll(() => page.getByRole('alert').filter({ hasText: /./ }).innerText()).toMatch(/password/i)
    // What was typed is still there.
    expect(await page.getByLabel('Email').inputValue()).toBe(email)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('long enough 12345')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect.poll(() => page.getByRole('alert').filter({ hasText: /./ }).innerText()).not.toBe('')
  })
})
