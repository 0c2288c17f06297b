import { fork } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { BenchDatabase } from './database.ts'
import { signIn, type Caller } from './requests.ts'
import { benchSecret, startOwnlist, usageOf } from './servers.ts'
import { latency, ms, table, type Latency } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export interface LiveCost {
  clients: number
  /** Kilobytes of the server's memory for each idle client. */
  kilobytes: number
  /** Connections to PostgreSQL before the clients came, and while they are there. */
  connections: { before: number; during: number }
  /** Milliseconds from an edit's being sent until another client hears of it, and until it has the row. */
  heard: { sameServer: Latency; otherServer: Latency }
  pulled: { sameServer: Latency; otherServer: Latency }
}

/** What it costs that thousands listen, and how soon they hear. */
export async function liveCost(
  database: BenchDatabase,
  { clients, edits }: { clients: number; edits: number },
): Promise<LiveCost> {
  const [person] = database.people
  if (!person) throw new Error('the seed has nobody in it')
  const tokens = await openSessions(database, clients)
  const [here, there] = await Promise.all([startOwnlist(database), startOwnlist(database)])
  try {
    const memory = () => (usageOf(here.pid)?.rss ?? NaN) * 1024
    const caller = await signIn(here.url, person)
    // The code is compiled and the buffers are there before the first of those who count comes.
    const warm = await openCrowd(here.url, tokens.slice(0, 300))
    warm.kill()
    await sleep(3_000)

    const before = { memory: memory(), connections: await countConnections(database) }
    const crowd = await openCrowd(here.url, tokens)
    await sleep(3_000)
    const during = { memory: memory(), connections: await countConnections(database) }

    const sameServer = await delays(caller, here.url, here.url, edits)
    const otherServer = await delays(caller, here.url, there.url, edits)
    crowd.kill()
    return {
      clients,
      kilobytes: (during.memory - before.memory) / clients,
      connections: { before: before.connections, during: during.connections },
      heard: { sameServer: sameServer.heard, otherServer: otherServer.heard },
      pulled: { sameServer: sameServer.pulled, otherServer: otherServer.pulled },
    }
  } finally {
    await Promise.all([here.stop(), there.stop()])
  }
}

export function liveTable({ clients, kilobytes, connections, heard, pulled }: LiveCost): string {
  const row = (name: string, { p50, p95, max }: Latency) => [name, ms(p50), ms(p95), ms(max)]
  return [
    `${clients} idle clients: ${kilobytes.toFixed(1)} kB each; connections to PostgreSQL ${connections.before}, with them ${connections.during}`,
    table([
      ['ms from an edit until another client', 'p50', 'p95', 'max'],
      row('hears of it, same server', heard.sameServer),
      row('has the row, same server', pulled.sameServer),
      row('hears of it, another server', heard.otherServer),
      row('has the row, another server', pulled.otherServer),
    ]),
  ].join('\n')
}

/** Sessions of up to a thousand users, as sign-in would leave them, without the time that passwords take. */
async function openSessions(database: BenchDatabase, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(24).toString('hex'))
  const hashes = tokens.map((token) => createHash('sha256').update(token).digest('hex'))
  await database.query(
    `with people as (select id, row_number() over () - 1 as nth, count(*) over () as all from users limit 1000)
     insert into sessions (user_id, token_hash, expires_at)
     select p.id, h.hash, now() + interval '30 days'
     from unnest($1::text[]) with ordinality h(hash, nth) join people p on p.nth = h.nth % least(p.all, 1000)`,
    [hashes],
  )
  return tokens.map((token) => `${token}.${createHmac('sha256', benchSecret).update(token).digest('base64')}`)
}

async function countConnections(database: BenchDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
  return row?.count ?? NaN
}

/** Edits one after the other through one server, and a listener at the same or another. */
async function delays(caller: Caller, editUrl: string, listenUrl: string, edits: number) {
  const requests = timedRequests(editUrl, 1)
  const elsewhere = timedRequests(listenUrl, 1)
  const listed = dataOf(await requests.run(caller.call('tasks.list', { limit: 1 })))
  const [task] = (listed as { items: { id: string }[] }).items
  const listener = await listen(listenUrl, caller.call('', {}).headers['authorization'] ?? '')
  const [heard, pulled]: [number[], number[]] = [[], []]
  for (let edit = -10; edit < edits; edit += 1) {
    const started = performance.now()
    const hearing = listener.next()
    const edited = requests.run(caller.call('tasks.update', { id: task?.id, title: `Edit ${edit}` }))
    const revision = await hearing
    const heardAt = performance.now()
    const pull = caller.call('sync.pull', { since: revision - 1 })
    const { tasks } = dataOf(await elsewhere.run(pull)) as { tasks: { title: string }[] }
    if (tasks[0]?.title !== `Edit ${edit}`) throw new Error('the edit has not come')
    if (edit >= 0) {
      heard.push(heardAt - started)
      pulled.push(performance.now() - started)
    }
    await edited
    // People do not edit every millisecond; what is gathered for other servers has left by then.
    await sleep(20 + Math.random() * 30)
  }
  listener.close()
  requests.close()
  elsewhere.close()
  return { heard: latency(heard), pulled: latency(pulled) }
}

function dataOf(text: string): unknown {
  const [answer] = JSON.parse(text) as [{ result: { data: unknown } }]
  return answer.result.data
}

async function listen(url: string, authorization: string) {
  const leaving = new AbortController()
  const { body } = await fetch(`${url}/api/trpc/sync.changes`, {
    headers: { authorization },
    signal: leaving.signal,
  })
  if (!body) throw new Error('no stream')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let last = NaN
  const next = async () => {
    for (;;) {
      const { value = '', done } = await reader.read()
      if (done) throw new Error('the stream ended')
      const id = /^id: (\d+)$/m.exec(value)?.[1]
      if (id === undefined || Number(id) === last) continue
      last = Number(id)
      return last
    }
  }
  await next()
  return { next, close: () => leaving.abort() }
}

/** As many clients as there are tokens, in a process of their own; resolves when each has heard its first event. */
async function openCrowd(url: string, tokens: string[]) {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.send({ url, tokens })
  const [opened] = (await once(child, 'message')) as [number]
  if (opened !== tokens.length) throw new Error(`${opened} of ${tokens.length} clients were let in`)
  return child
}

if (import.meta.main) {
  process.once('message', (crowd: { url: string; tokens: string[] }) => void join(crowd))
}

async function join({ url, tokens }: { url: string; tokens: string[] }): Promise<void> {
  const { hostname, port } = new URL(url)
  const waiting = tokens.values()
  let opened = 0
  const enter = async () => {
    for (const token of waiting) {
      const socket = connect(Number(port), hostname)
      const headers = [
        'GET /api/trpc/sync.changes HTTP/1.1',
        `Host: ${hostname}:${port}`,
        'Accept: text/event-stream',
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
        'Accept-Language: en-GB,en;q=0.9,fr;q=0.8',
        `Cookie: ownlist.session_token=${encodeURIComponent(token)}`,
      ]
      socket.write(`${headers.join('\r\n')}\r\n\r\n`)
      let text = ''
      await new Promise<void>((resolve) => {
        socket.on('close', resolve).on('error', () => {})
        socket.on('data', (data) => {
          if (/^id: /m.test(text)) return
          text += data.toString()
          if (/^id: /m.test(text)) resolve()
        })
      })
      if (/^id: /m.test(text)) opened += 1
    }
  }
  await Promise.all(Array.from({ length: 20 }, enter))
  process.send?.(opened)
}
