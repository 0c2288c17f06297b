import pg from 'pg'
import { isForgotten, proveAlive } from './connection.ts'
import type { Statement } from './lanes.ts'
import {
  enterScope,
  enterScopeName,
  enterScopeToWrite,
  enterScopeToWriteName,
  scopeValues,
  type Identity,
} from './scoped-query.ts'

/** A transaction on a connection of its own; statements run in the order they are sent. */
export interface OpenTransaction {
  run(statement: Statement): Promise<pg.QueryResult>
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Connections that one transaction has for itself, as long as it runs. */
export class Transactions {
  #pool: pg.Pool
  #options: { sleepCheck: number; named: boolean }
  #openedAt = new WeakMap<pg.PoolClient, number>()
  #usedAt = new WeakMap<pg.PoolClient, number>()
  /** Connections opened before this are not trusted any more: one of them was dead or forgetful. */
  #renewedAt = 0
  #ended: Promise<void> | undefined

  constructor(
    config: pg.PoolConfig,
    options: { sleepCheck: number; named: boolean },
    onError: (error: Error) => void,
  ) {
    this.#options = options
    this.#pool = new pg.Pool(config)
    this.#pool.on('connect', (client) => {
      this.#openedAt.set(client, performance.now())
      // The pool listens to idle connections only: one that breaks while it is checked out tells its
      // statements, and would take the process with it if nobody listened.
      client.on('error', () => {})
    })
    // Without a listener an idle connection that breaks takes the whole process with it.
    this.#pool.on('error', onError)
  }

  usage(): { pool: number; idle: number; waiting: number } {
    return { pool: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  end(): Promise<void> {
    this.#ended ??= this.#pool.end()
    return this.#ended
  }

  /** BEGIN and the scope leave in one go; the first statement does not wait for their answer. */
  async begin(settings: string, identity: Identity): Promise<OpenTransaction> {
    const client = await this.#checkout()
    const { named } = this.#options
    const { origin } = identity
    const entering =
      origin === undefined
        ? { text: enterScope, name: enterScopeName, values: scopeValues(identity) }
        : {
            text: enterScopeToWrite,
            name: enterScopeToWriteName,
            values: [...scopeValues(identity), origin],
          }
    let broken: Error | undefined
    const opening = Promise.all([
      client.query(`begin${settings}`),
      client.query(named ? entering : { text: entering.text, values: entering.values }),
    ])
    opening.catch((error) => this.#distrust(error))

    const release = (error = broken) => {
      this.#usedAt.set(client, performance.now())
      client.release(error)
    }

    return {
      run: async ({ text, name, values, types, rename }) => {
        const query = { text, values: [...values], types, ...(name === undefined ? {} : { name }) }
        const result = client.query(query as pg.QueryConfig)
        result.catch(() => {})
        try {
          // If the scope could not be entered, that is the error to tell, not what followed from it.
          await opening
          const answer = await result
          if (rename) answer.rows = answer.rows.map((row) => renamed(row, rename))
          return answer
        } catch (error) {
          broken ??= this.#distrust(error)
          throw error
        }
      },
      async commit() {
        try {
          const { command } = await client.query('commit')
          if (command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back')
          release()
        } catch (error) {
          release(error instanceof Error ? error : undefined)
          throw error
        }
      },
      async rollback() {
        try {
          await client.query('rollback')
          release()
        } catch (error) {
          // A connection that cannot roll back is thrown away, and PostgreSQL rolls back for it.
          release(error instanceof Error ? error : undefined)
        }
      },
    }
  }

  /** One statement as a transaction. Where the server forgot it, nothing has happened: once more. */
  async run(identity: Identity, statement: Statement): Promise<pg.QueryResult> {
    try {
      return await this.#runOnce(identity, statement)
    } catch (error) {
      if (!isForgotten(error)) throw error
      return this.#runOnce(identity, statement)
    }
  }

  async #runOnce(identity: Identity, statement: Statement): Promise<pg.QueryResult> {
    const transaction = await this.begin('', identity)
    let result: pg.QueryResult
    try {
      result = await transaction.run(statement)
    } catch (error) {
      await transaction.rollback()
      throw error
    }
    await transaction.commit()
    return result
  }

  /** Remembers that what this connection no longer knows, older ones do not know either. */
  #distrust(error: unknown): Error | undefined {
    if (!isForgotten(error)) return undefined
    this.#renewedAt = performance.now()
    return error as Error
  }

  async #checkout(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect()
      const slept = performance.now() - (this.#usedAt.get(client) ?? performance.now())
      try {
        if ((this.#openedAt.get(client) ?? 0) < this.#renewedAt) throw new Error('the connection is outdated')
        if (slept >= this.#options.sleepCheck) {
          await proveAlive(client).catch((error: unknown) => {
            this.#renewedAt = performance.now()
            throw error
          })
        }
        return client
      } catch (error) {
        client.release(error instanceof Error ? error : true)
      }
    }
  }
}

function renamed(row: object, rename: (column: string) => string): object {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [rename(column), value]))
}
