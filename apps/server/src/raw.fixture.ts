import { connect as openSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** Sends bytes as they are and gives all that comes back: `fetch` would tidy up what tests get wrong on purpose. */
export function sendRaw(url: string, bytes: string | Buffer, { timeout = 10_000 } = {}): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = openSocket(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    socket.setTimeout(timeout, () => socket.destroy(new Error(`no end of the answer: ${text.slice(0, 200)}`)))
    socket.on('data', (data) => (text += data.toString('latin1')))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.on('close', () => resolve(text))
  })
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** Stands between the server and PostgreSQL, so that a test can take the database away and bring it back. */
export async function databaseProxy(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const proxy: Server = createServer((near) => {
    const far = openSocket(Number(target.port), target.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const listen = (port: number) => new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = proxy.address() as AddressInfo
  const changed = new URL(url)
  changed.hostname = '127.0.0.1'
  changed.port = String(port)

  async function takeAway() {
    const closed = new Promise((resolve) => proxy.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return { url: changed.href, takeAway, bringBack: () => listen(port), close: takeAway }
}

/** Marsaglia's xorshift: the same requests in every run with the same seed. */
export function seeded(seed: number): (below: number) => number {
  let value = seed || 1
  return (below) => {
    value ^= value << 13
    value ^= value >>> 17
    value ^= value << 5
    return (value >>> 0) % below
  }
}
