import { createServer, type IncomingMessage } from 'node:http'
import type { Database } from '../../packages/db/src/index.ts'
import { listening } from './listening.ts'

/**
 * A server that makes the mistake which sqlmap looks for: a value of the request becomes part of a statement. A campaign that
 * does not find it here proves nothing by finding nothing elsewhere. It listens on this machine alone, and only while it is tried.
 */
export async function startInjectable(database: Database) {
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
  return listening(server)
}
