import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { AppError, appRouter, asAppError, createCaller, type Context } from '@ownlist/api'
import { getTRPCErrorFromUnknown, getTRPCErrorShape, isTrackedEnvelope } from '@trpc/server'

type Outgoing = HttpBindings['outgoing']

/** Milliseconds of silence after which a stream says that it lives: proxies close what is silent for a minute. */
const silence = 25_000

/** Milliseconds after which a client gives a silent stream up, and after which a stuck client is given up. */
const patience = 60_000

/** Streams of one account at this server: a browser has one for all its tabs or one each, and there are devices. */
const mostOfAccount = 50

const path = 'sync.changes'

type Header = readonly [string, string]

interface Asked {
  /** The headers of the answer, when it is clear who asks. */
  headers: () => Header[]
  signIn: () => Promise<Context>
}

type Who = { failed: false; context: Context } | { failed: true; cause: unknown }

interface Stream {
  userId: string | undefined
  spokeAt: number
  stuckAt: number | undefined
}

/**
 * `sync.changes` as server-sent events, in tRPC's own format. tRPC's own writer takes 60 KB for each
 * client, in seven streams of the web's kind and a timer; this one writes to the socket, and one timer
 * looks after them all.
 */
export function createLiveStreams({ silentFor = silence }: { silentFor?: number | undefined } = {}) {
  const streams = new Map<Outgoing, Stream>()
  const accounts = new Map<string, number>()
  setInterval(keepAlive, Math.min(silentFor / 5, 1_000)).unref()

  /** Spread over time as the clients came, so that thousands are not spoken to in one go. */
  function keepAlive(): void {
    const now = performance.now()
    for (const [outgoing, stream] of streams) {
      if (outgoing.writableNeedDrain) {
        stream.stuckAt ??= now
        if (now - stream.stuckAt > patience) outgoing.destroy()
      } else {
        stream.stuckAt = undefined
        if (now - stream.spokeAt >= silentFor) write(outgoing, 'event: ping\ndata: \n\n')
      }
    }
  }

  function write(outgoing: Outgoing, text: string): boolean {
    const stream = streams.get(outgoing)
    if (stream) stream.spokeAt = performance.now()
    return outgoing.write(text)
  }

  return {
    /**
     * Answers the request until the client goes away or there is nothing more to hear. Whatever goes wrong is told in the
     * stream, where a browser's EventSource hears of it, but for limits: those are there before a stream is.
     *
     * @throws AppError METHOD_REFUSED, RATE_LIMITED
     */
    async answer(request: Request, outgoing: Outgoing, { headers, signIn }: Asked): Promise<Response> {
      if (request.method !== 'GET') throw new AppError('METHOD_REFUSED')
      const gone = new AbortController()
      outgoing.on('close', () => {
        forget(outgoing)
        gone.abort()
      })
      const who = await signIn().then(
        (context): Who => ({ failed: false, context }),
        (cause: unknown): Who => {
          if (asAppError(cause).reason === 'RATE_LIMITED') throw cause
          return { failed: true, cause }
        },
      )
      if (gone.signal.aborted) return RESPONSE_ALREADY_SENT
      keep(outgoing, who.failed ? undefined : who.context.signedIn?.user.id)
      open(outgoing, headers())
      void follow(request, outgoing, who, gone.signal)
      return RESPONSE_ALREADY_SENT
    },
  }

  function keep(outgoing: Outgoing, userId: string | undefined): void {
    if (userId !== undefined) {
      const others = accounts.get(userId) ?? 0
      if (others >= mostOfAccount) throw new AppError('RATE_LIMITED', { retryAfter: patience / 1000 })
      accounts.set(userId, others + 1)
    }
    streams.set(outgoing, { userId, spokeAt: performance.now(), stuckAt: undefined })
  }

  function forget(outgoing: Outgoing): void {
    const userId = streams.get(outgoing)?.userId
    streams.delete(outgoing)
    if (userId === undefined) return
    const others = (accounts.get(userId) ?? 1) - 1
    if (others > 0) accounts.set(userId, others)
    else accounts.delete(userId)
  }

  async function follow(request: Request, outgoing: Outgoing, who: Who, signal: AbortSignal): Promise<void> {
    let input: unknown
    try {
      if (who.failed) throw who.cause
      const { context } = who
      input = inputOf(request)
      const changes = await createCaller(context, { signal }).sync.changes(input as object)
      for await (const change of changes) {
        if (!isTrackedEnvelope(change)) continue
        const [id, data] = change
        if (!write(outgoing, `data: ${JSON.stringify(data)}\nid: ${id}\n\n`)) await drained(outgoing, signal)
      }
    } catch (cause) {
      if (!signal.aborted)
        write(
          outgoing,
          `event: serialized-error\ndata: ${failure(cause, input, who.failed ? undefined : who.context)}\n\n`,
        )
    }
    // Without a word that all is said, which would keep the client from coming back.
    outgoing.end()
  }
}

function open(outgoing: Outgoing, headers: Header[]): void {
  outgoing.writeHead(200, {
    ...Object.fromEntries(headers),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  })
  // Clients that lose a server come back over some seconds, and not all at once.
  const retry = 500 + Math.round(Math.random() * 1_500)
  const client = JSON.stringify({ reconnectAfterInactivityMs: patience })
  outgoing.write(`retry: ${retry}\nevent: connected\ndata: ${client}\n\n`)
}

/** The input as tRPC reads it: from the URL, with the last event's id from wherever it came. */
function inputOf({ url, headers }: Request): unknown {
  const { searchParams } = new URL(url)
  const lastEventId =
    headers.get('last-event-id') ?? searchParams.get('lastEventId') ?? searchParams.get('Last-Event-Id')
  const text = searchParams.get('input')
  let input: unknown
  try {
    input = text === null ? {} : JSON.parse(text)
  } catch (cause) {
    throw new AppError('BAD_JSON', { cause })
  }
  if (lastEventId === null || typeof input !== 'object' || input === null) return input
  return { ...input, lastEventId }
}

function failure(cause: unknown, input: unknown, ctx: Context | undefined): string {
  const error = asAppError(getTRPCErrorFromUnknown(cause))
  return JSON.stringify(
    getTRPCErrorShape({ config: appRouter._def._config, error, type: 'subscription', path, input, ctx }),
  )
}

async function drained(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    outgoing.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
