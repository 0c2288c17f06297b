import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { ConfigurationError } from '@ownlist/db'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Env } from './env.ts'

type Answer = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/**
 * What a connection may cost before a request is there: headers of 16 KiB, and the milliseconds in which headers, and whole
 * requests, have to arrive. A megabyte by a slow telephone (150 kbit/s) takes a minute.
 */
const connection = {
  maxHeaderSize: 16_384,
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: true,
}

/** Milliseconds that requests under way are given when the server stops. */
const patience = 10_000

/**
 * Takes the port first, because the address is part of what the application must know.
 *
 * @throws ConfigurationError where the port or host cannot be had
 */
export async function listen(
  { HOST, PORT }: Pick<Env, 'HOST' | 'PORT'>,
  options: Partial<typeof connection> = {},
) {
  let answer: Answer = () => new Response(null, { status: 503, headers: { 'retry-after': '1' } })
  // This replaces the global Request and Response by forms that are filled in only where somebody looks: an
  // answer then leaves as it is, instead of being read back from a stream.
  const respond = getRequestListener((request, bindings) => answer(request, bindings as HttpBindings))
  const server = createServer(
    { ...connection, ...options },
    (incoming, outgoing) => void respond(incoming, outgoing),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, HOST, PORT)))
    server.listen(PORT, HOST, resolve)
  })
  const { port } = server.address() as AddressInfo
  // By its name, because passkeys belong to names and never to numbers.
  const isHere = ['0.0.0.0', '::', '127.0.0.1'].includes(HOST)
  const name = isHere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST

  return {
    url: `http://${name}:${port}`,
    answer(own: Answer) {
      answer = own
    },
    drain: () => drain(server),
  }
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), patience)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigurationError(
        `Port ${port} is taken by another program. Stop it, or set PORT to another one.`,
      )
    case 'EACCES':
      return new ConfigurationError(`Port ${port} may not be used by this user. Set PORT to one above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigurationError(`HOST ${host} is no address of this machine.`)
    default:
      return error
  }
}
