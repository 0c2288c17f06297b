import type { Page } from 'playwright-core'

export async function makeList(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New list' }).click()
  await page.getByRole('textbox', { name: 'New list' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** Its link at the side. */
export function place(page: Page, name: string) {
  return page.locator('[data-nav]').filter({ has: page.getByText(name, { exact: true }) })
}

/** What stands in a section at the side, from top to bottom. */
export function names(page: Page, section: string): Promise<string[]> {
  return page
    .getByRole('navigation', { name: section })
    .locator('[data-nav] > span:nth-child(2)')
    .allInnerTexts()
}

export async function menuOf(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}`, exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.locator('[role=menu][data-open]').getByRole('menuitem').first().waitFor()
}

export async function choose(page: Page, name: string, item: string): Promise<void> {
  await menuOf(page, name)
  const kind = isColor(item) ? 'menuitemradio' : 'menuitem'
  await page.locator('[role=menu][data-open]').getByRole(kind, { name: item }).click()
}

function isColor(item: string): boolean {
  return ['Clay', 'Ochre', 'Teal', 'Violet'].includes(item)
}

export function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.querySelector('span:nth-child(2)')?.textContent ?? element?.textContent ?? ''
  })
}
