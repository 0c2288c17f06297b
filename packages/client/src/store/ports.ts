import type { Failure, Operation, Queued } from './operation.ts'
import { kinds, type Ids, type RowOf } from './rows.ts'

/** What the store needs of a server; `syncServer` makes it of a client. Failures are thrown as `errorOf` reads them. */
export interface SyncServer {
  pull(input: { since?: number } | { cursor: string }, signal: AbortSignal): Promise<PullPage>
  /**
   * Hears the newest revision whenever it grows, from `lastEventId` on, until the stream ends (resolved or
   * rejected) or the signal does. It is a hint to pull and no more.
   */
  changes(
    lastEventId: string | undefined,
    on: { connected: () => void; revision: (revision: number) => void },
    signal: AbortSignal,
  ): Promise<void>
  /** One mutation. The same `opId` again has no second effect. */
  run(operation: Operation, signal: AbortSignal): Promise<unknown>
}

export type PullPage = { [K in keyof RowOf]: RowOf[K][] } & {
  deleted: { entity: string; id: string }[]
  revision: number
  cursor: string | null
  /** What is not in this sequence of pages is no more. */
  snapshot: boolean
}

/**
 * Tables of records that are kept: IndexedDB in browsers, memory elsewhere. `run` is one transaction: all of it is
 * kept or, where it fails, nothing; write transactions wait for each other, over all tabs. `repeatable` writes need not
 * be forced to the disk: should the power fail, they are as if they had not begun, and can be had again.
 */
export interface Tables {
  run<T>(mode: 'readonly' | 'readwrite' | 'repeatable', work: (tables: TableAccess) => Promise<T>): Promise<T>
  close(): void
  /** Deletes everything, also when other tabs hold it open. */
  destroy(): Promise<void>
}

export interface TableAccess {
  get<N extends TableName>(table: N, key: TableKey): Promise<TableRecords[N] | undefined>
  /** All records in the order of their keys. */
  all<N extends TableName>(table: N): Promise<TableRecords[N][]>
  /** Writes are not awaited one by one: the transaction tells whether they happened. */
  put<N extends TableName>(table: N, key: TableKey, record: TableRecords[N]): void
  remove(table: TableName, key: TableKey): void
  clear(table: TableName): void
}

export type TableName = keyof TableRecords
export type TableKey = string | number
/** Opens the tables of a name; `closed` is told when somebody else deletes them. */
export type OpenTables = (name: string, closed: () => void) => Promise<Tables>

export const tableNames = [...kinds, 'outbox', 'failures', 'meta', 'lease'] as const satisfies TableName[]

interface TableRecords extends RowOf {
  outbox: Queued
  failures: Failure
  meta: Meta
  /** Who is elected, where the browser has no locks. */
  lease: { holder: string; until: number }
}

export const metaKey = 'meta'

/** The one record that says what the tables hold. */
export interface Meta {
  /** The state that the rows are; null before the first pull. */
  revision: number | null
  lastSyncedAt: string | null
  /** Counts the changes of the rows, so that a tab sees whether it missed one. */
  version: number
  lastSeq: number
}

/** Elects one tab of those that ask by the same name: `held` runs while it is elected, until `lost` or `signal`. */
export type Elect = (
  name: string,
  held: (lost: AbortSignal) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>

/** Tells the other tabs of the same name. */
interface Channel {
  post: (message: Message) => void
  close(): void
}
export type OpenChannel = (name: string, hear: (message: Message) => void) => Channel

export type Message =
  /** Rows went from one version to another by these ids; without ids, everything may be different. */
  | { kind: 'rows'; from: number; to: number; ids: Ids | undefined }
  | { kind: 'outbox' }
  /** What only the elected tab knows. */
  | { kind: 'link'; link: Link }
  | { kind: 'hello' }
  /** Asks the elected tab to try again now. */
  | { kind: 'wake' }
  | { kind: 'wiped' }

/** How things stand with the server. */
export interface Link {
  online: boolean
  signedIn: boolean
  lastSyncedAt: string | null
}

/** Time, which tests hold in their hands. */
export interface Timers {
  now: () => number
  /** Gives what cancels it. */
  after(milliseconds: number, run: () => void): () => void
}

/** Whatever makes a new attempt worth while: the network came back, somebody looks at the page again. */
export type Wakes = (wake: () => void) => () => void
