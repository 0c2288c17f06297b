import pg from 'pg'
import type { ValueParsers } from './values.ts'

/** Who a statement runs as: the role and the user that row-level security consults. */
export interface Identity {
  role: 'ownlist_app' | 'ownlist_auth'
  userId: string | null
  /** Milliseconds; 0 means none. */
  statementTimeout: number
  lockTimeout: number
}

/** The settings end with the transaction (`true`): nothing of them can reach the next one. */
export const enterScope =
  "select set_config('role', $1, true), set_config('app.user_id', $2, true)," +
  " set_config('statement_timeout', $3, true), set_config('lock_timeout', $4, true)"

export const enterScopeName = 'ownlist_scope'

export function scopeValues(identity: Identity): string[] {
  return [
    identity.role,
    identity.userId ?? '',
    String(identity.statementTimeout),
    String(identity.lockTimeout),
  ]
}

// The parts of pg's connection that a query writes to. They are not public: this file alone touches
// them, its test fails loudly when pg changes them, and `pipelining: false` does without.
interface Wire {
  parse(message: { text: string; name: string }): void
  bind(message: { portal: string; statement: string; values: string[] }): void
  execute(message: { portal: string }): void
}

interface QueryInternals {
  prepare(connection: Wire): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Wire): void
}

const Query = pg.Query as unknown as new (config: object, values?: unknown[]) => pg.Query & QueryInternals

/**
 * One statement inside a scope, in one round trip: the scope's settings and the statement travel
 * under a single Sync, which makes them one implicit transaction. Works on pipelined connections
 * and through poolers in transaction mode.
 */
export class ScopedQuery extends Query {
  #identity: Identity
  #named: boolean
  #entered = false

  constructor(
    identity: Identity,
    statement: { text: string; name: string | undefined; values: readonly unknown[]; types: ValueParsers },
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super({
      text: statement.text,
      name: statement.name,
      values: [...statement.values],
      types: statement.types,
      queryMode: 'extended',
      callback: done,
    })
    this.#identity = identity
    this.#named = statement.name !== undefined
  }

  override prepare(connection: Wire): void {
    // A lane prepares the named form when it opens; without names it travels along each time.
    if (!this.#named) connection.parse({ text: enterScope, name: '' })
    connection.bind({
      portal: '',
      statement: this.#named ? enterScopeName : '',
      values: scopeValues(this.#identity),
    })
    connection.execute({ portal: '' })
    super.prepare(connection)
  }

  override handleDataRow(message: unknown): void {
    if (this.#entered) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (this.#entered) super.handleCommandComplete(message, connection)
    else this.#entered = true
  }
}
