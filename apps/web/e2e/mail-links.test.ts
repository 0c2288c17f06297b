import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, hasBrowser, signIn, startApp, type App } from './app.ts'
import { seriousProblems, widths } from './looks.ts'
import { linkTo, showWhoItIs } from './ways-in.ts'

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }

describe.skipIf(!hasBrowser)('what goes by mail', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp({ NODE_ENV: 'development', REQUIRE_EMAIL_VERIFICATION: 'on' })
  })
  afterAll(() => app?.close())

  test('an account begins with the link in the mail, which stays in no address', async () => {
    const { page, complaints } = await app.open(phone)
    const isWell = async () => {
      expect(await seriousProblems(page)).toEqual([])
      expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    }
    const email = `mia-${crypto.randomUUID()}@example.org`
    await page.goto('/sign-up')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('password1')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Too many people use this password.').waitFor()
    await isWell()
    await page.getByLabel('Password').fill('correct horse battery')
    await page.keyboard.press('Enter')
    const heading = page.getByRole('heading', { name: 'Look into your mail' })
    await heading.waitFor()
    expect(await heading.evaluate((one) => one === document.activeElement)).toBe(true)
    await isWell()

    await page.goto(await linkTo(page, email, 'Confirm your address'))
    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    expect(new URL(page.url()).hash).toBe('')
    await isWell()
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('heading', { name: 'Your account is there' }).waitFor()
    await isWell()
    await page.getByRole('link', { name: 'Go on' }).click()
    expect(await page.getByLabel('Email').inputValue()).toBe(email)
    await page.getByLabel('Password').fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.getByLabel('Add a task').waitFor()
    expect(await call(page, 'account.me')).toMatchObject({ email, timeZone: 'Europe/Paris' })
    expect(complaints.filter((line) => !/status of 400/.test(line))).toEqual([])

    // Once used, it is of no use to whoever finds it.
    await page.goto(await linkTo(page, email, 'Confirm your address'))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('This link is not valid any more.').waitFor()
  })

  test('an account that was begun in another browser begins with the password that was chosen there', async () => {
    const { page } = await app.open(phone)
    const email = `ivy-${crypto.randomUUID()}@example.org`
    const password = 'correct horse battery'
    await page.request.post('/api/auth/sign-up/email', { data: { email, password, name: 'Ivy' } })
    await page.goto(await linkTo(page, email, 'Confirm your address'))
    await page.getByRole('button', { name: 'Confirm' }).click()
    const field = page.getByLabel('The password you chose')
    await field.fill('the horse of somebody else')
    expect(await seriousProblems(page)).toEqual([])
    expect(await widths(page)).toEqual({ page: 360, beyond: [] })
    await page.keyboard.press('Enter')
    await page.getByText('The password is wrong.').waitFor()
    await field.fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your account is there' }).waitFor()
  })

  test('a forgotten password is set anew by mail, and whoever asks learns nothing', async () => {
    const { page } = await app.open(phone)
    const { email, password } = await newAccount('Rob')
    await page.goto('/')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    for (const address of ['nobody@example.org', email]) {
      await page.getByLabel('Email').fill(address)
      await page.getByRole('button', { name: 'Send a link' }).click()
      await page.getByText(`If ${address} has an account here`).waitFor()
      expect(await seriousProblems(page)).toEqual([])
      await page.getByRole('button', { name: 'try again' }).click()
    }
    const link = await linkTo(page, email, 'A new password')
    await page.goto(link)
    await page.getByLabel('New password').fill('another horse battery')
    expect(page.url()).toBe(`${app.url}/reset`)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor()
    await page.getByRole('link', { name: 'To the sign-in' }).click()
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('Invalid email or password').waitFor()
    await page.getByLabel('Password').fill('another horse battery')
    await page.keyboard.press('Enter')
    await page.getByLabel('Add a task').waitFor()
  })

  test('another address is confirmed by its mail, and the password is asked for first', async () => {
    const { page } = await app.open()
    const account = await newAccount('Nia')
    await signIn(page, account)
    await page.goto('/settings/security')
    const newEmail = `new-${account.email}`
    await page.getByLabel('New address').fill(newEmail)
    await page.keyboard.press('Enter')
    await showWhoItIs(page, account.password)
    await page.getByText(`Open the link that we sent to ${newEmail}`).waitFor()
    expect(await seriousProblems(page)).toEqual([])
    await page.goto(await linkTo(page, newEmail, 'Confirm your new address'))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('heading', { name: 'Your address has changed' }).waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.getByLabel('Add a task').waitFor()
    expect(await call(page, 'account.me')).toMatchObject({ email: newEmail })
  })

  /** An account whose address is confirmed. */
  async function newAccount(name: string) {
    const { page } = await app.open()
    const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.org`
    const password = 'correct horse battery'
    await page.request.post('/api/auth/sign-up/email', { data: { email, password, name } })
    const token = new URL(await linkTo(page, email, 'Confirm your address')).hash.replace('#token=', '')
    await page.request.post('/api/auth/verify-email', { data: { token, password } })
    await page.context().close()
    return { email, password }
  }
})
