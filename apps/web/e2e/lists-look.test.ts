import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, type App } from './app.ts'
import { twoDevices } from './devices.ts'
import { seriousProblems, watchShifts, widths } from './looks.ts'
import { focusedText, menuOf, names, place } from './places.ts'

describe.skipIf(!hasBrowser)(
  'how lists and tags are used by key, by thumb and by ear',
  { timeout: 120_000 },
  () => {
    let app: App
    beforeAll(async () => {
      app = await startApp()
    })
    afterAll(() => app?.close())

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
      const { page } = await app.open({
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
      })
      const fits = async () => expect(await widths(page)).toEqual({ page: 360, beyond: [] })
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
        await menuOf(page, 'Home')
        expect(await seriousProblems(page)).toEqual([])
        await page.getByRole('menuitem', { name: 'Delete …' }).click()
        await page.getByRole('alertdialog').waitFor()
        expect(await seriousProblems(page)).toEqual([])
        expect(complaints).toEqual([])
      },
    )
  },
)

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
