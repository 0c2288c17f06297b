import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, startProvider } from '../../../packages/auth/src/oidc/provider.fixture.ts'
import { freePort } from '../../../tooling/postgres/src/free-port.ts'
import { call, hasBrowser, signUp, startApp, type App } from './app.ts'
import { seriousProblems, widths } from './looks.ts'
import { showWhoItIs, signOut } from './ways-in.ts'

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }

describe.skipIf(!hasBrowser)('somebody else who knows people', { timeout: 120_000 }, () => {
  let app: App
  let provider: Awaited<ReturnType<typeof startProvider>>
  beforeAll(async () => {
    // Each of the two has to know where the other is before it starts.
    const port = await freePort()
    provider = await startProvider({ callbackUrl: `http://localhost:${port}/api/auth/callback/house` })
    const house = { id: 'house', name: 'The House', issuer: provider.issuer, ...client }
    app = await startApp({ PORT: String(port), OIDC_PROVIDERS: JSON.stringify([house]) })
  })
  afterAll(async () => {
    await app?.close()
    await provider?.close()
  })

  test('who comes by a provider has an account without a password, keeps a way in, and erases it', async () => {
    const { page, complaints } = await app.open({ ...phone, colorScheme: 'dark', reducedMotion: 'reduce' })
    const person = somebody('Ida')
    provider.is(person)
    await page.goto('/')
    await page.getByRole('button', { name: 'Sign in with The House' }).waitFor()
    await isWell(page)
    await page.getByRole('button', { name: 'Sign in with The House' }).click()
    await page.getByLabel('Add a task').waitFor()
    await expect
      .poll(() => call(page, 'account.me'))
      .toMatchObject({ email: person.email, timeZone: 'Europe/Paris' })

    await page.goto('/settings/security')
    await page.getByText('Signs you in since').waitFor()
    await isWell(page)
    await page.getByRole('button', { name: 'Remove The House' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('This is all that is left to sign in with.').first().waitFor()

    // Half an hour later it takes another sign-in.
    await grow(person.email)
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Erase account' }).click()
    const dialog = page.getByRole('dialog', { name: 'Erase your account?' })
    await dialog.getByLabel('Type').fill(person.email)
    expect(await dialog.getByLabel('Password').count()).toBe(0)
    await dialog.getByRole('button', { name: 'Erase my account' }).click()
    await dialog.getByText('show that it is you by signing in again').waitFor()
    await isWell(page)
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with The House' }).click()
    await page.getByLabel('Add a task').waitFor()
    await page.goto('/settings')
    await page.getByRole('button', { name: 'Erase account' }).click()
    await dialog.getByLabel('Type').fill(person.email)
    await dialog.getByRole('button', { name: 'Erase my account' }).click()
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor()
    expect(complaints.filter((line) => !/status of (403|409)/.test(line))).toEqual([])
  })

  test('a provider is added to an account, signs in to it, and is removed; nobody adds another’s', async () => {
    const { page, complaints } = await app.open()
    const account = await signUp(page, 'Lin')
    const person = somebody('Somebody Else')
    provider.is(person)
    await grow(account.email)
    await page.goto('/settings/security')
    await page.getByText('Does not sign you in').waitFor()
    await page.getByRole('button', { name: 'Add The House' }).click()
    await showWhoItIs(page, account.password)
    await page.getByText('Signs you in since').waitFor()
    await page.getByText('Signing in with The House added').waitFor()
    expect(await seriousProblems(page)).toEqual([])

    await signOut(page)
    await page.getByRole('button', { name: 'Sign in with The House' }).click()
    await page.getByLabel('Add a task').waitFor()
    expect(await call(page, 'account.me')).toMatchObject({ email: account.email })

    const other = await app.open()
    await signUp(other.page, 'Mo')
    await other.page.goto('/settings/security')
    await other.page.getByRole('button', { name: 'Add The House' }).click()
    await other.page.getByText('Somebody else here signs in with that account already.').waitFor()
    await other.page.getByText('Does not sign you in').waitFor()

    await page.goto('/settings/security')
    await page.getByRole('button', { name: 'Remove The House' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Signing in with The House removed').waitFor()
    await page.getByText('Does not sign you in').waitFor()
    expect(complaints.filter((line) => !/status of 403/.test(line))).toEqual([])
  })

  test('who turns back at the provider is told so, in our words', async () => {
    const { page } = await app.open()
    await page.goto('/sign-in?error=access_denied')
    await page.getByText('You were not signed in there.').waitFor()
    await page.goto('/sign-in?error=Call+555+0100')
    await page.getByText('It did not work. Try again.').waitFor()
    expect(await page.content()).not.toContain('555')
  })

  /** As if the sessions of an account were half an hour old. */
  async function grow(email: string) {
    await app.query('alter table sessions disable trigger sessions_stamp')
    await app.query(
      `update sessions set created_at = now() - interval '30 minutes'
       where user_id = (select id from users where email = $1)`,
      [email],
    )
    await app.query('alter table sessions enable trigger sessions_stamp')
  }
})

function somebody(name: string) {
  return { sub: crypto.randomUUID(), email: `${crypto.randomUUID()}@example.org`, email_verified: true, name }
}

async function isWell(page: Page) {
  expect(await seriousProblems(page)).toEqual([])
  expect(await widths(page)).toEqual({ page: 360, beyond: [] })
}
