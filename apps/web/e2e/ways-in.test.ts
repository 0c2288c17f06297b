import { startDeviceLogin, waitForDeviceLogin } from '@ownlist/client'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, signUp, startApp, type App } from './app.ts'
import { seriousProblems, widths } from './looks.ts'
import { codeOf, giveAuthenticator, loseSession, signOut } from './ways-in.ts'

describe.skipIf(!hasBrowser)('ways in', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  })
  afterAll(() => app?.close())

  test.each(['light', 'dark'] as const)(
    'an authenticator app is set up and asked for, on a phone, %s',
    async (colorScheme) => {
      const { page, complaints } = await app.open({
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
      })
      const isWell = async () => {
        expect(await seriousProblems(page)).toEqual([])
        expect(await widths(page)).toEqual({ page: 360, beyond: [] })
      }
      const account = await signUp(page, 'Tova')
      await page.goto('/settings')
      await page.getByRole('link', { name: 'Security' }).click()
      await page.getByText('This one').waitFor()
      await page.getByText('Account made').waitFor()
      await isWell()
      await page.getByRole('button', { name: 'Set up an app' }).click()
      const setup = page.getByRole('dialog', { name: 'Set up an authenticator app' })
      await setup.getByRole('figure', { name: 'QR code' }).waitFor()
      await isWell()
      const secret = await setup.locator('.select-all').innerText()
      await setup.getByLabel('Type the code').fill('000000')
      await page.keyboard.press('Enter')
      await setup.getByText('The code is wrong').waitFor()
      await setup.getByLabel('Type the code').fill(codeOf(secret, -1))
      await page.keyboard.press('Enter')
      const kept = page.getByRole('dialog', { name: 'Your recovery codes' })
      await kept.waitFor()
      const codes = await kept.getByRole('listitem').allInnerTexts()
      expect(codes).toHaveLength(10)
      await isWell()
      // Only on purpose: they are not to be had again.
      await page.keyboard.press('Escape')
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        kept.getByRole('button', { name: 'Download' }).click(),
      ])
      expect(await readFile(await download.path(), 'utf8')).toContain(codes.join('\n'))
      await kept.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByText('10 recovery codes are left.').waitFor()

      await signOut(page)
      await givePassword(page, account)
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('code')
      await isWell()
      await page.getByLabel('Code').fill('000000')
      await page.keyboard.press('Enter')
      await page.getByText('The code is wrong').waitFor()
      await page.getByLabel('Code').fill(codeOf(secret))
      await page.getByLabel('Trust this browser').check()
      await page.keyboard.press('Enter')
      await page.getByLabel('Add a task').waitFor()

      // It is trusted now, until it is forgotten.
      await signOut(page)
      await givePassword(page, account)
      await page.getByLabel('Add a task').waitFor()
      await page.goto('/settings/security')
      await page.getByRole('button', { name: 'Forget the trusted browser' }).click()
      await page.getByText('Every browser is asked for a code again').waitFor()
      await signOut(page)
      await givePassword(page, account)
      await page.getByRole('button', { name: 'Use a recovery code' }).click()
      await page.getByLabel('Recovery code').fill(codes[3]?.toUpperCase() ?? '')
      await page.keyboard.press('Enter')
      await page.getByLabel('Add a task').waitFor()
      await page.goto('/settings/security')
      await page.getByText('9 recovery codes are left.').waitFor()
      await page.getByRole('button', { name: 'Turn off' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off' }).click()
      await page.getByRole('button', { name: 'Set up an app' }).waitFor()
      expect(complaints.filter((line) => !/status of 403/.test(line))).toEqual([])
    },
  )

  test('a passkey is added, named, used and removed', async () => {
    const { page, complaints } = await app.open()
    await giveAuthenticator(page)
    await signUp(page, 'Kia')
    await page.goto('/settings/security')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'Rename Chrome on Linux' }).click()
    await page.getByLabel('New name for').fill('My laptop')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove My laptop' }).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    // The one it has is offered with the addresses, and this device takes it at once: nothing is typed or pressed.
    await loseSession(page)
    await page.getByLabel('Add a task').waitFor()
    await page.goto('/settings/security')
    await page
      .getByText(/last used/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Remove My laptop' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove My laptop' }).waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('a token is made for what it needs, shown once, and revoked', async () => {
    const { page, complaints } = await app.open({ viewport: { width: 360, height: 740 }, isMobile: true })
    await signUp(page, 'Tia')
    await page.goto('/settings/security')
    await page.getByRole('button', { name: 'New token' }).click()
    const form = page.getByRole('dialog', { name: 'New API token' })
    await form.getByLabel('Name').fill('Backup')
    expect(await seriousProblems(page)).toEqual([])
    expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await form.getByLabel('Works for').selectOption('30')
    await page.getByLabel('Name').press('Enter')
    const shown = page.getByRole('dialog', { name: 'Your new token' })
    const token = await shown.locator('.select-all').innerText()
    expect(await seriousProblems(page)).toEqual([])
    await shown.getByRole('button', { name: 'I have kept it' }).click()
    const ask = (procedure: string, data: object) =>
      fetch(`${app.url}/api/trpc/${procedure}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(data),
      })
    expect((await ask('tasks.list', {})).status).toBe(200)
    expect((await ask('tasks.create', { title: 'No' })).status).toBe(403)
    await page.getByText('not used yet').or(page.getByText('last used')).first().waitFor()
    await page.getByRole('button', { name: 'Revoke Backup' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('button', { name: 'Revoke Backup' }).waitFor({ state: 'detached' })
    expect((await ask('tasks.list', {})).status).toBe(401)
    expect(complaints).toEqual([])
  })

  test('a terminal is let in by who is signed in, and another turned away', async () => {
    const { page, complaints } = await app.open({ viewport: { width: 360, height: 740 }, isMobile: true })
    const [first, second] = [await startDeviceLogin(app.url), await startDeviceLogin(app.url)]
    const account = await signUp(page, 'Dev')
    await signOut(page)
    await page.goto(first.verificationUriComplete)
    await page.getByText('Sign in, to sign in a terminal.').waitFor()
    expect(page.url()).toBe(`${app.url}/device`)
    await givePassword(page, account)
    await page.getByText('This is the code that the link brought.').waitFor()
    expect(await page.getByLabel('Code').inputValue()).toBe(first.userCode)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('heading', { name: 'The Ownlist command line asks' }).waitFor()
    await page.getByRole('definition').getByText('127.0.0.1').waitFor()
    expect(await seriousProblems(page)).toEqual([])
    expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('heading', { name: 'Your terminal is signed in' }).waitFor()
    expect((await waitForDeviceLogin(app.url, first, { wait: async () => {} })).token).toMatch(/./)
    await page.goto('/settings/security')
    await page.getByText('A terminal was let in').waitFor()

    await page.goto('/device')
    await page.getByLabel('Code').fill('ABCD-EFGH')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('alert').getByText(/./).waitFor()
    await page.getByLabel('Code').fill(second.userCode.toLowerCase())
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('heading', { name: 'It was turned away' }).waitFor()
    await expect(waitForDeviceLogin(app.url, second, { wait: async () => {} })).rejects.toThrow(/./)
    expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])
  })

  test('the password is changed by who knows it, and others are signed out', async () => {
    const { page } = await app.open()
    const account = await signUp(page, 'Pia')
    const other = (await app.open()).page
    await other.goto('/')
    await givePassword(other, account)
    await other.getByLabel('Add a task').waitFor()
    await page.goto('/settings/security')
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor()
    await page.getByLabel('Present password').fill('wrong password')
    await page.getByLabel('New password').fill('another horse battery')
    await page.keyboard.press('Enter')
    await page.getByText('The password is wrong.').waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('currentPassword')
    await page.getByLabel('Present password').fill(account.password)
    await page.keyboard.press('Enter')
    await page.getByText('Your password has changed').waitFor()
    await page.getByText('Password changed').waitFor()
    expect(await page.getByRole('button', { name: 'Sign out everywhere else' }).count()).toBe(0)
    await other.reload()
    await other.getByRole('heading', { name: 'Welcome back' }).waitFor()
  })
})

async function givePassword(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
