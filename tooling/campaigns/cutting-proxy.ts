import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'

/** Where a connection breaks. Of the first the server never hears the whole; whether the second happened nobody knows. */
export const cuts = [
  'in the request',
  'while the server works',
  'before the answer',
  'in the answer',
  'behind the answer',
] as const

type Cut = (typeof cuts)[number]

export interface CuttingProxy {
  url: string
  /** Requests with a mutation, by where they were cut. */
  readonly cut: Readonly<Record<Cut, number>>
  /** Attempts of an operation after one that was cut. */
  readonly retries: number
  /** Operations whose later attempt went to another server than the first. */
  readonly moved: number
  close(): Promise<void>
}

export interface CuttingOptions {
  /** The servers, any of which gets the next request. */
  targets: string[]
  random: Random
  /** How many of the mutations are cut, from 0 to 1. */
  chance: number
  /** Takes the operation ids off: to see that the campaign would notice. */
  forgetful?: boolean
}

// An operation gets through at last: what is looked for is wrong answers, not impatience.
const mostCuts = 3

/** Stands between clients and servers, and breaks connections at the worst of moments. */
export async function startCuttingProxy(options: CuttingOptions): Promise<CuttingProxy> {
  const { targets, random, chance, forgetful = false } = options
  const agent = new Agent({ keepAlive: true })
  const attempts = new Map<string, { count: number; target: string; moved: boolean }>()
  const cut = Object.fromEntries(cuts.map((where) => [where, 0])) as Record<Cut, number>
  let retries = 0

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    get retries() {
      return retries
    },
    get moved() {
      return [...attempts.values()].filter(({ moved }) => moved).length
    },
    async close() {
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const given = await read(incoming)
    const ids = operationIds(given)
    const target = targets[Math.floor(random() * targets.length)] ?? ''
    const where = ids.length > 0 ? fate(ids, target) : undefined
    const body = forgetful && ids.length > 0 ? withoutOperationIds(given) : given
    if (where) cut[where]++

    const headers = { ...incoming.headers, host: new URL(target).host, 'content-length': body.length }
    const onward = request(new URL(incoming.url ?? '/', target), { agent, method: incoming.method, headers })
    const answering = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve)
      onward.on('error', reject)
    })
    // Where this side cuts, nobody waits for the other.
    answering.catch(() => {})

    if (where === 'in the request') {
      onward.write(body.subarray(0, Math.floor(random() * body.length)))
      await sleep(random() * 5)
      onward.destroy()
      incoming.socket.destroy()
      return
    }
    onward.end(body)
    if (where === 'while the server works') {
      await sleep(random() * 10)
      incoming.socket.destroy()
      // Some proxies tell the server that its client has gone, others let it finish.
      if (random() < 0.5) onward.destroy()
      else answering.then(read).catch(() => {})
      return
    }

    const answer = await answering
    const content = await read(answer)
    if (where === 'before the answer') {
      incoming.socket.destroy()
      return
    }
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': content.length })
    if (where === 'in the answer') {
      outgoing.write(content.subarray(0, Math.floor(random() * content.length)))
      await sleep(1)
      incoming.socket.destroy()
      return
    }
    await new Promise<void>((resolve) => outgoing.end(content, resolve))
    if (where === 'behind the answer') incoming.socket.destroy()
  }

  function fate(ids: string[], target: string): Cut | undefined {
    let most = 0
    for (const id of ids) {
      const before = attempts.get(id) ?? { count: 0, target, moved: false }
      if (before.count > 0) retries++
      most = Math.max(most, before.count)
      attempts.set(id, {
        ...before,
        count: before.count + 1,
        moved: before.moved || before.target !== target,
      })
    }
    if (most >= mostCuts || random() >= chance) return undefined
    return cuts[Math.floor(random() * cuts.length)]
  }
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

type Calls = Record<string, { opId?: string } | undefined>

function calls(body: Buffer): Calls {
  try {
    return JSON.parse(body.toString()) as Calls
  } catch {
    return {}
  }
}

function operationIds(body: Buffer): string[] {
  return Object.values(calls(body)).flatMap((call) => (call?.opId === undefined ? [] : [call.opId]))
}

function withoutOperationIds(body: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify(calls(body), (key, value: unknown) => (key === 'opId' ? undefined : value)),
  )
}
