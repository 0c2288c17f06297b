import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, type App } from './app.ts'
import { seriousProblems, watchShifts, widths } from './looks.ts'

describe.skipIf(!hasBrowser)('how it looks and moves', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const { page, complaints } = await app.open({ colorScheme, reducedMotion: 'reduce' })
    await page.goto('/')
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])

    await signUp(page, 'Axel')
    await page.getByText('Nothing on your list').waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await fill(page)
    expect(await seriousProblems(page)).toEqual([])

    await row(page, 'Overdue').locator('[data-title]').click()
    await page.getByRole('dialog', { name: /^Task #/ }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Due date' }).click()
    expect(await seriousProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'Complete High' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Save changes' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('on a phone nothing is wider than the screen, and everything can be reached', async () => {
    const { page } = await app.open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })
    const fits = async () => expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await page.goto('/')
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await fits()
    await signUp(page, 'Pho')
    await fits()
    await fill(page)
    await addTask(page, 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3))
    await fits()
    await row(page, 'Overdue').locator('[data-title]').tap()
    await page.getByRole('dialog', { name: /^Task #/ }).waitFor()
    await fits()
    await page.getByRole('button', { name: 'Due date' }).tap()
    await page.getByRole('button', { name: 'Set date' }).waitFor()
    await fits()
    await page.getByRole('button', { name: /^Tomorrow/ }).tap()
    await page.getByRole('button', { name: 'Save' }).tap()
    await page.getByRole('link', { name: 'Upcoming' }).tap()
    await row(page, 'Overdue').waitFor()
    await page.getByRole('button', { name: 'More', exact: true }).tap()
    await page.getByRole('menuitem', { name: 'Settings' }).tap()
    await page.getByRole('button', { name: 'Save changes' }).waitFor()
    await fits()
  })

  test('the theme is the system’s until one is chosen, and stays chosen', async () => {
    const { page, complaints } = await app.open({ colorScheme: 'dark' })
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    await signUp(page, 'Tim')
    const dark = await ground()
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await ground()
    expect(dark).not.toBe(light)
    await page.goto('/settings')
    await page.getByText('Dark', { exact: true }).click()
    expect(await ground()).toBe(dark)
    // Before anything is drawn: the page's own script has not even been asked for.
    await page.route('**/assets/*.js', (route) => route.abort())
    await page.reload({ waitUntil: 'domcontentloaded' })
    expect(await ground()).toBe(dark)
    expect(complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([])
  })

  test('nothing jumps while the page loads or is used', async () => {
    const { page } = await app.open()
    const shifted = await watchShifts(page)
    await signUp(page, 'Cleo')
    await fill(page)
    let total = await shifted()
    // A slow connection shows every stage of loading.
    await page.route('**/api/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.continue()
    })
    await page.reload()
    await row(page, 'Overdue').waitFor()
    for (const view of ['Upcoming', 'Overdue', 'Completed', 'All tasks']) {
      await page.getByRole('link', { name: view }).click()
      await page.locator('[aria-busy=false]').waitFor()
    }
    await addTask(page, 'One more')
    await page.waitForTimeout(700)
    await page.getByRole('button', { name: 'Complete One more' }).click()
    await page.waitForTimeout(700)
    await page.getByLabel('Search all tasks').fill('high')
    await page.waitForTimeout(1000)
    total += await shifted()
    console.log(`Layout shift, loading and in use: ${total.toFixed(4)}`)
    expect(total).toBeLessThan(0.02)
  })
})

async function fill(page: Page) {
  await page.evaluate(async () => {
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString()
    const tasks = [
      { title: 'Overdue', due: { date: '2020-02-29' }, description: 'With words.' },
      { title: 'High', priority: 'high', due: { dateTime: soon, timeZone: 'Asia/Tokyo' } },
      { title: 'Low', priority: 'low', status: 'in_progress' },
      { title: 'Done', completed: true },
    ]
    for (const task of tasks) {
      await fetch('/api/trpc/tasks.create', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(task),
      })
    }
  })
  await page.reload()
  await row(page, 'Overdue').waitFor()
}
