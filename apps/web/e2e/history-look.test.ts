import type { Ownlist } from '@ownlist/client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, row, startApp, type App } from './app.ts'
import { entry, inPage, makeMany, twoDevices } from './devices.ts'
import { seriousProblems, watchShifts, widths } from './looks.ts'

describe.skipIf(!hasBrowser)('how history and trash look', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const { page, other } = await twoDevices(app, 'Axel', { colorScheme, reducedMotion: 'reduce' })
    await page.goto('/history')
    await page.getByText('Nothing has happened yet').waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await eventful(page, other)
    await page.goto('/history')
    await page.getByRole('button', { name: 'Show 3 tasks' }).first().click()
    expect(await seriousProblems(page)).toEqual([])
    await entry(page, '3 tasks: priority → High').getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByRole('alertdialog').waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.goto('/trash')
    await page
      .getByRole('button', { name: /^Restore / })
      .first()
      .waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.goto(`/history?at=${new Date().toISOString()}`)
    await page.getByRole('heading', { name: 'To do' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.goto('/')
    await row(page, 'Mine').locator('[data-title]').click()
    await page.getByRole('button', { name: 'History', exact: true }).click()
    await page.getByRole('button', { name: 'Take it back' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
  })

  test('on a phone it fits, and nothing jumps', async () => {
    const { page, other } = await twoDevices(app, 'Pho', {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    })
    await eventful(page, other)
    const shifted = await watchShifts(page)
    const fits = async () => expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await page.route('**/api/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await route.continue()
    })
    await page.goto('/')
    await page.getByRole('button', { name: 'More', exact: true }).tap()
    await page.getByRole('menuitem', { name: 'History' }).tap()
    await page.getByRole('button', { name: 'Show 3 tasks' }).first().tap()
    await fits()
    await entry(page, '3 tasks: priority → High').getByRole('button', { name: 'Undo', exact: true }).tap()
    await page.getByRole('alertdialog').waitFor()
    await fits()
    await page.getByRole('button', { name: 'Cancel' }).tap()
    await page.getByRole('button', { name: 'Look back' }).tap()
    await page.getByText('There were no tasks').waitFor()
    await fits()
    await page.getByRole('button', { name: 'More', exact: true }).tap()
    await page.getByRole('menuitem', { name: 'Trash' }).tap()
    await page
      .getByRole('button', { name: /^Restore / })
      .first()
      .waitFor()
    await fits()
    await page.waitForTimeout(600)
    expect(await shifted()).toBeLessThan(0.02)
  })
})

/** One of everything that the screens show. */
async function eventful(page: Page, other: Ownlist): Promise<void> {
  const ids = await makeMany(other, 3)
  await other.tasks.bulk.mutate({ ids, change: { priority: 'high' } })
  await other.tasks.update.mutate({
    id: ids[0] ?? '',
    description: 'Some words',
    due: { date: '2030-01-02' },
  })
  const { revision } = await other.tasks.update.mutate({
    id: ids[0] ?? '',
    title: 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3),
    description: 'Some other words',
  })
  await inPage(page, 'tasks.update', { id: ids[0], title: 'Mine', priority: 'low', basedOn: revision - 1 })
  await other.tasks.bulk.mutate({ ids: ids.slice(1), change: { delete: true } })
  const { items } = await other.history.list.query({ limit: 1 })
  await other.history.undo.mutate({ revision: items[0]?.revision ?? 0 })
  await other.tasks.delete.mutate({ id: ids[2] ?? '' })
}
