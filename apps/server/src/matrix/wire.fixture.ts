import { request, type Agent, type IncomingMessage } from 'node:http'
import type { Ask } from './doors.fixture.ts'

export interface Received {
  status: number
  /** Everything that came over the wire, as it came: status, headers, and the body before it is unpacked. */
  bytes: Buffer
  headers: [name: string, value: string][]
  body: string
  /** Milliseconds from sending to the last byte. */
  took: number
}

/**
 * Sends a request and keeps every byte of the answer. Of a stream of events, which has no end, only what comes with its first
 * event.
 */
export function send(
  agent: Agent,
  url: string,
  { method, path, body }: Ask,
  credentials: Record<string, string>,
): Promise<Received> {
  const text = method === 'GET' ? undefined : JSON.stringify(body)
  const target = new URL(url)
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const sent = request(
      {
        agent,
        host: target.hostname,
        port: target.port,
        path,
        method,
        headers: {
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
          ...credentials,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        const done = () => resolve(received(response, Buffer.concat(chunks), performance.now() - start))
        const streamed = response.headers['content-type']?.startsWith('text/event-stream') ?? false
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          if (
            !streamed ||
            !/\ndata: ?.*revision|event: ?(serialized-error|return)/.test(String(Buffer.concat(chunks)))
          )
            return
          done()
          sent.destroy()
        })
        response.on('end', done)
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(text)
  })
}

function received(response: IncomingMessage, content: Buffer, took: number): Received {
  const headers: Received['headers'] = []
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2)
    headers.push([response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? ''])
  const head = `${response.statusCode} ${response.statusMessage}\n${headers.map((pair) => pair.join(': ')).join('\n')}\n\n`
  return {
    status: response.statusCode ?? 0,
    bytes: Buffer.concat([Buffer.from(head), content]),
    headers,
    body: content.toString(),
    took,
  }
}

const varying = new Set(['date', 'x-request-id', 'content-length', 'keep-alive', 'connection'])

/** An answer without what differs between any two: the ids that were asked for, and new ids, times, positions, cursors. */
export function comparable(
  { status, headers, body }: Received,
  asked: ReadonlyMap<unknown, unknown>,
): string {
  let text = body
  for (const [from, to] of asked) {
    if (typeof from === 'number') {
      text = text.replaceAll(new RegExp(`\\b(${from}|${String(to)})\\b`, 'g'), 'asked')
    } else text = text.replaceAll(String(from), 'asked').replaceAll(String(to), 'asked')
  }
  text = text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'time')
    // When a token was used last is noted beside the answer, so it may be there or not yet.
    .replaceAll(/"lastUsedAt":(null|"time")/g, 'lastUsedAt')
    // How long a stream asks to wait is drawn by lot.
    .replaceAll(/^retry: \d+$/gm, 'retry')
    .replaceAll(/"(position|nextCursor|cursor|token|lastFour|secret|totpUri|challenge)":"[^"]*"/g, '$1')
    // Whoever asks for a passkey has a name there: their own id, as 16 bytes.
    .replaceAll(/"user":\{"id":"[\w-]{22}"/g, 'user')
    // What a provider is asked with is drawn by lot.
    .replaceAll(/\b(state|nonce|code_challenge)=[\w%.-]+/g, '$1')
  const kept = headers.filter(([name]) => !varying.has(name.toLowerCase()))
  return [
    status,
    ...kept.map(([name, value]) => `${name}: ${value.replace(/(token|state|sign_up)=[^;]+/, '$1')}`),
    text,
  ].join('\n')
}
