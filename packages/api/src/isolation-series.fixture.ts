import type { Scope } from '@ownlist/db'
import * as nextQueries from './tasks/next.ts'
import type { Task } from './tasks/row.ts'
import * as subtaskQueries from './tasks/series-subtasks.ts'
import * as ofSeries from './tasks/series.ts'

/** Everything that a query can be asked to do to somebody else's task. */
export type Attack = (scope: Scope, task: Target) => Promise<unknown>

/** A task that is there, and one that was. */
export interface Target {
  id: string
  number: number
  deleted: string
  /** The first as its owner sees it: it comes again every day. */
  task: Task
  /** And one of every other kind. */
  list: string
  tag: string
  view: string
  comment: string
}

export const daily = { rule: 'FREQ=DAILY', basis: 'due' } as const

export const seriesQueries = { ...ofSeries, ...nextQueries, ...subtaskQueries }
const queries = seriesQueries
const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris', weekStart: 1 }

export const seriesAttacks: Record<keyof typeof seriesQueries, [what: string, attack: Attack][]> = {
  followChange: [
    [
      'with a rule',
      (scope, { task }) =>
        queries.followChange(scope, task, { recurrence: { ...daily, rule: 'FREQ=YEARLY' } }, clock),
    ],
    [
      'that completes it',
      async (scope, { task }) =>
        (await queries.followChange(scope, { ...task, completed: true }, {}, clock)).next,
    ],
  ],
  followAll: [
    [
      'that completes it',
      (scope, { id }) => queries.followAll(scope, new Set([id]), { completed: true }, clock),
    ],
  ],
  makeNext: [
    [
      'of it',
      async (scope, { task: { id, due, series } }) => {
        if (!series) throw new Error('the task does not come again')
        const carrier = { id, due, recurrence: daily, series }
        const { ended, made } = await queries.makeNext(scope, [carrier], clock, 'completed')
        return [...ended, ...made]
      },
    ],
  ],
  skipOccurrence: [
    ['of it', (scope, { id }) => queries.skipOccurrence(scope, { id }, clock)],
    ['at its revision', (scope, { id }) => queries.skipOccurrence(scope, { id, ifRevision: 1 }, clock)],
  ],
  detachOccurrence: [['of it', (scope, { id }) => queries.detachOccurrence(scope, { id }, clock)]],
  listOccurrences: [
    ['of it', (scope, { task }) => queries.listOccurrences(scope, task.series?.id ?? '', { limit: 100 })],
  ],
  copySubtasks: [
    [
      'of it',
      (scope, { id }) => queries.copySubtasks(scope, [{ from: id, to: crypto.randomUUID(), days: 1 }]),
    ],
  ],
  findSubtasks: [['of it', (scope, { id }) => queries.findSubtasks(scope, [id])]],
  renewSubtasks: [['of it', (scope, { id }) => queries.renewSubtasks(scope, id, 1)]],
}
