import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientClass, clientConfig, proveAlive, settleTls } from './connection.ts'
import { parseDatabaseUrl } from './url.ts'

export interface ChannelOptions {
  /** The direct URL: through a pooler in transaction mode nothing arrives, which is found out. */
  url: string
  /** The name of the channel, in lower case. */
  name: string
  /** Sends a word on the channel, by another connection than the listening one. */
  send: (payload: string) => Promise<unknown>
  onNotification: (payload: string) => void
  /** Listening begins, or begins again: what happened before must be read. */
  onListening: () => void
  /** Nothing arrives for now, and why; said once until it listens again. */
  onDeaf: (reason: unknown) => void
  /** Milliseconds between signs of life; between attempts where nothing arrives; and after which that is certain. */
  checkEvery?: number
  retryEvery?: number
  deafAfter?: number
}

/** A connection of its own that hears what others say on a channel of PostgreSQL's, and comes back by itself. */
export interface Channel {
  readonly listening: boolean
  end(): Promise<void>
}

/** Notifications do not arrive, though the connection is fine: a pooler stands between. */
class DeafError extends Error {
  override name = 'DeafError'
}

const probePrefix = 'probe '

export function openChannel(options: ChannelOptions): Channel {
  const { checkEvery = 20_000, retryEvery = 60_000, deafAfter = 5_000 } = options
  const ending = new AbortController()
  let listening = false
  let told = false

  async function listenOnce(): Promise<void> {
    const settings = await settleTls(parseDatabaseUrl(options.url))
    ending.signal.throwIfAborted()
    const client = new (clientClass(settings))({
      ...clientConfig(settings),
      application_name: `${settings.applicationName} live`,
    })
    const lost = Promise.withResolvers<never>()
    // Nobody may be waiting at the moment when it is lost.
    lost.promise.catch(() => {})
    client.on('error', lost.reject)
    client.on('end', () => lost.reject(new Error('the connection ended')))
    const arrivals = new Map<string, () => void>()
    client.on('notification', ({ payload = '' }) => {
      if (payload.startsWith(probePrefix)) arrivals.get(payload)?.()
      else if (listening) options.onNotification(payload)
    })
    const close = () => {
      lost.reject(new Error('the channel was closed'))
      void client.end().catch(() => {})
    }
    ending.signal.addEventListener('abort', close)
    let checks: NodeJS.Timeout | undefined
    try {
      // Closed at the wrong moment, a connection that is being made would keep its caller waiting for ever.
      await Promise.race([client.connect(), lost.promise])
      await Promise.race([client.query(`listen ${options.name}`), lost.promise])

      const probe = probePrefix + randomUUID()
      const arrived = new Promise<void>((resolve) => arrivals.set(probe, resolve))
      await Promise.race([options.send(probe), lost.promise])
      await Promise.race([arrived, lost.promise, deafness(deafAfter)])

      listening = true
      told = false
      options.onListening()
      // A network that drops sleeping connections does so in silence.
      checks = setInterval(() => void proveAlive(client).catch(lost.reject), checkEvery).unref()
      await lost.promise
    } finally {
      listening = false
      clearInterval(checks)
      ending.signal.removeEventListener('abort', close)
      close()
    }
  }

  async function keepListening(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted; failures += 1) {
      const began = performance.now()
      const reason = await listenOnce().catch((error: unknown) => error)
      if (ending.signal.aborted) return
      if (!told) options.onDeaf(reason)
      told = true
      if (performance.now() - began > 10_000) failures = 0
      const pause = reason instanceof DeafError ? retryEvery : backoff(failures)
      await sleep(pause, undefined, { signal: ending.signal }).catch(() => {})
    }
  }

  const running = keepListening()
  return {
    get listening() {
      return listening
    },
    async end() {
      ending.abort()
      await running
    },
  }
}

async function deafness(milliseconds: number): Promise<never> {
  await sleep(milliseconds, undefined, { ref: false })
  throw new DeafError('notifications do not arrive: is there a pooler in transaction mode between?')
}

/** 100, 200, 400 ms … 5 s, each somewhere in its upper half. */
function backoff(failures: number): number {
  const most = Math.min(100 * 2 ** failures, 5_000)
  return most / 2 + (Math.random() * most) / 2
}
