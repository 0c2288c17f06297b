import type { LiveUpdates } from '@ownlist/api'
import { asAuth, openChannel, type Database } from '@ownlist/db'
import { sql } from 'kysely'
import { Subscribers } from './live-subscribers.ts'
import { decodeWords, encodeWords, type Words } from './live-words.ts'
import { repeat } from './repeat.ts'

export interface LiveOptions {
  database: Database
  /** The direct URL, for the one connection that listens. */
  url: string
  /** Milliseconds between looks into the database where no word of a change arrives. */
  pollEvery: number
  /** The same where it does: for what was written by others than servers. */
  lookEvery?: number
  /** Milliseconds between looks at the sessions of all who listen. */
  checkSessionsEvery?: number
  /** Those of the given sessions that still hold. */
  findSessions: (sessionIds: string[]) => Promise<Set<string>>
  /** Told when it begins to hear of changes at once, and when it has to look for them. */
  onMode?: (mode: 'listening' | 'polling', reason?: unknown) => void
  onError?: (error: unknown) => void
}

export interface ServerLiveUpdates extends LiveUpdates {
  readonly listening: boolean
  readonly subscribers: number
  /** Ends every subscription: the clients go on elsewhere, with the last id that they have. */
  endSubscriptions(): void
  close(): Promise<void>
}

const channelName = 'ownlist_changes'

/**
 * Milliseconds between two words to other servers, in which the next is gathered. NOTIFY is dear: those who
 * commit one wait for each other.
 */
const gatherFor = 25

/**
 * Tells the listeners of this process at once, and other servers by NOTIFY. Nothing is made certain by
 * that: the database is asked after every gap, and now and then anyway.
 */
export function createLiveUpdates({
  database,
  url,
  pollEvery,
  lookEvery = 20_000,
  checkSessionsEvery = 30_000,
  findSessions,
  onMode = () => {},
  onError = () => {},
}: LiveOptions): ServerLiveUpdates {
  const db = asAuth(database)
  const subscribers = new Subscribers()
  const unsaid: Words = { revisions: new Map(), ended: new Set() }
  let saying: NodeJS.Timeout | undefined
  let saidAt = -Infinity

  const notify = (payloads: string[]) =>
    sql`select pg_notify(${channelName}, payload) from unnest(${payloads}::text[]) payload`.execute(db)

  const channel = openChannel({
    url,
    name: channelName,
    send: (payload) => notify([payload]),
    onNotification(payload) {
      const { revisions, ended } = decodeWords(payload)
      for (const [userId, revision] of revisions) subscribers.grown(userId, revision)
      for (const userId of ended) void endSessionsOf(userId)
    },
    onListening() {
      onMode('listening')
      look.soon()
    },
    onDeaf(reason) {
      onMode('polling', reason)
      look.soon()
    },
  })

  const look = repeat(
    async () => {
      const before = subscribers.revisions()
      if (before.size === 0) return
      const { rows } = await sql<{ user_id: string; revision: number }>`
        select user_id, revision from newest_revisions(${[...before.keys()]}::uuid[])`.execute(db)
      const found = new Map(rows.map((row) => [row.user_id, row.revision]))
      for (const [userId, known] of before) subscribers.settle(userId, found.get(userId) ?? 0, known)
    },
    () => (channel.listening ? lookEvery : pollEvery),
    onError,
  )

  const checkSessions = repeat(
    () => endSessionsAmong(subscribers.sessions()),
    () => checkSessionsEvery,
    onError,
  )

  async function endSessionsAmong(sessions: Set<string>): Promise<void> {
    if (sessions.size === 0) return
    const living = await findSessions([...sessions])
    subscribers.endSessions(sessions.difference(living))
  }

  async function endSessionsOf(userId: string): Promise<void> {
    await endSessionsAmong(subscribers.sessions(userId)).catch(onError)
  }

  /** What could not be said is said later: the others look for themselves meanwhile. */
  async function say(): Promise<void> {
    saying = undefined
    saidAt = performance.now()
    const payloads = encodeWords(unsaid)
    unsaid.revisions.clear()
    unsaid.ended.clear()
    if (payloads.length > 0) await notify(payloads).catch(onError)
  }

  function saySoon(): void {
    saying ??= setTimeout(() => void say(), Math.max(0, saidAt + gatherFor - performance.now()))
  }

  return {
    get listening() {
      return channel.listening
    },
    get subscribers() {
      return subscribers.size
    },
    changed(userId, revision) {
      subscribers.grown(userId, revision)
      if (revision > (unsaid.revisions.get(userId) ?? 0)) unsaid.revisions.set(userId, revision)
      saySoon()
    },
    sessionsEnded(userId) {
      void endSessionsOf(userId)
      unsaid.ended.add(userId)
      saySoon()
    },
    subscribe: (listener, signal) => subscribers.add(listener, signal),
    endSubscriptions: () => subscribers.close(),
    async close() {
      subscribers.close()
      clearTimeout(saying)
      await Promise.all([look.stop(), checkSessions.stop(), channel.end(), say()])
    },
  }
}
