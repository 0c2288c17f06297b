import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, titles, type App } from './app.ts'

describe.skipIf(!hasBrowser)('by keyboard alone', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('everything that the mouse can do', async () => {
    const { page, complaints } = await app.open()
    const { keyboard } = page
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    await signUp(page, 'Kay')
    // Nothing has the focus: as after loading the page.
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())

    await keyboard.press('n')
    for (const title of ['Three', 'Two', 'One']) {
      await keyboard.type(title)
      await keyboard.press('Enter')
      await row(page, title).waitFor()
    }
    await keyboard.press('Tab')
    await keyboard.press('Tab')
    await keyboard.press('Tab')
    // The first row is one stop: its circle, its title, its menu.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Complete One')
    await keyboard.press('j')
    expect(await focused()).toBe('Two')
    await keyboard.press('ArrowUp')
    expect(await focused()).toBe('One')

    await keyboard.press('Alt+ArrowDown')
    await expect.poll(() => titles(page)).toEqual(['Two', 'One', 'Three'])
    expect(await focused()).toBe('One')
    const moved = page.waitForResponse(/tasks\.reorder/)
    await keyboard.press('Alt+ArrowDown')
    await expect.poll(() => titles(page)).toEqual(['Two', 'Three', 'One'])
    expect(await page.getByRole('status').innerText()).toBe('One: place 3 of 3')
    await moved
    // Not only on this screen.
    await page.reload()
    await row(page, 'One').waitFor()
    expect(await titles(page)).toEqual(['Two', 'Three', 'One'])

    await keyboard.press('j')
    expect(await focused()).toBe('Two')
    await keyboard.press('e')
    await keyboard.press('End')
    await keyboard.type(' and a half')
    await keyboard.press('Enter')
    await row(page, 'Two and a half').waitFor()
    await expect.poll(focused).toBe('Two and a half')

    // Esc gives up a name.
    await keyboard.press('e')
    await keyboard.type('Nonsense')
    await keyboard.press('Escape')
    await expect.poll(focused).toBe('Two and a half')

    await keyboard.press('Space')
    await row(page, 'Two and a half').waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('Three')
    await keyboard.press('Control+z')
    await row(page, 'Two and a half').waitFor()

    await keyboard.press('Delete')
    await row(page, 'Three').waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('One')
    await keyboard.press('Control+z')
    await row(page, 'Three').waitFor()

    await keyboard.press('Enter')
    const panel = page.getByRole('dialog', { name: /^Task #/ })
    await panel.waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
    await keyboard.press('Shift+End')
    await keyboard.type('Changed, not saved')
    await keyboard.press('Escape')
    await page.getByRole('alertdialog', { name: 'Discard your changes?' }).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('alertdialog', { name: 'Discard your changes?' }).waitFor({ state: 'detached' })
    expect(await panel.getByLabel('Title').inputValue()).toContain('Changed, not saved')
    await panel.getByLabel('Title').focus()
    await keyboard.press('Enter')
    await panel.waitFor({ state: 'detached' })
    await row(page, 'Changed, not saved').waitFor()

    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
    await keyboard.press('/')
    await keyboard.type('half')
    await expect.poll(() => titles(page)).toEqual(['Two and a half'])
    await keyboard.press('Escape')
    await keyboard.press('Escape')
    await keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await keyboard.press('Escape')
    expect(complaints).toEqual([])
  })

  test('the first stop leads past the navigation, and every stop can be seen', async () => {
    const { page } = await app.open()
    await signUp(page, 'Lin')
    await addTask(page, 'A task')
    await page.reload()
    await row(page, 'A task').waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the tasks')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')

    for (let stop = 0; stop < 14; stop += 1) {
      await page.keyboard.press('Tab')
      const seen = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return 'left'
        // The field and the row draw the ring around themselves.
        const around = [element, element.closest('form'), element.closest('.group\\/row')]
        const ring = around.some((one) => {
          if (!one) return false
          const { outlineStyle, borderColor } = getComputedStyle(one)
          return (
            outlineStyle !== 'none' ||
            (one.matches('form:focus-within') && borderColor !== 'rgba(0, 0, 0, 0)')
          )
        })
        const { width, height } = element.getBoundingClientRect()
        return ring && width > 0 && height > 0 ? 'seen' : element.outerHTML.slice(0, 200)
      })
      expect(['seen', 'left']).toContain(seen)
    }
  })
})
