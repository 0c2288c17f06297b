import {
  describeRule,
  dueOf,
  firstOccurrence,
  localOf,
  nextOccurrence,
  parseRule,
  RecurrenceError,
} from '@ownlist/recurrence'
import { randomUUID } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Clock } from './conditions.ts'
import { dayIn, dueToColumns, type DueColumns } from './due.ts'
import type { Task } from './row.ts'
import type { Due, Recurrence } from './schema.ts'

// What the clock on the wall says of a task that comes again: the engine computes occurrences, this says from when on and
// which of them. docs/adr/0026-occurrences.md has the decisions.

/** An open task that carries its series' rule, or carried it until now. */
export type Carrier = Pick<Task, 'id' | 'due'> & {
  [Field in 'recurrence' | 'series']: NonNullable<Task[Field]>
}

/** The columns that say which occurrence of what a task is. */
export interface SeriesColumns {
  recurrence: string
  recurrenceBasis: Recurrence['basis']
  seriesId: string
  seriesStart: string
  occurrence: string
  occurrenceNumber: number
}

/**
 * A rule given to a task, as columns. A task without a date gets the first occurrence from the user's today on, as a
 * day. Where the task carries a rule already its series goes on: the new rule counts from the occurrence that is
 * shown, or from the date given along with the rule, and nothing before it changes.
 *
 * @throws AppError BAD_INPUT with the field, where the rule is none or has no occurrence
 */
export function seriesColumns(
  { rule, basis }: Recurrence,
  task: Pick<Task, 'due' | 'recurrence' | 'series'>,
  given: Due | null | undefined,
  clock: Clock,
): SeriesColumns & DueColumns {
  const due = task.due ?? firstDay(rule, clock)
  const goesOn = task.recurrence !== null && task.series !== null ? task.series : undefined
  const start = goesOn && task.due && !given ? goesOn.occurrence : startOf(due)
  const number = goesOn?.number ?? 1
  const read = readRule(rule, kindOf(start))
  const [, count] = /COUNT=(\d+)/.exec(read) ?? []
  if (basis === 'completion' && count !== undefined && Number(count) < number) {
    throw refused(
      'recurrence.rule',
      `COUNT is for the whole series, and this is number ${number} of it: give more.`,
    )
  }
  return {
    ...dueToColumns(due),
    recurrence: read,
    recurrenceBasis: basis,
    seriesId: goesOn?.id ?? randomUUID(),
    seriesStart: start,
    occurrence: start,
    occurrenceNumber: number,
  }
}

/**
 * What follows an occurrence; undefined where the series has ended. What was missed is passed over: it is never before
 * today. `completed` counts from today where the rule counts from the completion.
 */
export function following(
  { recurrence: { rule, basis }, series, due }: Carrier,
  clock: Clock,
  how: 'completed' | 'passed',
): { occurrence: string; due: Due } | undefined {
  const zone = kindOf(series.occurrence) === 'day' ? undefined : zoneOf(due, clock)
  const today = dayIn(zoneOf(due, clock), clock.now)
  const next = nextOccurrence(
    {
      rule,
      basis,
      seriesStart: series.start,
      occurrence: series.occurrence,
      // On the basis of the schedule COUNT counts from its start, which a change of the rule moves.
      occurrenceNumber: basis === 'due' ? 1 : series.number,
      ...(zone !== undefined && { timeZone: zone }),
    },
    how === 'completed' ? today : undefined,
    today,
  )
  return next && { occurrence: next.occurrence, due: dueOf(next.occurrence, zone) }
}

/** What a rule would bring: its first dates, each one kept, and the rule in words. */
export function preview({ rule: given, basis }: Recurrence, date: Due | undefined, clock: Clock) {
  const due = date ?? firstDay(given, clock)
  const start = startOf(due)
  const rule = readRule(given, kindOf(start))
  const zone = 'timeZone' in due ? { timeZone: due.timeZone } : {}
  const dues = [due]
  let last = { occurrence: start, occurrenceNumber: 1 }
  while (dues.length < 5) {
    const next = nextOccurrence({ rule, basis, seriesStart: start, ...zone, ...last })
    if (!next) break
    dues.push(dueOf(next.occurrence, zone.timeZone))
    last = next
  }
  return { rule, dues, sentence: describeRule(rule, basis) }
}

/** A day of the calendar keeps its distance when what it hangs on moves; so does a time, on the clock on the wall. */
export function shifted(due: Due | null, days: number): Due | null {
  if (due === null) return null
  const [day = '', time] = localOf(due).split('T')
  const moved = Temporal.PlainDate.from(day).add({ days }).toString()
  // Behind the last day that a task can be due on, it stays.
  if (moved.length > 10) return due
  return dueOf(time === undefined ? moved : `${moved}T${time}`, 'timeZone' in due ? due.timeZone : undefined)
}

export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from.slice(0, 10)).until(to.slice(0, 10)).days
}

/** As the clock on the wall says it; undefined where that is outside the calendar of tasks. */
export function scheduleOf(due: Due): string | undefined {
  const local = localOf(due)
  return /^\d{4}-/.test(local) && local >= '0001' ? local : undefined
}

function startOf(due: Due): string {
  const local = scheduleOf(due)
  if (local === undefined) throw refused('due', 'Must be between the years 1 and 9999 in its own time zone.')
  return local
}

function kindOf(local: string): 'day' | 'time' {
  return local.includes('T') ? 'time' : 'day'
}

/** Where its calendar is: a time has its zone, a day is the user's. */
function zoneOf(due: Due | null, clock: Clock): string {
  return due && 'timeZone' in due ? due.timeZone : clock.timeZone
}

function firstDay(rule: string, clock: Clock): Due {
  const found = refusing(() => firstOccurrence(readRule(rule, 'day'), dayIn(clock.timeZone, clock.now)))
  if (found === undefined)
    throw refused('recurrence.rule', 'This rule has no occurrence from today on: give a later UNTIL.')
  return dueOf(found)
}

function readRule(rule: string, kind: 'day' | 'time'): string {
  return refusing(() => parseRule(rule, kind))
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RecurrenceError ? refused('recurrence.rule', error.message) : error
  }
}

/** A field that cannot be used, and what to do. */
export function refused(path: string, message: string): AppError {
  return new AppError('BAD_INPUT', { issues: [{ path, message }] })
}
