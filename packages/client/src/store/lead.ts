import { errorOf, OwnlistError, type FailureReason } from '../errors.ts'
import type { Model } from './model.ts'
import { operationOf, type Queued } from './operation.ts'
import type { Link, PullPage, SyncServer, Timers } from './ports.ts'
import type { Pulled } from './records.ts'
import { eachKind, kinds, type Found, type Kind } from './rows.ts'
import { createWorker } from './worker.ts'

/** What the elected tab needs of its store. */
export interface Led {
  server: SyncServer
  model: Model
  timers: Timers
  random: () => number
  /** The revision that the rows are at. */
  revision(): number | null
  /** The server has it, and said so in these words. */
  acknowledge(operation: Queued, answer: unknown): void
  reject(operation: Queued, error: OwnlistError): Promise<void>
  apply(pulled: Pulled): Promise<void>
  link(change: Partial<Link>): void
}

/** So many changes travel together, where they may. */
const togetherAtMost = 20
const pollEvery = 30_000
/** A stream that lasted so long was a good one: the next is asked for soon. */
const longEnough = 30_000
/** A failure of the server's own is tried again so often; then it is no longer waited for. */
const attemptsAtMost = 10

/** Failures that say nothing of the operation. */
const passing = new Set<FailureReason>([
  'OFFLINE',
  'CANCELLED',
  'UNAUTHENTICATED',
  'DATABASE_UNAVAILABLE',
  'BUSY',
  'RATE_LIMITED',
  'TOO_SLOW',
  'WRITE_CONFLICT',
])

/** What one of a user's tabs does for all of them: delivers the outbox, listens, and pulls. */
export function lead(led: Led, signal: AbortSignal) {
  const { server, model, timers, random } = led
  let listening = false
  let putOff = false
  /** The last that was heard of the server is that it is not there, or not for this user. Nothing is known at first. */
  let away = true
  const attempts = new Map<string, number>()

  const delivery = work(deliver)
  const pulling = work(pull)
  const live = work(listen)

  function work(run: () => Promise<void>) {
    return createWorker({ work: run, failed, settled, timers, random, signal })
  }

  /**
   * One after the other: each may depend on those before it. Those that do not travel together, which halves the work;
   * not many, since each holds a connection to the database while it waits for its turn.
   */
  async function deliver(): Promise<void> {
    let delivered = false
    for (let group = model.next(togetherAtMost); group.length > 0; group = model.next(togetherAtMost)) {
      const sent = group.map((operation) => server.run(operationOf(operation), signal))
      const outcomes = await Promise.allSettled(sent)
      if (signal.aborted) return
      let passed: OwnlistError | undefined
      for (const [at, operation] of group.entries()) {
        const outcome = outcomes[at]
        if (outcome?.status === 'fulfilled') {
          led.acknowledge(operation, outcome.value)
          continue
        }
        const error = errorOf(outcome?.reason)
        if (isFinal(error, operation.opId)) await led.reject(operation, error)
        else passed ??= error
      }
      if (passed) throw passed
      answered(delivery)
      delivered = true
    }
    if (delivered) pulling.start()
  }

  function isFinal({ reason }: OwnlistError, opId: string): boolean {
    if (passing.has(reason)) return false
    if (reason !== 'INTERNAL') return true
    const failures = (attempts.get(opId) ?? 0) + 1
    attempts.set(opId, failures)
    return failures >= attemptsAtMost
  }

  async function pull(): Promise<void> {
    // The end of a delivery asks for a pull, which brings all of its effects at once.
    putOff = delivery.isRunning() && model.pending() > 0
    if (putOff) return
    const acknowledged = model.acknowledged()
    const from = led.revision()
    const pages = await pagesSince(from)
    answered(pulling)
    await led.apply({ from, settled: acknowledged, at: new Date(timers.now()).toISOString(), ...pages })
  }

  /** A whole sequence of pages, so that nobody sees half of one. */
  async function pagesSince(from: number | null) {
    try {
      return await collect(from === null ? {} : { since: from })
    } catch (thrown) {
      const { reason } = errorOf(thrown)
      if (reason !== 'SYNC_TOO_OLD' && reason !== 'CURSOR_INVALID') throw thrown
      return collect({})
    }
  }

  async function collect(first: { since?: number }) {
    const found = eachKind(() => new Map<string, PullPage[Kind][number] | undefined>())
    let page = await server.pull(first, signal)
    const { snapshot: only } = page
    for (;;) {
      for (const kind of kinds) for (const row of page[kind]) found[kind].set(row.id, row)
      // What a newer server keeps beside, this store does not know.
      for (const { entity, id } of page.deleted) found[entity as Kind]?.set(id, undefined)
      if (page.cursor === null) break
      page = await server.pull({ cursor: page.cursor }, signal)
    }
    const put = eachKind((kind) => [...found[kind].values()].filter((row) => row !== undefined)) as Found
    const remove = eachKind((kind) => [...found[kind]].filter(([, row]) => !row).map(([id]) => id))
    return { put, remove, only, revision: page.revision }
  }

  async function listen(): Promise<void> {
    const revision = led.revision()
    let since = Infinity
    const on = {
      connected() {
        listening = true
        since = timers.now()
        // What happened before the stream began; and whether the server knows the user, which a stream does not tell.
        pulling.wake()
      },
      revision(newest: number) {
        if (newest !== led.revision()) pulling.start()
      },
    }
    try {
      await server.changes(revision === null ? undefined : String(revision), on, signal)
    } finally {
      listening = false
      if (timers.now() - since > longEnough) live.calm()
    }
    throw new OwnlistError('OFFLINE', 'The stream of changes has ended.')
  }

  /** The server is there and knows the user: whatever waits for that need not wait longer. */
  function answered(by: unknown): void {
    if (!away) return
    away = false
    led.link({ online: true, signedIn: true })
    for (const worker of [delivery, pulling, live]) if (worker !== by && worker.isPaused()) worker.wake()
  }

  function failed({ reason }: OwnlistError): boolean {
    if (reason === 'UNAUTHENTICATED') led.link({ signedIn: false })
    // Proxies that cut streams leave the rest alone: only other calls tell whether the server is there.
    const isOffline = reason === 'OFFLINE' && (delivery.isPaused() || pulling.isPaused())
    if (isOffline) led.link({ online: false })
    away ||= isOffline || reason === 'UNAUTHENTICATED'
    return reason !== 'UNAUTHENTICATED'
  }

  function settled(): void {
    if (putOff && !delivery.isRunning()) pulling.start()
  }

  let cancelPoll = () => {}
  signal.addEventListener('abort', () => cancelPoll())

  /** Where there is no stream, a pull now and then has to do. */
  function poll(): void {
    if (!listening) pulling.start()
    cancelPoll = timers.after(pollEvery, poll)
  }

  function wake(): void {
    delivery.wake()
    pulling.wake()
    if (!listening) live.wake()
  }

  delivery.start()
  live.start()
  poll()
  return { deliver: () => delivery.start(), pull: () => pulling.start(), wake }
}
