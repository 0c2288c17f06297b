/**
 * What the procedures need of live updates. How the word gets from one server to another is the
 * server's business, which implements this.
 */
export interface LiveUpdates {
  /** Tells everybody who listens that a user's log has grown. To be called after the commit; costs nothing now. */
  changed(userId: string, revision: number): void
  /** The newest revision of a user's log, each time it has grown; ends with the signal. */
  subscribe(userId: string, signal: AbortSignal): AsyncIterable<number>
}
