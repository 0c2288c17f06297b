/// <reference lib="dom" />
import { chromiumHere } from '@ownlist/testing/chromium'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { password, type BenchDatabase } from './database.ts'
import { startOwnlist } from './servers.ts'
import { latency, ms, table, type Latency } from './statistics.ts'

export interface Screens {
  /** Milliseconds from the key that keeps an edit to the words on the screen. */
  own: Latency
  other: Latency
  /** With 10,000 tasks: from the start of a reload to the first rows; from a key in the search to the next picture. */
  reload: Latency
  search: Latency
  /** Between two pictures while 10,000 tasks are scrolled. */
  frame: Latency
}

/** How soon things stand on the screen, in a real browser. */
export async function screens(database: BenchDatabase, edits: number): Promise<Screens> {
  const here = chromiumHere()
  if (!here) throw new Error('no Chromium found: install it, or set CHROMIUM to its path')
  const ownlist = await startOwnlist(database, { webDir: builtWeb })
  const browser = await chromium.launch(here)
  try {
    const open = () => openPage(browser, ownlist.url)
    const [edited, scrolled] = [await edit(open, database, edits), await tenThousand(open, database)]
    return { ...edited, ...scrolled }
  } finally {
    await browser.close()
    await ownlist.stop()
  }
}

export function screensTable({ own, other, reload, search, frame }: Screens): string {
  const line = (what: string, { count, p50, p95, max }: Latency) => [what, count, ms(p50), ms(p95), ms(max)]
  return table([
    ['ms', 'times', 'p50', 'p95', 'max'],
    line('an edit, on the own screen', own),
    line('an edit, on the screen of another device', other),
    line('a reload with 10,000 tasks, to the first rows', reload),
    line('a key in the search of 10,000, those over 16 ms', search),
    line('from picture to picture while scrolling 10,000', frame),
  ])
}

const builtWeb = fileURLToPath(new URL('../../apps/web/dist', import.meta.url))

async function openPage(browser: Browser, baseURL: string): Promise<Page> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1200, height: 800 } })
  return context.newPage()
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Add a task').waitFor()
}

function row(page: Page, title: string) {
  return page.getByRole('listitem').filter({ has: page.locator(`[data-title]:has-text("${title}")`) })
}

/** Two pages of one browser share one clock. */
async function edit(open: () => Promise<Page>, { people }: BenchDatabase, edits: number) {
  const person = people.find(({ tasks }) => tasks < 1_000)
  if (!person) throw new Error('the seed has nobody with few tasks')
  const [here, there] = await Promise.all([open(), open()])
  await signIn(here, person.email)
  await signIn(there, person.email)
  await here.getByLabel('Add a task').fill('Edit 0 of many')
  await here.keyboard.press('Enter')
  await row(there, 'Edit 0 of many').waitFor()
  await here.evaluate(() => {
    const marks = { pressed: 0 }
    Object.assign(window, { marks })
    const now = (event: KeyboardEvent) => {
      if (event.key === 'Enter') marks.pressed = performance.timeOrigin + performance.now()
    }
    addEventListener('keydown', now, { capture: true })
  })

  const [own, other]: [number[], number[]] = [[], []]
  for (let at = 1; at <= edits; at++) {
    const title = `Edit ${at} of many`
    const seen = [here, there].map((page) => seenAt(page, title))
    await row(here, `Edit ${at - 1} of many`)
      .locator('[data-title]')
      .focus()
    await here.keyboard.press('e')
    await here.keyboard.type(title)
    await here.keyboard.press('Enter')
    const [onOwn = NaN, onOther = NaN] = await Promise.all(seen)
    const pressed = await here.evaluate(
      () => (window as unknown as { marks: { pressed: number } }).marks.pressed,
    )
    own.push(onOwn - pressed)
    other.push(onOther - pressed)
  }
  await Promise.all([here, there].map((page) => page.context().close()))
  return { own: latency(own), other: latency(other) }
}

/** When a title stands in the list, as the next frame shows it. */
function seenAt(page: Page, title: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const list = document.querySelector('main') ?? document.body
        const check = () => {
          const titles = list.querySelectorAll('[data-title] > span:first-child')
          if (![...titles].some((one) => one.textContent === wanted)) return
          observer.disconnect()
          requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
        }
        const observer = new MutationObserver(check)
        observer.observe(list, { childList: true, subtree: true, characterData: true })
        check()
      }),
    title,
  )
}

async function tenThousand(open: () => Promise<Page>, { people }: BenchDatabase) {
  const person = people.find(({ tasks }) => tasks === 10_000)
  if (!person) throw new Error('the seed has nobody with 10,000 tasks')
  const page = await open()
  await page.addInitScript(() => {
    const times: Record<string, number> = {}
    const slow: number[] = []
    Object.assign(window, { times, slow })
    new MutationObserver((_, observer) => {
      if (!document.querySelector('[data-title]')) return
      observer.disconnect()
      requestAnimationFrame(() => (times['rows'] = performance.now()))
    }).observe(document, { childList: true, subtree: true })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) slow.push(duration)
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit)
  })
  await signIn(page, person.email)
  await page.locator('[data-title]').first().waitFor()
  // Kept, not only shown, before the first reload.
  await page.waitForTimeout(3_000)

  const reload: number[] = []
  for (let at = 0; at < 7; at++) {
    await page.reload()
    await page.locator('[data-title]').first().waitFor()
    await page.waitForTimeout(500)
    reload.push(await page.evaluate(() => (window as unknown as { times: { rows: number } }).times.rows))
  }

  await page.getByLabel('Search all tasks').focus()
  for (const key of 'the rep') await page.keyboard.press(key === ' ' ? 'Space' : key, { delay: 120 })
  for (let at = 0; at < 7; at++) await page.keyboard.press('Backspace', { delay: 120 })
  await page.waitForTimeout(300)
  const slow = await page.evaluate(() => (window as unknown as { slow: number[] }).slow)

  const frames = await page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = []
        let last = performance.now()
        const step = (now: number) => {
          gaps.push(now - last)
          last = now
          scrollBy(0, 400)
          if (gaps.length < 300) requestAnimationFrame(step)
          else resolve(gaps.slice(1))
        }
        requestAnimationFrame(step)
      }),
  )
  await page.context().close()
  return { reload: latency(reload), search: latency(slow), frame: latency(frames) }
}
