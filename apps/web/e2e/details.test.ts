import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, call, hasBrowser, row, signIn, signUp, startApp, titlesOnServer, type App } from './app.ts'
import { seriousProblems, widths } from './looks.ts'

interface Found {
  id: string
  title: string
  completed: boolean
  parentId: string | null
  due: { date?: string; dateTime?: string } | null
  recurrence: { rule: string } | null
  series: { id: string; number: number } | null
  priority: string | null
}

describe.skipIf(!hasBrowser)('what a task carries', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  const onServer = (page: Parameters<typeof call>[0]) =>
    call<{ items: Found[] }>(page, 'tasks.list', { sort: 'number', order: 'asc' }).then(({ items }) => items)

  test('a line says what it was understood to mean, and gives back what was meant otherwise', async () => {
    const { page, complaints } = await app.open()
    await signUp(page, 'Ada')
    const line = page.getByLabel('Add a task')
    const pieces = page.locator('[data-pieces] li')
    await line.fill('pay rent every month on the 1st at 9 #home !high @finance')
    await expect.poll(() => pieces.count()).toBeGreaterThanOrEqual(4)
    expect(await seriousProblems(page)).toEqual([])
    await line.press('Enter')
    await row(page, 'pay rent').waitFor()
    await expect.poll(() => titlesOnServer(page)).toEqual(['pay rent'])
    const [rent] = await onServer(page)
    expect(rent).toMatchObject({
      priority: 'high',
      recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1', basis: 'due' },
      due: { timeZone: 'Europe/Paris' },
    })
    const { items: lists } = await call<{ items: { name: string }[] }>(page, 'lists.list')
    const { items: tags } = await call<{ items: { name: string }[] }>(page, 'tags.list')
    expect([lists.map(({ name }) => name), tags.map(({ name }) => name)]).toEqual([['finance'], ['home']])

    // A piece that is refused stays in the title; names that are there are not made again.
    await line.fill('Read the news tomorrow #HOME')
    await page.getByRole('button', { name: 'Keep “tomorrow” in the title' }).click()
    await expect.poll(() => pieces.count()).toBe(1)
    await line.press('Enter')
    await row(page, 'Read the news tomorrow').waitFor()
    await expect.poll(async () => (await onServer(page)).at(-1)).toMatchObject({ due: null })
    expect((await call<{ items: unknown[] }>(page, 'tags.list')).items).toHaveLength(1)

    await line.fill('Watch The 5th Wave, paprika, Renovation')
    await page.waitForTimeout(100)
    expect(await pieces.count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('subtasks, comments and repetition, in the panel of a task', async () => {
    const { page, complaints } = await app.open({ colorScheme: 'dark', reducedMotion: 'reduce' })
    const account = await signUp(page, 'Bea')
    await addTask(page, 'Move house')
    await row(page, 'Move house').locator('[data-title]').click()
    const panel = page.getByRole('dialog', { name: /^Task #|^New task/ })
    for (const title of ['Pack', 'Carry']) {
      await panel.getByLabel('Add a subtask').fill(title)
      await page.keyboard.press('Enter')
      await panel.locator('[data-subtasks]').getByText(title).waitFor()
    }
    await panel.getByRole('button', { name: 'Complete Pack' }).click()
    await panel.getByText('1/2').waitFor()
    await panel.getByLabel('Write a comment').fill('The van is booked.')
    await panel.getByRole('button', { name: 'Comment' }).click()
    await panel.locator('[data-comments]').getByText('The van is booked.').waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await panel.getByRole('button', { name: /^Repeats: / }).click()
    await page.getByRole('button', { name: 'Every day', exact: true }).click()
    await panel.getByRole('button', { name: 'Save' }).click()
    await panel.waitFor({ state: 'detached' })
    await expect.poll(async () => (await onServer(page)).length).toBe(3)
    await expect
      .poll(async () => (await onServer(page))[0])
      .toMatchObject({ recurrence: { rule: 'FREQ=DAILY' }, series: { number: 1 } })

    // Another device sees all of it.
    const other = await app.open()
    await signIn(other.page, account)
    await row(other.page, 'Move house').locator('[data-title]').first().click()
    const there = other.page.getByRole('dialog', { name: /^Task #/ })
    await there.getByText('The van is booked.').waitFor()
    await there.getByText('1/2').waitFor()
    await other.page.keyboard.press('Escape')

    // Done once, it comes again, once.
    await page.getByRole('button', { name: 'Complete Move house' }).first().click()
    await expect
      .poll(async () =>
        (await onServer(page)).filter(({ title }) => title === 'Move house').map((one) => one.series?.number),
      )
      .toEqual([1, 2])
    expect(complaints).toEqual([])
  })

  test('all of it fits on a phone', async () => {
    const { page } = await app.open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    await signUp(page, 'Cem')
    await page.getByLabel('Add a task').fill('Water ferns every other day at 7:30 !low #balcony @home')
    await expect.poll(() => page.locator('[data-pieces] li').count()).toBeGreaterThanOrEqual(4)
    expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await page.keyboard.press('Enter')
    await row(page, 'Water ferns').locator('[data-title]').tap()
    await page.getByRole('dialog', { name: /^Task #|^New task/ }).waitFor()
    expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    expect(await seriousProblems(page)).toEqual([])
  })
})
