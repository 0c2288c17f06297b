import { request } from 'node:http'
import { createClient, createStore, signIn } from '@ownlist/client'
import { password, type BenchDatabase, type Person } from './database.ts'
import { startOwnlist } from './servers.ts'
import { latency, ms, table, type Latency } from './statistics.ts'

export interface SyncCost {
  /** Milliseconds until everything of 10,000 tasks has arrived, as JSON that was parsed; bytes as they travelled. */
  snapshot: Latency
  bytes: number
  /** Milliseconds of a pull that brings 10 changes. */
  delta: Latency
  /** Milliseconds in which a store's outbox of 1,000 edits is delivered, one after the other. */
  drain: number[]
}

/** What a replica costs: to make it, to keep it true, and to deliver what was written without a network. */
export async function syncCost(database: BenchDatabase, rounds: number): Promise<SyncCost> {
  const person = database.people.find(({ tasks }) => tasks === 10_000)
  if (!person) throw new Error('the seed has nobody with 10,000 tasks')
  const ownlist = await startOwnlist(database)
  try {
    const { token = '' } = await signIn(ownlist.url, { email: person.email, password })
    const client = createClient({ url: ownlist.url, token, name: 'bench' })
    const ids = (await client.tasks.list.query({ limit: 100 })).items.map(({ id }) => id)

    const snapshots: number[] = []
    const deltas: number[] = []
    let bytes = 0
    for (let round = -2; round < rounds; round++) {
      const started = performance.now()
      const all = await pullAll(ownlist.url, token)
      if (round >= 0) snapshots.push(performance.now() - started)
      if (all.tasks < 10_000) throw new Error(`a snapshot of ${all.tasks} tasks`)
      bytes = all.bytes

      for (const id of ids.slice(0, 10)) {
        await client.tasks.update.mutate({ id, title: `Round ${round} of ${id}` })
      }
      const before = performance.now()
      const { tasks } = await client.sync.pull.query({ since: all.revision })
      if (round >= 0) deltas.push(performance.now() - before)
      if (tasks.length !== 10) throw new Error(`a delta of ${tasks.length} tasks`)
    }

    const drain: number[] = []
    for (let round = 0; round < 3; round++) drain.push(await drainOutbox(ownlist.url, token, person, ids))
    return { snapshot: latency(snapshots), bytes, delta: latency(deltas), drain }
  } finally {
    await ownlist.stop()
  }
}

export function syncTable({ snapshot, bytes, delta, drain }: SyncCost): string {
  return table([
    ['', 'p50', 'p95', 'max', ''],
    [
      'snapshot of 10,000 tasks, ms',
      ms(snapshot.p50),
      ms(snapshot.p95),
      ms(snapshot.max),
      `${(bytes / 1000).toFixed(0)} kB compressed`,
    ],
    ['delta of 10 changes, ms', ms(delta.p50), ms(delta.p95), ms(delta.max), ''],
    ['outbox of 1,000 edits, ms', ...drain.toSorted((a, b) => a - b).map((one) => one.toFixed(0)), ''],
  ])
}

interface Page {
  tasks: unknown[]
  revision: number
  cursor: string | null
}

/** A snapshot as a browser asks for it: compressed, and page after page. */
async function pullAll(url: string, token: string) {
  let [tasks, bytes, revision] = [0, 0, 0]
  let cursor: string | null = null
  do {
    const input: { cursor?: string } = cursor === null ? {} : { cursor }
    const answer = await compressed(new URL('/api/trpc/sync.pull?batch=1', url), token, { 0: input })
    const [{ result }] = JSON.parse(answer.text) as [{ result: { data: Page } }]
    tasks += result.data.tasks.length
    bytes += answer.bytes
    ;({ cursor, revision } = result.data)
  } while (cursor !== null)
  return { tasks, bytes, revision }
}

/** `fetch` does not tell how many bytes came over the wire. */
async function compressed(url: URL, token: string, body: object): Promise<{ text: string; bytes: number }> {
  const { gunzipSync } = await import('node:zlib')
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
    }
    const sent = request(url, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const whole = Buffer.concat(chunks)
        const text = response.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole
        resolve({ text: text.toString(), bytes: whole.length })
      })
    })
    sent.on('error', reject).end(JSON.stringify(body))
  })
}

/** Milliseconds from the network's return until the server has all of 1,000 edits that were made without it. */
async function drainOutbox(url: string, token: string, person: Person, ids: string[]): Promise<number> {
  let online = false
  const client = createClient({
    url,
    token,
    name: 'bench',
    retries: 0,
    fetch: (input, init) => (online ? fetch(input, init) : Promise.reject(new TypeError('no network'))),
  })
  const store = createStore({ userId: person.id, client, storage: 'memory' })
  await store.ready
  for (let edit = 0; edit < 1_000; edit++) {
    const id = ids[edit % ids.length] ?? ''
    await store.tasks.update({ id, title: `Edit ${edit} at ${Date.now()}` })
  }
  if (store.status.get().pending !== 1_000) throw new Error('the outbox does not hold 1,000 edits')

  online = true
  const started = performance.now()
  store.wake()
  await new Promise<void>((resolve) => {
    const done = store.status.subscribe(() => {
      if (store.status.get().pending > 0) return
      done()
      resolve()
    })
  })
  const took = performance.now() - started
  await store.close()
  return took
}
