import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, cutOff, hasBrowser, row, signIn, signUp, startApp, titles, titlesOnServer } from './app.ts'
import type { App } from './app.ts'

const canary = 'canary-7f3e'

describe.skipIf(!hasBrowser)('when a session ends', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('signing out leaves nothing behind, in no tab, also without a network', async () => {
    const { page } = await app.open()
    const account = await signUp(page, 'Ria')
    await addTask(page, `Sent ${canary}`)
    await expect.poll(() => titlesOnServer(page)).toHaveLength(1)
    const other = await page.context().newPage()
    await other.goto('/')
    await row(other, 'Sent').waitFor()
    await cutOff(page)
    await addTask(page, `Not sent ${canary}`)
    await page.evaluate(() => caches.open('of-the-page'))
    // The test means nothing unless the text is there before.
    expect(await kept(page)).toContain(canary)
    expect(await kept(page)).toContain(account.email)

    await page.getByRole('button', { name: /^Ria .*@/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByText('1 change has not reached the server.').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await other.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(await page.content()).not.toContain(canary)
    expect(await other.content()).not.toContain(canary)
    await expect.poll(() => kept(page)).not.toContain(canary)
    expect(await kept(page)).not.toContain(account.email)

    // Coming back finds nobody signed in, and the server has heard of it.
    await page.reload()
    await page.getByRole('heading', { name: 'Ownlist cannot be reached' }).waitFor()
    await page.context().unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect((await page.request.get('/api/account/export')).status()).toBe(401)
    await signIn(page, account)
    await row(page, 'Sent').waitFor()
    expect(await titles(page)).toEqual([`Sent ${canary}`])
  })

  test('where it ends by itself, its user goes on, and nobody else sees anything', async () => {
    const { page } = await app.open()
    const account = await signUp(page, 'Sol')
    await addTask(page, 'Arrived')
    await expect.poll(() => titlesOnServer(page)).toHaveLength(1)
    // Nothing that is under way may find out before the change is made.
    await cutOff(page)
    await page.context().clearCookies()
    await addTask(page, `Waiting ${canary}`)
    await page.context().unrouteAll()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor({ timeout: 30_000 })
    await page.getByText('1 change waits on this device').waitFor()
    expect(await page.content()).not.toContain(canary)

    // Somebody else, in the same browser.
    await page.getByRole('link', { name: 'Create an account' }).click()
    const stranger = await signUp(page, 'Tom')
    await page.getByText('Nothing on your list').waitFor()
    await addTask(page, 'Of Tom')
    await expect.poll(() => titlesOnServer(page)).toEqual(['Of Tom'])
    expect(await page.content()).not.toContain(canary)
    await page.getByRole('button', { name: /^Tom .*@/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(await kept(page)).not.toContain(stranger.email)

    await signIn(page, account)
    await row(page, 'Waiting').waitFor()
    await expect
      .poll(() => titlesOnServer(page), { timeout: 10_000 })
      .toEqual([`Waiting ${canary}`, 'Arrived'])
  })

  test('a page that slept while somebody else signed in writes nothing into their account', async () => {
    const { page } = await app.open()
    await signUp(page, 'Uma')
    await addTask(page, 'Of Uma')
    await expect.poll(() => titlesOnServer(page)).toEqual(['Of Uma'])
    await cutOff(page)
    await addTask(page, `Waiting ${canary}`)

    // The browser's cookie becomes another person's, and this page hears nothing of it.
    const elsewhere = await app.open()
    await signUp(elsewhere.page, 'Vic')
    await page.context().clearCookies()
    await page.context().addCookies(await elsewhere.page.context().cookies())
    await page.context().unrouteAll()

    await page.getByText('Nothing on your list').waitFor({ timeout: 30_000 })
    expect(await page.content()).not.toContain('Uma')
    await page.waitForTimeout(1000)
    expect(await titlesOnServer(page)).toEqual([])
  })
})

/** All that the browser keeps for this site, as one text. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB')))
      })
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      found.push(name)
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store)
        found.push(store, await done(all.getAllKeys()), await done(all.getAll()))
      }
      database.close()
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        found.push(request.url, await (await cache.match(request))?.text())
      }
    }
    return JSON.stringify(found)
  })
}
