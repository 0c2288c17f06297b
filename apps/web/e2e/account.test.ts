import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addTask, hasBrowser, row, signUp, startApp, type App } from './app.ts'
import { seriousProblems, widths } from './looks.ts'

describe.skipIf(!hasBrowser)('taking everything along, and leaving', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test('everything comes as one file, now and as of a moment', async () => {
    const { page, complaints } = await app.open()
    await signUp(page, 'Dora')
    await addTask(page, 'Take me along')
    await page.goto('/settings')
    for (const [path, link] of [
      ['/settings', 'Download everything'],
      [`/history?at=${new Date().toISOString()}`, 'Download'],
    ] as const) {
      await page.goto(path)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: link }).click(),
      ])
      expect(download.suggestedFilename()).toMatch(/^ownlist-\d{4}-\d\d-\d\d\.zip$/)
      expect(await download.failure()).toBeNull()
    }
    expect(complaints).toEqual([])
  })

  test('an account is erased only on purpose, and kept until it is over', async () => {
    const { page, complaints } = await app.open()
    const { email, password } = await signUp(page, 'Eve')
    await addTask(page, 'Still here')
    await page.goto('/settings')
    const opener = page.getByRole('button', { name: 'Erase account' })
    await opener.click()
    const dialog = page.getByRole('dialog', { name: 'Erase your account?' })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Erase account')

    await opener.click()
    await dialog.getByLabel('Type').fill('somebody@example.org')
    await dialog.getByLabel('Password').fill('not the password')
    await dialog.getByRole('button', { name: 'Erase my account' }).click()
    await dialog.getByText('Must be the e-mail address of this account.').waitFor()
    await dialog.getByLabel('Type').fill(email)
    await dialog.getByRole('button', { name: 'Erase my account' }).click()
    await dialog.getByText('The password is wrong.').waitFor()
    await dialog.getByLabel('Password').fill(password)
    await dialog.getByRole('button', { name: 'Erase my account' }).click()

    const heading = page.getByRole('heading', { name: 'You are signed out everywhere' })
    await heading.waitFor()
    expect(await heading.evaluate((one) => one === document.activeElement)).toBe(true)
    const receipt = await page.getByRole('region', { name: 'Receipt number' }).innerText()
    expect(receipt).toMatch(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)
    expect(await page.content()).not.toContain('Still here')
    expect(await page.evaluate(() => localStorage.length)).toBe(0)

    await page.getByRole('button', { name: 'To the sign-in' }).click()
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('Your account will be erased').waitFor()
    await page.getByRole('button', { name: 'Keep my account' }).click()
    await page.getByText('Your account stays').waitFor()
    expect(await page.getByText('Your account will be erased').count()).toBe(0)
    await page.goto('/')
    await row(page, 'Still here').waitFor()
    expect(await page.getByText('Your account will be erased').count()).toBe(0)
    expect(complaints.filter((line) => !/status of 40[03]/.test(line))).toEqual([])
  })

  test.each(['light', 'dark'] as const)(
    'it fits a phone, and axe finds nothing serious, %s',
    async (colorScheme) => {
      const { page } = await app.open({
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
      })
      const { password, email } = await signUp(page, 'Fay')
      const isWell = async () => {
        expect(await seriousProblems(page)).toEqual([])
        expect(await widths(page)).toEqual({ page: 360, beyond: [] })
      }
      await page.goto('/settings')
      await page.getByRole('button', { name: 'Erase account' }).tap()
      await page.getByRole('dialog').waitFor()
      await isWell()
      await page.getByLabel('Type').fill(email)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Erase my account' }).tap()
      await page.getByText('Receipt number').waitFor()
      await isWell()
      await page.getByRole('button', { name: 'To the sign-in' }).tap()
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).tap()
      await page.getByRole('button', { name: 'Keep my account' }).waitFor()
      await isWell()
    },
  )
})
