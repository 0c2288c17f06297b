import { Agent, createServer } from 'node:http'
import { send } from '../../apps/server/src/matrix/wire.fixture.ts'
import { listening } from './listening.ts'

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
  return listening(server)
}
