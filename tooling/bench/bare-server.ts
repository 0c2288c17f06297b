import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

// The peer of the benchmark: node:http and pg with prepared statements, the same columns and rows, timestamps as the
// text that PostgreSQL sends. It knows no users: `?user=` is believed.
const columns = `id, number, title, description, status, completed, completed_at, priority, due_date, due_all_day,
  due_time_zone, position, created_at, updated_at, revision`

const get = {
  name: 'get',
  text: `select ${columns} from tasks where user_id = $1 and id = $2`,
}
const list = {
  name: 'list',
  text: `select ${columns} from tasks where user_id = $1 order by created_at desc, id desc limit $2`,
}

pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text)
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => process.exit(0))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const user = searchParams.get('user')
  const id = searchParams.get('id')
  try {
    const { rows } = await pool.query(
      id === null ? { ...list, values: [user, searchParams.get('limit')] } : { ...get, values: [user, id] },
    )
    const body = JSON.stringify(id === null ? { items: rows } : rows[0])
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}
