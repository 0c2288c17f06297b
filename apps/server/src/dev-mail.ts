import { getConnInfo } from '@hono/node-server/conninfo'
import type { Mail } from '@ownlist/auth'
import { Hono, type MiddlewareHandler } from 'hono'
import { isLoopback } from './loopback.ts'
import type { Mailer } from './mail.ts'

/** Mails that are kept to be looked at. */
const most = 50

/**
 * For development, where no mail leaves the machine: each is printed, and the last of them stand on a page of
 * their own. Whoever can open that page can take over every account, so a server in production never has it, and one in
 * development shows it to this machine alone.
 */
export function developmentMailbox(print: (text: string) => void) {
  const kept: (Mail & { at: Date })[] = []
  const mailer: Mailer = {
    async send(mail) {
      kept.unshift({ ...mail, at: new Date() })
      kept.splice(most)
      print(`\n  Mail to ${mail.to}: ${mail.subject}\n\n${mail.text.replaceAll(/^(?=.)/gm, '    ')}\n`)
    },
    async close() {},
  }
  const page = new Hono()
  page.get('/dev/mail', fromHere, (c) => c.html(pageOf(kept)))
  return { mailer, page }
}

/** By the connection, and by the name: any name may lead here, and a page at another one may be somebody else's. */
const fromHere: MiddlewareHandler = async (c, next) => {
  const { hostname } = new URL(c.req.url)
  if (!isLoopback(getConnInfo(c).remote.address ?? '') || !isLoopback(hostname)) return c.notFound()
  return next()
}

function pageOf(mails: (Mail & { at: Date })[]): string {
  const articles = mails.map(
    ({ to, subject, text, at }) => `<article>
<h2>${escaped(subject)}</h2>
<p>To ${escaped(to)}, <time>${at.toISOString()}</time></p>
<pre>${withLinks(text)}</pre>
</article>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Mail that was not sent</title>
<h1>Mail that was not sent</h1>
${articles.length > 0 ? articles.join('\n') : '<p>None yet.</p>'}
</html>
`
}

function withLinks(text: string): string {
  return escaped(text).replaceAll(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
