/**
 * What the procedures need of live updates. How the word gets from one server to another is the
 * server's business, which implements this.
 */
export interface LiveUpdates {
  /** Tells everybody who listens that a user's log has grown. To be called after the commit; costs nothing now. */
  changed(userId: string, revision: number): void
  /** Sessions or tokens of this user may have ended: whoever listens by one of them is cut off. To be called after the commit. */
  sessionsEnded(userId: string): void
  /**
   * The newest revision of a user's log, each time it has changed: whoever reads slowly sees only the newest.
   * Listens from this call on. Ends with the signal, with the session, and when the server stops.
   */
  subscribe(listener: Listener, signal: AbortSignal | undefined): AsyncIterable<number> & Disposable
}

export interface Listener {
  userId: string
  /** The session's or the API token's. */
  sessionId: string
}
