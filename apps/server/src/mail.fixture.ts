import { SMTPServer } from 'smtp-server'

/** A mail as it came over the wire. */
interface Received {
  from: string
  to: string[]
  raw: string
  /** The text, decoded. */
  text: string
}

/** A real SMTP server on this machine that keeps what it is sent. `refuse` answers a mail with such a code. */
export async function openSmtpServer(refuse: (to: string) => number | undefined = () => undefined) {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, answer) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join()
        const code = refuse(to)
        // As servers do, it repeats what it was given.
        const refusal = `no mail for ${to}`
        if (code !== undefined) return answer(Object.assign(new Error(refusal), { responseCode: code }))
        const raw = Buffer.concat(chunks).toString()
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        received.push({ from, to: rcptTo.map(({ address }) => address), raw, text: textOf(raw) })
        answer()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** RFC 2045: lines that were broken with `=`, and bytes written as `=3D`. */
function textOf(raw: string): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4)
  if (!/^content-transfer-encoding: quoted-printable/im.test(raw)) return body
  return body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
}
