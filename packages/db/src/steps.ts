import pg, { type QueryResult } from 'pg'
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
}

/** Begins a transaction of this user for several steps. It keeps a connection until its end, which nobody may forget. */
export async function openSteps(database: Database, userId: string): Promise<Steps> {
  const outer = await reportingAvailability(database.begin('', 'ownlist_app', userId, '{}'))
  let step = 0

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
        // Leaves without waiting for its answer: what goes wrong here goes wrong for the statement after it too.
        outer.run(statement(enterStep(step++, origin))).catch(() => {})
        return {
          run: (one) => outer.run(one),
          // The step after it releases this one, or the commit of them all.
          async commit() {},
          async rollback() {
            // A connection that cannot do even this fails whatever follows, and the commit.
            await outer.run(statement('rollback to savepoint step')).catch(() => {})
          },
        }
      },
    },
    commit: () => reportingAvailability(outer.commit()),
  }
}

/** One message for all of it, without parameters: a step has few other statements. */
function enterStep(step: number, origin: string): string {
  const settings = `set_config('app.step', '${step}', true), set_config('app.origin', ${pg.escapeLiteral(origin)}, true)`
  return `${step > 0 ? 'release savepoint step; ' : ''}savepoint step; select ${settings}`
}

function statement(text: string): Statement {
  return { text, values: [], name: undefined, types: textValues }
}
