import type pg from 'pg'
import { DatabaseUnavailableError, isForgotten, proveAlive } from './connection.ts'
import {
  enterScope,
  enterScopeName,
  scopeValues,
  ScopedQuery,
  sendTogether,
  type Identity,
} from './scoped-query.ts'
import type { ValueParsers } from './values.ts'

export interface LaneLimits {
  /** Lanes open at once, at most. */
  max: number
  /** Milliseconds after which a lane is replaced, so that a moved or resized server is noticed. */
  lifetime: number
  /** Milliseconds of sleep after which a lane proves that it is alive before it is used. */
  sleepCheck: number
  named: boolean
}

export interface Statement {
  text: string
  name: string | undefined
  values: readonly unknown[]
  types: ValueParsers
  /** What a column is called in the rows. */
  rename?: ((column: string) => string) | undefined
}

/** Milliseconds after which a lane counts as held up by a slow statement, and others go around it. */
const slow = 10

interface Lane {
  client: pg.Client
  ready: Promise<unknown>
  openedAt: number
  usedAt: number
  /** When the statement at the head of the line was sent; statements behind it wait for it. */
  headSince: number
  waiting: number
  retired: boolean
}

/**
 * Pipelined connections that every single statement shares: nobody checks one out, many statements
 * are under way on each, and one round trip carries a statement together with its scope. A
 * statement takes an idle lane if there is one, goes around a lane that is held up, and opens a
 * new lane only then.
 */
export class Lanes {
  #lanes: Lane[] = []
  #open: () => pg.Client
  #limits: LaneLimits
  #onError: (error: Error) => void

  constructor(open: () => pg.Client, limits: LaneLimits, onError: (error: Error) => void) {
    this.#open = open
    this.#limits = limits
    this.#onError = onError
  }

  get size(): number {
    return this.#lanes.length
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  }

  async run(identity: Identity, statement: Statement): Promise<pg.QueryResult> {
    for (let forgiven = false; ;) {
      const lane = this.#choose()
      const sentAt = performance.now()
      try {
        return await this.#send(lane, identity, statement)
      } catch (error) {
        // The lane died in its sleep before the statement left, or the server forgot the prepared
        // statement, or its plan no longer fits a migrated table: nothing has happened, because the
        // statement is its own transaction. What is true of one lane is true of all that are as old,
        // so a fresh one is next. A dead lane is gone after each turn; a forgotten statement has one.
        const dead = error instanceof DeadLaneError
        if (!dead && (forgiven || !isForgotten(error))) throw error
        forgiven ||= !dead
        for (const old of this.#lanes) if (old.openedAt <= sentAt) this.#retire(old)
      }
    }
  }

  async end(): Promise<void> {
    const lanes = this.#lanes
    this.#lanes = []
    await Promise.all(lanes.map((lane) => lane.client.end().catch(() => {})))
  }

  async #send(lane: Lane, identity: Identity, statement: Statement): Promise<pg.QueryResult> {
    if (lane.waiting++ === 0) lane.headSince = performance.now()
    try {
      await lane.ready
      sendTogether(lane.client)
      return await new Promise<pg.QueryResult>((resolve, reject) => {
        lane.client.query(
          new ScopedQuery(identity, statement, (error, result) => (error ? reject(error) : resolve(result))),
        )
      })
    } finally {
      lane.waiting--
      lane.usedAt = lane.headSince = performance.now()
      if (lane.retired && lane.waiting === 0) void lane.client.end().catch(() => {})
    }
  }

  #choose(): Lane {
    const now = performance.now()
    let best: Lane | undefined
    for (const lane of this.#lanes) {
      if (now - lane.openedAt > this.#limits.lifetime) {
        this.#retire(lane)
      } else if (lane.waiting === 0) {
        if (now - lane.usedAt > this.#limits.sleepCheck) lane.ready = this.#prove(lane)
        return lane
      } else if (now - lane.headSince < slow && (best === undefined || lane.waiting < best.waiting)) {
        best = lane
      }
    }
    if (best && best.waiting < 16) return best
    if (this.#lanes.length < this.#limits.max) return this.#openLane(now)
    return best ?? this.#lanes.reduce((least, lane) => (lane.waiting < least.waiting ? lane : least))
  }

  #openLane(now: number): Lane {
    const client = this.#open()
    const lane: Lane = {
      client,
      ready: Promise.resolve(),
      openedAt: now,
      usedAt: now,
      headSince: now,
      waiting: 0,
      retired: false,
    }
    client.on('error', (error) => {
      this.#retire(lane)
      this.#onError(error)
    })
    lane.ready = this.#connect(client)
    // Those who wait for the lane hear of a failure; when nobody waits, nobody needs to.
    lane.ready.catch(() => this.#retire(lane))
    this.#lanes.push(lane)
    return lane
  }

  async #connect(client: pg.Client): Promise<void> {
    await client.connect()
    if (!this.#limits.named) return
    const nobody: Identity = { role: 'ownlist_app', userId: null, statementTimeout: 0, lockTimeout: 0 }
    await client.query({ name: enterScopeName, text: enterScope, values: scopeValues(nobody) })
  }

  /** A network that drops sleeping connections does so in silence: ask before trusting one. */
  async #prove(lane: Lane): Promise<void> {
    try {
      await proveAlive(lane.client)
    } catch (cause) {
      this.#retire(lane)
      throw new DeadLaneError('a sleeping connection was dead', { cause })
    }
  }

  #retire(lane: Lane): void {
    if (lane.retired) return
    lane.retired = true
    this.#lanes = this.#lanes.filter((other) => other !== lane)
    if (lane.waiting === 0) void lane.client.end().catch(() => {})
  }
}

class DeadLaneError extends DatabaseUnavailableError {}
