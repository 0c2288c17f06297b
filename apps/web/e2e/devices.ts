import { createClient, signIn, type Ownlist } from '@ownlist/client'
import type { Page } from 'playwright-core'
import { signUp, type App } from './app.ts'

/** A page, and the same user on another device. */
export async function twoDevices(app: App, name: string, options: Parameters<App['open']>[0] = {}) {
  const { page, complaints } = await app.open(options)
  const account = await signUp(page, name)
  const { token } = await signIn(app.url, account)
  return { page, complaints, other: createClient({ url: app.url, token, name: 'cli' }) }
}

/** The newest entry of the history that says so. */
export function entry(page: Page, text: string) {
  return page.locator('[data-revision]').filter({ hasText: text }).first()
}

/** A call with the page's own session. */
export async function inPage(page: Page, name: string, input: object): Promise<void> {
  await page.evaluate(
    async ([path, body]) => {
      const headers = { 'content-type': 'application/json', 'ownlist-client': 'web' }
      await fetch(`/api/trpc/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    },
    [name, input] as const,
  )
}

export async function makeMany(client: Ownlist, many: number): Promise<string[]> {
  const made = []
  for (let at = 0; at < many; at += 1) made.push(await client.tasks.create.mutate({ title: `Task ${at}` }))
  return made.map(({ id }) => id)
}
