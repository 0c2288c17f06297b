import { createHmac } from 'node:crypto'
import type { Page } from 'playwright-core'

/** The newest link that the server mailed to an address; of the development page, where all mail stands. */
export async function linkTo(page: Page, email: string, subject: string): Promise<string> {
  const html = await (await page.request.get('/dev/mail')).text()
  const mail = html.split('<article>').find((one) => one.includes(subject) && one.includes(`To ${email},`))
  const link = /href="([^"]+)"/.exec(mail ?? '')?.[1]
  if (!link) throw new Error(`No mail “${subject}” to ${email}: ${html}`)
  return link
}

/** The code that an authenticator app shows now (RFC 6238), or so many steps later. */
export function codeOf(secret: string, later = 0): string {
  const bits = Array.from(secret.replaceAll(' ', ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const mac = createHmac('sha1', key).update(step).digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** A device that makes and keeps passkeys, and whose owner always puts their finger on it. */
export async function giveAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** What is to be confirmed is asked for once more where the password was wrong, and done where it is right. */
export async function showWhoItIs(page: Page, password: string): Promise<void> {
  const question = page.getByRole('dialog', { name: 'Is it you?' })
  await question.getByLabel('Your password').fill('wrong')
  await page.keyboard.press('Enter')
  await question.getByText('The password is wrong.').waitFor()
  await question.getByLabel('Your password').fill(password)
  await page.keyboard.press('Enter')
}

/** The page is loaded by somebody whom the server does not know. */
export async function loseSession(page: Page): Promise<void> {
  await page.context().clearCookies({ name: /session_token/ })
  await page.goto('/')
}

export async function signOut(page: Page): Promise<void> {
  await loseSession(page)
  await page.getByLabel('Password').waitFor()
}
