import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '../../packages/db/src/index.ts'

export interface Injectable {
  url: string
  close(): Promise<void>
}

/**
 * A server that makes the mistake which sqlmap looks for: a value of the request becomes part of a statement. A campaign that
 * does not find it here proves nothing by finding nothing elsewhere. It listens on this machine alone, and only while it is tried.
 */
export async function startInjectable(database: Database): Promise<Injectable> {
  const server = createServer((request, response) => {
    void answerTo(request).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      () => response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"It failed."}'),
    )
  })
  async function answerTo(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { email } = JSON.parse(Buffer.concat(chunks).toString()) as { email: string }
    const text = `select name from users where email = '${email}'`
    const types = { getTypeParser: () => String }
    const { rows } = await database.run({ text, name: undefined, values: [], types }, 'ownlist_auth', null)
    return JSON.stringify(rows)
  }
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
