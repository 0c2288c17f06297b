import type { QueryResult } from 'pg'
import type { Database } from './connect.ts'
import type { Statement } from './lanes.ts'
import { reportingAvailability } from './scope.ts'
import { textValues } from './values.ts'

/** One transaction whose parts take effect, or fail, each by itself, and are committed together. */
export interface Steps {
  /**
   * To `asUser` a database like any other: each of its transactions is a step, with a revision of its own. One at a
   * time, and of this user alone.
   */
  database: Database
  /** Waits for the disk once for all steps. Where it fails, none has happened. */
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** Begins a transaction of this user for several steps. It keeps a connection until its end, which nobody may forget. */
export async function openSteps(database: Database, userId: string): Promise<Steps> {
  const outer = await reportingAvailability(database.begin('', 'ownlist_app', userId, '{}'))
  let step = 0

  /** Leaves without waiting for its answer: what goes wrong here goes wrong for the statement after it too. */
  function send(...parts: Parameters<typeof statement>): void {
    outer.run(statement(...parts)).catch(() => {})
  }

  function assertOwn(role: string, asked: string | null): void {
    if (role !== 'ownlist_app' || asked !== userId) throw new TypeError('these steps are of another user')
  }

  return {
    database: {
      ...database,
      async run(single, role, asked): Promise<QueryResult> {
        assertOwn(role, asked)
        return outer.run(single)
      },
      async begin(_settings, role, asked, origin = '') {
        assertOwn(role, asked)
        step++
        send('savepoint step')
        send(enterStep, [String(step), origin], database.named ? 'ownlist_step' : undefined)
        return {
          run: outer.run,
          async commit() {
            send('release savepoint step')
          },
          async rollback() {
            // A connection that cannot do even this fails whatever follows, and the commit.
            await outer.run(statement('rollback to savepoint step')).catch(() => {})
          },
        }
      },
    },
    commit: () => reportingAvailability(outer.commit()),
    rollback: outer.rollback,
  }
}

const enterStep = "select set_config('app.step', $1, true), set_config('app.origin', $2, true)"

function statement(text: string, values: readonly string[] = [], name?: string): Statement {
  return { text, values, name, types: textValues }
}
