import type { DB, Scope } from '@ownlist/db'
import { sql, type ExpressionBuilder, type ExpressionWrapper, type RawBuilder, type SqlBool } from 'kysely'
import { dayIn, edgeOfDay, nextDay, weekOf } from './due.ts'
import type { TaskFilter } from './schema.ts'
import { containing, type Found } from './text.ts'

/** When and where the user is: what "today" and "this week" depend on. */
export interface Clock {
  now: Date
  timeZone: string
  /** The day on which the user's weeks begin: 1 is Monday, 7 is Sunday. */
  weekStart: number
}

/** The part of a filter that says which tasks, and not in what order. */
export type Conditions = Pick<
  TaskFilter,
  'status' | 'completed' | 'priority' | 'due' | 'q' | 'listId' | 'parentId' | 'tagIds'
> & {
  /** What the search for `q` found: see `searched`. */
  found?: Found | undefined
}

type Condition = RawBuilder<SqlBool>

const ranks = { high: 3, medium: 2, low: 1 } as const

/** The user's own tasks for which every given condition holds. */
export function matches(
  eb: ExpressionBuilder<DB, 'tasks'>,
  { userId }: Scope,
  { status, completed, priority, due, q, found, listId, parentId, tagIds }: Conditions,
  clock: Clock,
) {
  const all: ExpressionWrapper<DB, 'tasks', SqlBool>[] = [eb('userId', '=', userId)]
  const add = (condition: Condition) => all.push(eb.and([condition]))

  if (status) add(sql`status = any(${status}::text[])`)
  // Spelled out: a prepared statement's plan does not see that a parameter is false, nor so the index of open tasks.
  if (completed !== undefined) add(completed ? sql`completed` : sql`not completed`)
  if (priority)
    add(sql`priority_rank = any(${priority.map((name) => (name === null ? 0 : ranks[name]))}::smallint[])`)
  if (due !== undefined) add(isDue(due, clock))
  if (q !== undefined) add(containing(q, found))
  if (listId) add(isIn(listId))
  if (parentId !== undefined) add(parentId === null ? sql`parent_id is null` : sql`parent_id = ${parentId}`)
  if (tagIds !== undefined) add(isTagged(tagIds))
  return eb.and(all)
}

/** A day is over when the user's next day begins; an instant is over at once. Done is never overdue. */
export function overdue({ now, timeZone }: Clock): Condition {
  const today = edgeOfDay(dayIn(timeZone, now), timeZone)
  return sql`not completed and ${falls('<', { ...today, instant: now.toISOString() })}`
}

export function dueToday({ now, timeZone }: Clock): Condition {
  const today = dayIn(timeZone, now)
  const from = edgeOfDay(today, timeZone)
  const to = edgeOfDay(nextDay(today), timeZone)
  return sql`${falls('>=', from)} and ${falls('<', to)}`
}

/** Today or before, as long ago as may be. */
function dueByToday({ now, timeZone }: Clock): Condition {
  return falls('<', edgeOfDay(nextDay(dayIn(timeZone, now)), timeZone))
}

/** Any day after today. */
export function upcoming({ now, timeZone }: Clock): Condition {
  return falls('>=', edgeOfDay(nextDay(dayIn(timeZone, now)), timeZone))
}

/** The seven days of the user's week that today is one of, those that have passed too. */
export function dueThisWeek({ now, timeZone, weekStart }: Clock): Condition {
  const { from, to } = weekOf(dayIn(timeZone, now), weekStart)
  return sql`${falls('>=', edgeOfDay(from, timeZone))} and ${falls('<', edgeOfDay(to, timeZone))}`
}

function isIn(lists: (string | null)[]): Condition {
  const named = lists.filter((list) => list !== null)
  if (named.length === 0) return sql`list_id is null`
  const [only] = named
  const among = named.length === 1 ? sql`list_id = ${only}` : sql`list_id = any(${named}::uuid[])`
  return named.length === lists.length ? sql`${among}` : sql`(list_id is null or ${among})`
}

function isTagged(wanted: NonNullable<Conditions['tagIds']>): Condition {
  if (wanted === 'none') return sql`tag_ids = '{}'`
  return 'any' in wanted ? sql`tag_ids && ${wanted.any}::uuid[]` : sql`tag_ids @> ${wanted.all}::uuid[]`
}

function isDue(wanted: NonNullable<Conditions['due']>, clock: Clock): Condition {
  if (wanted === 'none') return sql`due_date is null`
  if (wanted === 'today') return dueToday(clock)
  if (wanted === 'by_today') return dueByToday(clock)
  if (wanted === 'overdue') return overdue(clock)
  if (wanted === 'upcoming') return upcoming(clock)
  if (wanted === 'week') return dueThisWeek(clock)

  const { before, after } = wanted
  const bounds: Condition[] = []
  if (before !== undefined) {
    bounds.push(isDay(before) ? falls('<', edgeOfDay(before, clock.timeZone)) : sql`due_date < ${before}`)
  }
  // After a day means after all of it.
  if (after !== undefined) {
    bounds.push(
      isDay(after) ? falls('>=', edgeOfDay(nextDay(after), clock.timeZone)) : sql`due_date > ${after}`,
    )
  }
  return sql.join(bounds, sql` and `)
}

/** Days and instants each against their own edge; `due_order` first, whose index bounds what is read. */
function falls(operator: '<' | '>=', edge: { day: string; instant: string }): Condition {
  const [first = '', last = ''] = [edge.day, edge.instant].toSorted((a, b) => Date.parse(a) - Date.parse(b))
  const each = sql`case when due_all_day then ${edge.day}::timestamptz else ${edge.instant}::timestamptz end`
  return operator === '<'
    ? sql`due_order < ${last}::timestamptz and due_date < ${each}`
    : sql`due_order >= ${first}::timestamptz and due_date >= ${each}`
}

function isDay(moment: string): boolean {
  return moment.length === 10
}
