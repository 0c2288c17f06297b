import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds of weight, by rule and element. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // Colours are measured once what fades in has arrived.
  await page.waitForTimeout(350)
  const { violations } = await new AxeBuilder({ page })
    // Invisible stops around an open menu, which pass the focus on as they get it: nobody is ever on them.
    .exclude('[data-base-ui-focus-guard]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** How wide the page is, and what sticks out of a phone's screen. */
export function widths(page: Page): Promise<{ page: number; beyond: string[] }> {
  return page.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    // What is fixed to the screen does not widen the page, and sticks out all the same.
    beyond: Array.from(document.querySelectorAll('button, a, input, nav, [role=dialog], [role=alertdialog]'))
      .filter((one) => one.getBoundingClientRect().right > 361)
      .map((one) => one.outerHTML.slice(0, 200)),
  }))
}

/** Sums up by how much things jump on this page; to be called before it loads. */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as PerformanceEntry & {
          value: number
          hadRecentInput: boolean
        }
        if (!hadRecentInput) shifts.push(value)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  return () =>
    page.evaluate(() =>
      (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
    )
}
