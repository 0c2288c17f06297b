import { Hono } from 'hono'
import type { Mail, Mailer } from './mail.ts'

/** Mails that are kept to be looked at. */
const most = 50

/**
 * For development, where no mail leaves the machine: each is printed, and the last of them stand on a page of
 * their own. Whoever can open that page can take over every account, so a server in production never has it.
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
  page.get('/dev/mail', (c) => {
    c.header('cache-control', 'no-store')
    c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    return c.html(pageOf(kept))
  })
  return { mailer, page }
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
