import type { Mail } from '@ownlist/auth'
import { createTransport } from 'nodemailer'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLoopback } from './loopback.ts'

export interface Mailer {
  /** Settles when the mail is handed over. */
  send(mail: Mail): Promise<void>
  /** Gives what is under way a few seconds, then gives up. */
  close(): Promise<void>
}

export interface SmtpOptions {
  /**
   * `smtp://user:password@host:587` or `smtps://…:465`; nodemailer's options as its query. What goes to another machine is
   * encrypted, unless `requireTLS=false` says that it need not be.
   */
  url: string
  /** What stands behind From, such as `Ownlist <ownlist@example.org>`. */
  from: string
  /** Milliseconds after which a mail that was not taken is tried again, as often as there are numbers. */
  retryAfter?: number[]
  /** Milliseconds that closing waits for mails under way. */
  patience?: number
}

/** Hands mails to an SMTP server, over few connections that stay open. */
export function smtpMailer({
  url,
  from,
  retryAfter = [2_000, 15_000, 60_000],
  patience = 5_000,
}: SmtpOptions): Mailer {
  const transport = createTransport(
    {
      url: encrypted(url),
      pool: true,
      maxConnections: 2,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      // A mail is what we write and nothing from a disk or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  )
  const closing = new AbortController()
  const underWay = new Set<Promise<void>>()

  async function deliver({ to, subject, text }: Mail): Promise<void> {
    const waits = [...retryAfter]
    for (;;) {
      try {
        // As an object, so that an address is one address whatever is in it.
        await transport.sendMail({
          to: { name: '', address: to },
          subject,
          text,
          // RFC 3834: nobody's absence note answers it.
          headers: { 'auto-submitted': 'auto-generated' },
        })
        return
      } catch (error) {
        const wait = waits.shift()
        if (wait === undefined || closing.signal.aborted || isFinal(error)) throw error
        const rested = await sleep(wait, true, { signal: closing.signal }).catch(() => false)
        if (!rested) throw error
      }
    }
  }

  return {
    async send(mail) {
      const sending = deliver(mail)
      const known = sending.catch(() => {}).finally(() => underWay.delete(known))
      underWay.add(known)
      await sending
    },
    async close() {
      const force = setTimeout(() => transport.close(), patience)
      closing.abort()
      await Promise.all(underWay)
      clearTimeout(force)
      transport.close()
    },
  }
}

/**
 * STARTTLS is an offer that somebody in between can take out (RFC 8314, 3). So it is asked for even where it is not offered,
 * and without it nothing is sent, but to this very machine.
 */
export function encrypted(url: string): string {
  const server = new URL(url)
  const asked = server.searchParams.has('requireTLS') || server.searchParams.has('ignoreTLS')
  if (server.protocol !== 'smtp:' || asked || isLoopback(server.hostname)) return url
  server.searchParams.set('requireTLS', 'true')
  return server.href
}

/** RFC 5321, 4.2.1: a reply of 5yz is not to be tried again. */
function isFinal(error: unknown): boolean {
  const code = (error as { responseCode?: unknown }).responseCode
  return typeof code === 'number' && code >= 500
}
