import pg from 'pg'
import type { Statement } from './lanes.ts'
import type { ValueParsers } from './values.ts'

/** Who a statement runs as: the role and the user that row-level security consults. */
export interface Identity {
  role: 'ownlist_app' | 'ownlist_auth'
  userId: string | null
  /** Who writes, for the log: JSON that the database reads. Transactions only: a single statement never writes. */
  origin?: string | undefined
  /** Milliseconds; 0 means none. */
  statementTimeout: number
  lockTimeout: number
}

/** The settings end with the transaction (`true`): nothing of them can reach the next one. */
export const enterScope =
  "select set_config('role', $1, true), set_config('app.user_id', $2, true)," +
  " set_config('statement_timeout', $3, true), set_config('lock_timeout', $4, true)"

export const enterScopeName = 'ownlist_scope'

export const enterScopeToWrite = `${enterScope}, set_config('app.origin', $5, true)`
export const enterScopeToWriteName = 'ownlist_scope_to_write'

export function scopeValues(identity: Identity): string[] {
  return [
    identity.role,
    identity.userId ?? '',
    String(identity.statementTimeout),
    String(identity.lockTimeout),
  ]
}

// The parts of pg's connection and queries that are used here. They are not public: this file alone
// touches them, its test fails loudly when pg changes them, and `pipelining: false` does without.
interface Wire {
  stream: { cork(): void; uncork(): void }
  parse(message: { text: string; name: string }): void
  bind(message: { portal: string; statement: string; values: string[] }): void
  describe(message: object): void
  execute(message: { portal: string }): void
}

/** What pg works out of a description of rows. */
interface Shape {
  fields: unknown[]
  _parsers: unknown
  _prebuiltEmptyResultObject: unknown
}

type Done = (error: Error | null, result: pg.QueryResult) => void

interface QueryInternals {
  name: string | undefined
  values: unknown[]
  types: ValueParsers
  queryMode: string
  callback: Done
  _accumulateRows: boolean
  _result: Shape & { _types: ValueParsers }
  prepare(connection: Wire): void
  handleRowDescription(message: { fields: { name: string }[] }): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Wire): void
}

const Query = pg.Query as unknown as new (text: string) => pg.Query & QueryInternals

/**
 * One statement inside a scope, in one round trip: the scope's settings and the statement travel
 * under a single Sync, which makes them one implicit transaction. Works on pipelined connections
 * and through poolers in transaction mode.
 */
export class ScopedQuery extends Query {
  #identity: Identity
  #rename: Statement['rename']
  #shapes: Map<string, Shape> | undefined
  #entered = false

  constructor(identity: Identity, statement: Statement, done: Done) {
    // Given as an object, pg would first copy it property by property, which takes longer than all else here.
    super(statement.text)
    this.name = statement.name
    this.values = [...statement.values]
    this.types = this._result._types = statement.types
    this.queryMode = 'extended'
    this.callback = done
    this.#identity = identity
    this.#rename = statement.rename
  }

  override prepare(connection: Wire): void {
    const { name } = this
    // A lane prepares the named form when it opens; without names it travels along each time.
    if (name === undefined) connection.parse({ text: enterScope, name: '' })
    connection.bind({
      portal: '',
      statement: name === undefined ? '' : enterScopeName,
      values: scopeValues(this.#identity),
    })
    connection.execute({ portal: '' })
    if (name === undefined) return super.prepare(connection)

    const { shapes, undescribed } = knowledgeOf(connection)
    this.#shapes = shapes
    const shape = shapes.get(name)
    if (!shape) return super.prepare(connection)
    Object.assign(this._result, shape)
    this._accumulateRows = true
    super.prepare(undescribed)
  }

  override handleRowDescription(message: { fields: { name: string }[] }): void {
    if (this.#rename) for (const field of message.fields) field.name = this.#rename(field.name)
    super.handleRowDescription(message)
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result
    if (this.name !== undefined)
      this.#shapes?.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject })
  }

  override handleDataRow(message: unknown): void {
    if (this.#entered) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (this.#entered) super.handleCommandComplete(message, connection)
    else this.#entered = true
  }
}

/**
 * The rows of a prepared statement keep their shape as long as its connection lives (PostgreSQL refuses to run
 * it otherwise), so the shape is asked for and worked out once.
 */
const knowledge = new WeakMap<Wire, { shapes: Map<string, Shape>; undescribed: Wire }>()

function knowledgeOf(connection: Wire) {
  let known = knowledge.get(connection)
  if (!known) {
    const undescribed = Object.create(connection, { describe: { value() {} } }) as Wire
    knowledge.set(connection, (known = { shapes: new Map(), undescribed }))
  }
  return known
}

/** What one turn of the event loop sends on a connection leaves in one write, and is answered in few. */
export function sendTogether(client: pg.Client): void {
  const { stream } = (client as unknown as { connection: Wire }).connection
  if (gathering.has(stream)) return
  gathering.add(stream)
  stream.cork()
  setImmediate(() => {
    gathering.delete(stream)
    stream.uncork()
  })
}

const gathering = new WeakSet<Wire['stream']>()
