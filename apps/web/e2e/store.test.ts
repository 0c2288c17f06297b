import type { Store } from '@ownlist/client'
import type { BrowserContext, Page } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, startApp, type App } from './app.ts'

declare global {
  interface Window {
    tasks: Store
  }
}

/** The store in a real browser: its IndexedDB, locks, channels, event streams and quota. */
describe.skipIf(!hasBrowser)('the store in a browser', () => {
  let app: App
  let script: string

  beforeAll(async () => {
    ;[app, script] = await Promise.all([startApp(), bundle()])
  })
  afterAll(() => app?.close())

  /** A browser with a user who has just signed up. */
  async function newUser({ isFull = false } = {}) {
    const { page } = await app.open()
    const context = page.context()
    await context.route('**/store-page*', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<script type="module" src="/store-page.js"></script>',
      }),
    )
    await context.route('**/store-page.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: script }),
    )
    await page.goto('/store-page')
    const userId = await page.evaluate(async () => {
      const response = await fetch('/api/auth/sign-up/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          email: `${crypto.randomUUID()}@example.org`,
          password: 'correct horse battery',
          name: 'Ada',
        }),
      })
      const { user } = (await response.json()) as { user: { id: string } }
      return user.id
    })
    const session = await context.newCDPSession(page)
    // Chromium remembers for half a minute how much room there is: it has to be full from the beginning.
    if (isFull) await session.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: 1 })
    const makeRoom = () => session.send('Storage.overrideQuotaForOrigin', { origin: app.url })
    await page.goto(`/store-page?user=${userId}`)
    return { context, page, userId, makeRoom }
  }

  async function openTab(context: BrowserContext, userId: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`/store-page?user=${userId}`)
    return page
  }

  test('two tabs show the same; what was written offline outlasts all of them', async () => {
    const { context, page: one, userId } = await newUser()
    const two = await openTab(context, userId)
    await create(two, 'from two')
    await expect.poll(() => titles(one)).toEqual(['from two'])
    await expect.poll(() => pending(two)).toBe(0)

    await app.stopServer()
    await create(one, 'by one')
    await create(two, 'by two')
    await expect.poll(() => titles(one)).toEqual(['from two', 'by one', 'by two'])
    await one.close()
    await two.close()
    const three = await openTab(context, userId)
    await expect.poll(() => titles(three)).toEqual(['from two', 'by one', 'by two'])
    await app.startServer()
    await three.evaluate(() => window.tasks.wake())
    await expect.poll(() => pending(three)).toBe(0)
    await expect.poll(() => three.evaluate(() => window.tasks.status.get().revision)).toBe(3)
    expect(await three.evaluate(() => window.tasks.status.get().storage)).toBe('kept')
  })

  test('a change of another device arrives by itself', async () => {
    const { context, page, userId } = await newUser()
    await expect.poll(() => page.evaluate(() => window.tasks.status.get().revision)).toBe(0)
    await page.evaluate(
      (id) =>
        fetch('/api/trpc/tasks.create', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ title: `of ${id}` }),
        }),
      userId,
    )
    await expect.poll(() => titles(page)).toEqual([`of ${userId}`])
    await context.close()
  })

  test('a full disk refuses a change aloud, and pretends nothing', async () => {
    const { context, page, makeRoom } = await newUser({ isFull: true })
    const refused = await page.evaluate(() =>
      window.tasks.tasks.create({ title: 'too much' }).then(
        () => 'kept',
        (error: { reason: string }) => error.reason,
      ),
    )
    expect(refused).toBe('STORAGE_FULL')
    expect(await titles(page)).toEqual([])
    expect(await pending(page)).toBe(0)
    await makeRoom()
    await create(page, 'after')
    await expect.poll(() => pending(page)).toBe(0)
    expect(await titles(page)).toEqual(['after'])
    await context.close()
  })

  test('signing out without a network leaves no trace, in no tab', async () => {
    const { context, page: one, userId } = await newUser()
    const two = await openTab(context, userId)
    await create(one, 'a secret')
    await expect.poll(() => titles(two)).toEqual(['a secret'])
    await context.setOffline(true)
    await create(two, 'another')
    await one.evaluate(() => window.tasks.wipe())
    await expect.poll(() => two.evaluate(() => window.tasks.status.get().closed)).toBe(true)
    expect(await titles(two)).toEqual([])
    await expect
      .poll(() => one.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
      .toEqual([])
    await context.close()
  })
})

function create(page: Page, title: string) {
  return page.evaluate((text) => window.tasks.tasks.create({ title: text }).then(() => undefined), title)
}

function titles(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.tasks.tasks
      .query({ sort: 'created_at', order: 'asc' })
      .get()
      .map(({ title }) => title),
  )
}

function pending(page: Page): Promise<number> {
  return page.evaluate(() => window.tasks.status.get().pending)
}

/** A page that opens the store of the user in its address. */
async function bundle(): Promise<string> {
  const entry = 'virtual:store-page'
  const built = (await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: entry } },
    plugins: [
      {
        name: 'store-page',
        resolveId: (id: string) => (id === entry ? id : undefined),
        load: (id: string) =>
          id === entry
            ? `import { createClient, createStore } from '@ownlist/client'
               const userId = new URL(location.href).searchParams.get('user')
               if (userId) window.tasks = createStore({ client: createClient({ url: location.origin }), userId })`
            : undefined,
      },
    ],
  })) as Rolldown.RolldownOutput
  const chunk = built.output.find((part) => part.type === 'chunk' && part.isEntry)
  return chunk?.type === 'chunk' ? chunk.code : ''
}
