import type { LiveUpdates } from '@ownlist/api'
import { createAuth } from '@ownlist/auth'
import { connect } from '@ownlist/db'
import { createApp } from './app.ts'
import { listen } from './listen.ts'
import { createLiveUpdates, type LiveOptions, type ServerLiveUpdates } from './live.ts'
import { withoutLimits } from './no-limits.fixture.ts'
import { secret, test as base } from './server.fixture.ts'

/** Live updates where there is nobody to hear any: a subscription ends after what is true now. */
export const nobodyListens: LiveUpdates = {
  changed() {},
  sessionsEnded() {},
  subscribe: () => ({ async *[Symbol.asyncIterator]() {}, [Symbol.dispose]() {} }),
}

export interface StreamEvent {
  event: string
  data: string
  id: string | undefined
}

/** A client's stream of events, which are asked for one by one. */
export interface EventStream {
  status: number
  headers: Headers
  /** The next one that is neither greeting nor ping; undefined where the stream has ended. */
  next(): Promise<StreamEvent | undefined>
  /** The next one, whatever it is. */
  nextOfAll(): Promise<StreamEvent | undefined>
  cut(): void
}

export async function openStream(
  url: string,
  authorization: string | undefined,
  { lastEventId, input }: { lastEventId?: string; input?: string } = {},
): Promise<EventStream> {
  const cutting = new AbortController()
  const address = new URL('/api/trpc/sync.changes', url)
  if (input !== undefined) address.searchParams.set('input', input)
  const response = await fetch(address, {
    signal: cutting.signal,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  })
  const events = parse(response)

  async function nextOfAll() {
    const { value, done } = await events.next().catch(() => ({ value: undefined, done: true }))
    return done ? undefined : value
  }
  return {
    status: response.status,
    headers: response.headers,
    nextOfAll,
    async next() {
      for (;;) {
        const event = await nextOfAll()
        if (event?.event !== 'connected' && event?.event !== 'ping') return event
      }
    },
    cut: () => cutting.abort(),
  }
}

/** What a stream says first beside its greeting; then it is cut. */
export async function firstEventOf(response: Response): Promise<StreamEvent | undefined> {
  for await (const event of parse(response)) if (event.event !== 'connected') return event
  return undefined
}

async function* parse({ body }: Response): AsyncGenerator<StreamEvent> {
  if (body === null) return
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
      yield { event: field('event') ?? 'message', data: field('data') ?? '', id: field('id') }
    }
  }
}

export interface Node {
  url: string
  live: ServerLiveUpdates
  /** What it said of how it hears of changes, newest last. */
  modes: { mode: 'listening' | 'polling'; reason?: unknown }[]
  /** Resolves as soon as it says so. */
  becomes(mode: 'listening' | 'polling', times?: number): Promise<void>
  close(): Promise<void>
}

/**
 * One server of several. Unless told otherwise it never looks into the database by itself, so what its
 * clients hear came by word alone.
 */
export async function startNode(
  databaseUrl: string,
  options: Partial<LiveOptions> & { silentFor?: number } = {},
): Promise<Node> {
  const never = 2 ** 31 - 1
  const modes: Node['modes'] = []
  const waiting = new Set<() => void>()
  const database = await connect({ url: databaseUrl, max: 4 })
  const server = await listen({ HOST: '127.0.0.1', PORT: 0 })
  const auth = createAuth({ database, secret, baseUrl: server.url })
  const live = createLiveUpdates({
    database,
    url: databaseUrl,
    pollEvery: never,
    lookEvery: never,
    checkSessionsEvery: never,
    findSessions: auth.findLivingSessions,
    onMode(mode, reason) {
      modes.push({ mode, reason })
      for (const check of waiting) check()
    },
    ...options,
  })
  const app = createApp({
    database,
    auth,
    live,
    baseUrl: server.url,
    limits: withoutLimits,
    isReady: () => Promise.resolve(true),
    webDir: undefined,
    silentFor: options.silentFor,
    onUnexpected: (error) => {
      throw error
    },
  })
  server.answer((request, bindings) => app.fetch(request, bindings))

  return {
    url: server.url,
    live,
    modes,
    becomes: (wanted, times = 1) =>
      new Promise((resolve) => {
        const check = () => {
          if (modes.filter(({ mode }) => mode === wanted).length < times) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    async close() {
      live.endSubscriptions()
      await server.drain()
      await live.close()
      await database.end()
    },
  }
}

export async function callOn(url: string, authorization: string, path: string, input: unknown) {
  const response = await fetch(new URL(`/api/trpc/${path}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(input),
  })
  const body = (await response.json()) as { result?: { data: { id: string; revision: number } } }
  if (!body.result) throw new Error(`${path} failed: ${JSON.stringify(body)}`)
  return body.result.data
}

/** Tests with as many servers as they ask for, on one database. */
export const test = base
  .extend('node', async ({ database }, { onCleanup }) => {
    const nodes: Node[] = []
    onCleanup(async () => {
      for (const node of nodes) await node.close()
    })
    return async (options: Parameters<typeof startNode>[1] = {}) => {
      const node = await startNode(database.url, options)
      nodes.push(node)
      return node
    }
  })
  .extend('listeningNode', ({ node }) => async (options: Parameters<typeof startNode>[1] = {}) => {
    const started = await node(options)
    await started.becomes('listening')
    return started
  })

export function create(url: string, authorization: string) {
  return callOn(url, authorization, 'tasks.create', { title: 'Buy milk' })
}

/** The event that says so. */
export function at(revision: number): StreamEvent {
  return { event: 'message', id: String(revision), data: JSON.stringify({ revision }) }
}
