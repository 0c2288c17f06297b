import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, errorOf, type Inputs, type Outputs } from '../../packages/client/src/index.ts'
import type { Acknowledged } from './acknowledged.ts'
import type { Random } from './random.ts'
import { Replica, rowOfTask } from './replica.ts'

export type Page = Outputs['sync']['pull']

export interface SubscriberOptions {
  url: string
  token: string | undefined
  acknowledged: Acknowledged
  random: Random
  /** Spoils what is pulled: to see that the campaign would notice. */
  tamper?: ((page: Page) => Page) | undefined
}

/**
 * One of a user's other clients: told by `sync.changes` that there is something new, and by nothing else, it pulls,
 * and reports what it then holds. A stream that is cut is resumed with the last id that it had.
 */
export class Subscriber {
  /** What it held at which revision. */
  readonly reports: { revision: number; fingerprint: string }[] = []
  /** What it was not told, or was told wrongly. */
  readonly holes: string[] = []
  /** How often the stream was resumed. */
  resumed = 0
  /** The revision that it holds. */
  revision = -1
  #name: string
  #options: SubscriberOptions
  #client: ReturnType<typeof createClient>
  #replica = new Replica()
  #lastEventId: string | undefined
  #signal: AbortSignal | undefined

  constructor(name: string, options: SubscriberOptions) {
    this.#name = name
    this.#options = options
    this.#client = createClient({ url: options.url, token: options.token, retries: 0, timeout: 10_000 })
  }

  async follow(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    while (!signal.aborted) {
      try {
        await this.#listen(signal)
      } catch (error) {
        // The servers are killed all the time; what matters is whether it hears of everything in the end.
        if (!signal.aborted && error instanceof HoleError) this.holes.push(`${this.#name}: ${error.message}`)
      }
      await sleep(50)
      if (this.#lastEventId !== undefined) this.resumed++
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { url, token } = this.#options
    const response = await fetch(new URL('/api/trpc/sync.changes', url), {
      headers: {
        accept: 'text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(this.#lastEventId !== undefined && { 'last-event-id': this.#lastEventId }),
      },
      signal,
    })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      return
    }
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const [, id] = /^id: (\d+)$/m.exec(event) ?? []
        if (id === undefined) continue
        const before = Number(this.#lastEventId ?? -1)
        this.#lastEventId = id
        if (Number(id) < before) throw new HoleError(`told of revision ${id} after ${before}`)
        await this.#pull(Number(id))
      }
    }
  }

  async #pull(told: number): Promise<void> {
    if (told <= this.revision) return
    const { acknowledged, random, tamper = (page) => page } = this.#options
    const floor = acknowledged.revision
    const limit = 100 + Math.floor(random() * 1_000)
    const pages: Page[] = []
    let cursor: string | null | undefined
    do {
      const from = cursor ? { cursor } : this.revision < 0 ? {} : { since: this.revision }
      const page = await this.#page({ ...from, limit })
      pages.push(tamper(page))
      cursor = page.cursor
    } while (cursor)

    if (pages[0]?.snapshot) this.#replica.clear()
    for (const { tasks, deleted } of pages) {
      for (const task of tasks) this.#replica.set(task.id, rowOfTask(task))
      for (const { id } of deleted) this.#replica.delete(id)
    }
    const { revision = 0 } = pages.at(-1) ?? {}
    const before = this.revision
    this.revision = revision
    this.reports.push({ revision, fingerprint: this.#replica.fingerprint })
    if (revision < before) throw new HoleError(`pulled revision ${revision} after ${before}`)
    if (revision < told) throw new HoleError(`pulled revision ${revision}, having been told of ${told}`)
    if (revision < floor) throw new HoleError(`pulled revision ${revision}, ${floor} was acknowledged before`)
    acknowledged.seenBy(this.#name, revision)
  }

  /** A page, as soon as somebody answers: where it was cut off, the same again. */
  async #page(input: Inputs['sync']['pull']): Promise<Page> {
    for (;;) {
      try {
        return await this.#client.sync.pull.query(input)
      } catch (error) {
        const { reason } = errorOf(error)
        if (!passing.has(reason)) {
          const known = this.revision
          // A client that starts over loses nothing, whatever it was.
          this.revision = -1
          throw new HoleError(`${reason} for a pull since ${known}`)
        }
        if (this.#signal?.aborted) throw error
        await sleep(50)
      }
    }
  }
}

const passing = new Set(['OFFLINE', 'CANCELLED', 'DATABASE_UNAVAILABLE', 'TOO_SLOW'])

/** Something that no client may ever meet. */
class HoleError extends Error {}
