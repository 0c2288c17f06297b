/** What a user's clients were told is kept, and how long until the user's other clients had it. */
export class Acknowledged {
  /** The newest revision of which somebody was told. */
  revision = 0
  /** Writes that were answered with success. */
  writes = 0
  /** Milliseconds from the answer to a write until another client held it, at most. */
  slowest = 0
  #since = new Map<string, { revision: number; at: number }[]>()

  constructor(subscribers: string[]) {
    for (const name of subscribers) this.#since.set(name, [])
  }

  write(revision: number): void {
    this.writes++
    this.revision = Math.max(this.revision, revision)
    for (const waiting of this.#since.values()) waiting.push({ revision, at: performance.now() })
  }

  seenBy(name: string, revision: number): void {
    const waiting = this.#since.get(name) ?? []
    for (const one of waiting) {
      if (one.revision <= revision) this.slowest = Math.max(this.slowest, performance.now() - one.at)
    }
    this.#since.set(
      name,
      waiting.filter((one) => one.revision > revision),
    )
  }
}
