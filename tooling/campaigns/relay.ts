import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { send } from '../../apps/server/src/matrix/wire.fixture.ts'

/** Stands before a stream of events, which has no end, and answers with what comes up to its first event. */
export async function startRelay(url: string) {
  const server = createServer(({ url: path = '/', headers }, response) => {
    // One for each request: after the first event the connection is cut.
    const agent = new Agent()
    const own = Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !/^(host|connection|accept-encoding)$/.test(name) ? [[name, value]] : [],
    )
    send(agent, url, { method: 'GET', path }, Object.fromEntries(own) as Record<string, string>)
      .then(
        ({ status, body }) => response.writeHead(status, { 'content-type': 'text/plain' }).end(body),
        () => response.destroy(),
      )
      .finally(() => agent.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
