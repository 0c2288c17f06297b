import { startDeviceLogin } from '@ownlist/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, signUp, startApp, type App } from './app.ts'

describe.skipIf(!hasBrowser)('the policies of the pages', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('no page does what its own policies forbid', async () => {
    const { page, complaints, breaches } = await app.open()
    for (const path of ['/', '/sign-up', '/forgot', '/reset#token=x', '/verify', '/change-email#token=x']) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    await signUp(page, 'Csilla')
    await addTask(page, 'Something to see')
    const { verificationUriComplete } = await startDeviceLogin(app.url)
    for (const path of [
      '/',
      '/settings',
      '/settings/security',
      '/history',
      '/trash',
      '/device',
      verificationUriComplete,
      '/nowhere',
    ]) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await expect.poll(() => page.locator('[aria-busy]').count(), { message: path, timeout: 10_000 }).toBe(0)
    }
    expect({ complaints, breaches }).toEqual({ complaints: [], breaches: [] })
  })

  test('what would get into a page is stopped, and heard of', async () => {
    const { page, breaches } = await app.open()
    await page.goto('/')
    await page.getByLabel('Email').waitFor()
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.wasHere = true'
      document.body.append(script)
      const picture = new Image()
      picture.src = 'https://example.org/pixel.png'
      document.body.append(picture)
      return 'wasHere' in window
    })
    expect(ran).toBe(false)
    await expect.poll(() => breaches.some((line) => /script-src/.test(line))).toBe(true)
    await expect.poll(() => breaches.some((line) => /img-src/.test(line))).toBe(true)
    // They were made here, on purpose.
    breaches.length = 0
  })
})
