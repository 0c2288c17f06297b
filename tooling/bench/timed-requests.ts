import { Agent, request as send } from 'node:http'
import type { HttpRequest } from './requests.ts'

/** A connection pool that sends requests and tells how long each took, in milliseconds. */
export function timedRequests(url: string, connections: number) {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })

  return {
    /** Resolves when the last byte of the answer is there. */
    run: ({ method, path, headers, body }: HttpRequest) =>
      new Promise<string>((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
        const outgoing = send({ hostname, port, agent, method, path, headers: { ...headers, ...length } })
        outgoing.once('error', reject)
        outgoing.once('response', (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.once('error', reject)
          incoming.once('end', () => {
            const text = Buffer.concat(chunks).toString()
            if (incoming.statusCode === 200) resolve(text)
            else reject(new Error(`${path}: ${incoming.statusCode} ${text.slice(0, 200)}`))
          })
        })
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}
