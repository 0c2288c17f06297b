import type { Listener } from '@ownlist/api'

/** Everybody who listens on this server, by user. Thousands are idle at once, so each is one small object. */
export class Subscribers {
  #users = new Map<string, { revision: number; members: Set<Subscription> }>()
  #size = 0
  #closed = false

  get size(): number {
    return this.#size
  }

  add(listener: Listener, signal: AbortSignal | undefined): Subscription {
    const subscription = new Subscription(listener, () => this.#remove(subscription))
    if (this.#closed || signal?.aborted) {
      subscription.end()
      return subscription
    }
    signal?.addEventListener('abort', () => subscription.end(), { once: true })
    const known = this.#users.get(listener.userId)
    if (known) known.members.add(subscription)
    else this.#users.set(listener.userId, { revision: 0, members: new Set([subscription]) })
    this.#size += 1
    return subscription
  }

  /** What each user's log is known to have come to; 0 where nobody has said yet. */
  revisions(): Map<string, number> {
    return new Map(Array.from(this.#users, ([userId, { revision }]) => [userId, revision]))
  }

  /** A log has grown. */
  grown(userId: string, revision: number): void {
    const user = this.#users.get(userId)
    if (user && revision > user.revision) this.#tell(user, revision)
  }

  /**
   * The database itself was asked, after `knownBefore` was known. Where it is behind that, it was restored
   * to an earlier state: whoever listens has to come again, and finds out what that means.
   */
  settle(userId: string, revision: number, knownBefore: number): void {
    if (revision >= knownBefore) this.grown(userId, revision)
    else for (const member of this.#members(userId)) member.end()
  }

  /** The sessions by which people listen: all, or one user's. */
  sessions(userId?: string): Set<string> {
    const sessions = new Set<string>()
    for (const { sessionId } of this.#members(userId)) sessions.add(sessionId)
    return sessions
  }

  endSessions(sessionIds: ReadonlySet<string>): void {
    for (const member of this.#members()) if (sessionIds.has(member.sessionId)) member.end()
  }

  /** Ends all there are, and all that still come. */
  close(): void {
    this.#closed = true
    for (const member of this.#members()) member.end()
  }

  /** As they are now: members that end are gone from their set. */
  #members(userId?: string): Subscription[] {
    const users = userId === undefined ? [...this.#users.values()] : [this.#users.get(userId)]
    return users.flatMap((user) => [...(user?.members ?? [])])
  }

  #tell(user: { revision: number; members: Set<Subscription> }, revision: number): void {
    user.revision = revision
    for (const member of user.members) member.tell(revision)
  }

  #remove(subscription: Subscription): void {
    const user = this.#users.get(subscription.userId)
    if (!user?.members.delete(subscription)) return
    this.#size -= 1
    if (user.members.size === 0) this.#users.delete(subscription.userId)
  }
}

/** What one client hears: of several numbers that it did not fetch yet, only the newest. */
class Subscription implements AsyncIterableIterator<number>, Disposable {
  readonly userId: string
  readonly sessionId: string
  #onEnd: () => void
  #newest: number | undefined
  #waiting: ((result: IteratorResult<number>) => void) | undefined
  #ended = false

  constructor({ userId, sessionId }: Listener, onEnd: () => void) {
    this.userId = userId
    this.sessionId = sessionId
    this.#onEnd = onEnd
  }

  tell(revision: number): void {
    if (this.#waiting) this.#answer({ value: revision, done: false })
    else this.#newest = revision
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd()
    this.#answer({ value: undefined, done: true })
  }

  async next(): Promise<IteratorResult<number>> {
    if (this.#ended) return { value: undefined, done: true }
    if (this.#newest === undefined) return new Promise((resolve) => (this.#waiting = resolve))
    const value = this.#newest
    this.#newest = undefined
    return { value, done: false }
  }

  async return(): Promise<IteratorResult<number>> {
    this.end()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator]() {
    return this
  }

  [Symbol.dispose]() {
    this.end()
  }

  #answer(result: IteratorResult<number>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(result)
  }
}
