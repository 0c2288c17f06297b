import { startServer, type RunningServer } from '@ownlist/server'
import { createTestDatabase } from '@ownlist/testing'
import { chromiumHere } from '@ownlist/testing/chromium'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { build } from 'vite'
import { expect, onTestFinished } from 'vitest'

const chromiumPlace = chromiumHere()

/** Whether the browser tests can run here; where not, they say so instead of passing silently. */
export const hasBrowser = chromiumPlace !== undefined
if (!hasBrowser) {
  console.warn(
    '\n!!! No Chromium found: the browser tests are SKIPPED. Install chromium, or set CHROMIUM to its path.\n',
  )
}

export interface App {
  url: string
  /** A page with a session of its own. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>
  stopServer(): Promise<void>
  /** At the same address, on the same database; nothing where it runs. */
  startServer(): Promise<void>
  /** Asks the database as its owner, for what nobody can do from outside, such as to make time pass. */
  query(text: string, values?: unknown[]): Promise<unknown[]>
  close(): Promise<void>
}

/** A page, and everything it complained about. */
interface WatchedPage {
  page: Page
  complaints: string[]
  /** What its own policies stopped. Where anything is left here, the test fails. */
  breaches: string[]
}

/** The real thing: built app, server, PostgreSQL and Chromium. `variables` are the server's, beside those it needs. */
export async function startApp(variables: Record<string, string> = {}): Promise<App> {
  const [webDir, database] = await Promise.all([builtApp(), createTestDatabase()])
  const env = {
    AUTH_SECRET: 'only-for-tests-only-for-tests-only-for-tests',
    DATABASE_URL: database.url,
    DATABASE_URL_UNPOOLED: database.ownerUrl,
    LOG_LEVEL: 'silent',
    // What a test makes in a second, people make in a day.
    RATE_LIMIT_ACCOUNT: '1000000',
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '1000000',
    WEB_DIR: webDir,
    ...variables,
  }
  let server: RunningServer | undefined = await startServer({ PORT: '0', ...env })
  const { url } = server
  const browser = await chromium.launch(chromiumPlace)

  async function stop() {
    await server?.close()
    server = undefined
  }

  return {
    url,
    open: (options) => openPage(browser, url, options),
    stopServer: stop,
    query: (text, values) => database.query(text, values),
    async startServer() {
      server ??= await startServer({ ...env, PORT: new URL(url).port })
    },
    async close() {
      await browser.close()
      await stop()
      await database.drop()
    },
  }
}

async function openPage(
  browser: Browser,
  url: string,
  options?: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1200, height: 800 },
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  const breaches: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Chromium reports refused requests as errors; that nobody is signed in yet is none.
    if (message.type() === 'error' && !/status of 401/.test(message.text())) complaints.push(message.text())
    if (isBreach.test(message.text())) breaches.push(message.text())
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  // Whatever a test is about: nothing on our pages may be what their own policies forbid.
  onTestFinished(() => expect(breaches).toEqual([]))
  return { page, complaints, breaches }
}

/** How Chromium says that a policy of the page has stopped something, and how the page itself does. */
const isBreach = /content security policy|ERR_BLOCKED_BY_(CSP|RESPONSE)|permissions policy/i

export async function signUp(page: Page, name: string): Promise<{ email: string; password: string }> {
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.org`
  const password = 'correct horse battery'
  await page.goto('/sign-up')
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByLabel('Add a task').waitFor()
  return { email, password }
}

export async function addTask(page: Page, title: string): Promise<void> {
  await page.getByLabel('Add a task').fill(title)
  await page.keyboard.press('Enter')
  await row(page, title).waitFor()
}

export function row(page: Page, title: string) {
  return page.getByRole('listitem').filter({ has: page.locator(`[data-title]:has-text("${title}")`) })
}

export async function titles(page: Page): Promise<string[]> {
  return page.locator('[data-title] > span:first-child').allInnerTexts()
}

/** Asks the server with the page's session, past everything that the page keeps. */
export async function call<T>(page: Page, procedure: string, input: object = {}): Promise<T> {
  // The page's own address may be out of its reach while the server is not.
  const response = await page.request.post(`/api/trpc/${procedure}`, {
    data: input,
    // As the page itself would: a cookie without a word of where it comes from changes nothing.
    headers: { 'content-type': 'application/json', origin: new URL(page.url()).origin },
  })
  const { result, error } = (await response.json()) as { result?: { data: T }; error?: { message: string } }
  if (!result) throw new Error(`${procedure}: ${error?.message}`)
  return result.data
}

/** The titles that the server has, in the user's order. */
export async function titlesOnServer(page: Page): Promise<string[]> {
  const input = { sort: 'position', order: 'asc' }
  const { items } = await call<{ items: { title: string }[] }>(page, 'tasks.list', input)
  return items.map(({ title }) => title)
}

export async function signIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.goto('/')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Add a task').waitFor()
}

/** The server is away for this page, and for it alone. */
export async function cutOff(page: Page): Promise<void> {
  await page.context().route('**/api/**', (route) => route.abort())
}

let building: Promise<string> | undefined

/** Built once in each worker, so that the tests see the source as it is. */
function builtApp(): Promise<string> {
  building ??= buildApp()
  return building
}

async function buildApp(): Promise<string> {
  const outDir = join(tmpdir(), `ownlist-web-${process.pid}`)
  // The test runner says "test" here, which would get the app React as it is for development: slower, and not what people get.
  const environment = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await build({
      root: join(import.meta.dirname, '..'),
      logLevel: 'error',
      build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
    })
  } finally {
    process.env.NODE_ENV = environment
  }
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  return outDir
}
