import { z } from 'zod'
import { day, id, instant, line, oneOrMore, revision, text, timeZone } from '../input.ts'

export const taskStatus = z.enum(['pending', 'in_progress', 'completed'])
export const taskPriority = z.enum(['low', 'medium', 'high'])

/** A day has no clock and no zone; an instant has both. They never turn into each other. */
export const due = z.union(
  [z.strictObject({ date: day }), z.strictObject({ dateTime: instant, timeZone })],
  'Must be { date } or { dateTime, timeZone }.',
)

/** A rule of RFC 5545 without DTSTART, and whether the next is counted from the schedule or from the completion. */
export const recurrence = z.strictObject({
  rule: line({ min: 1, max: 500 }),
  basis: z.enum(['due', 'completion']).default('due'),
})

/** A set: the order does not count. */
export const tagIds = z
  .array(id)
  .max(50, 'At most 50 tags on a task.')
  .transform((ids) => [...new Set(ids)].toSorted())

const title = line({ min: 1, max: 200 })
const description = text({ max: 1000 })

/** What a task says of itself, all of it optional: the fields that `update` may change. */
const changes = {
  title: title.optional(),
  description: description.nullable().optional(),
  status: taskStatus.optional(),
  completed: z.boolean().optional(),
  priority: taskPriority.nullable().optional(),
  due: due.nullable().optional(),
  listId: id.nullable().optional(),
  parentId: id.nullable().optional(),
  tagIds: tagIds.optional(),
  /** Without a date the first occurrence is found from today on; null ends it. */
  recurrence: recurrence.nullable().optional(),
}

export const newTask = z
  .strictObject({ ...changes, id: id.optional(), title })
  .refine(isConsistent, { path: ['completed'], message: 'Contradicts status.' })

/** Tags to add or to take away, whatever others there are: two devices that add different tags both win. */
const tagChanges = { addTagIds: tagIds.optional(), removeTagIds: tagIds.optional() }

const tagsAtOdds = { path: ['tagIds'], message: 'Give all tags, or those to add and others to remove.' }

export const taskChange = z
  .strictObject({ ...changes, ...tagChanges, id, ifRevision: revision.optional() })
  .refine(isConsistent, { path: ['completed'], message: 'Contradicts status.' })
  .refine(tagsAgree, tagsAtOdds)
  .refine(({ id: _id, ifRevision: _ifRevision, ...change }) => hasChange(change), {
    message: 'Give at least one field to change.',
  })

/** A task by its id, or by the number that people type (#12). */
export const taskKey = z.union(
  [z.strictObject({ id }), z.strictObject({ number: z.int().min(1).max(2_147_483_647) })],
  'Must be { id } or { number }.',
)

/** A task to act upon, with the revision it was seen at where that matters. */
export const taskRef = z.strictObject({ id, ifRevision: revision.optional() })

const occurrencesPage = {
  limit: z.int().min(1).max(500, 'At most 500 tasks on a page.').default(100),
  cursor: z.string().max(2_000).optional(),
}

/** The occurrences of a series, by one of them or by the series itself. */
export const taskOccurrences = z.union(
  [z.strictObject({ id, ...occurrencesPage }), z.strictObject({ seriesId: id, ...occurrencesPage })],
  'Must be { id } or { seriesId }.',
)

/** A rule that somebody thinks of giving to a task that is due then, or from today on. */
export const taskPreview = z.strictObject({ recurrence, due: due.optional() })

const behindItself = { path: ['after'], message: 'A task cannot go behind itself.' }

/** Puts a task right behind another, or first where `after` is null. */
export const taskReorder = z.strictObject({ id, after: id.nullable() }).refine(isBehindAnother, behindItself)

/**
 * Puts a task into a list (null is the Inbox), under another (null: under none) and behind another, all at once. A
 * subtask stands in its parent's list: under a parent the list is the parent's, whatever is given, and another list
 * without a parent takes the task from under its own. What is below it goes along.
 */
export const taskMove = z
  .strictObject({
    id,
    listId: id.nullable().optional(),
    parentId: id.nullable().optional(),
    after: id.nullable().optional(),
  })
  .refine(isBehindAnother, behindItself)
  .refine(({ id: _id, ...move }) => hasChange(move), { message: 'Give listId, parentId or after.' })

const moment = z.union(
  [day, instant],
  'Must be a day like 2026-11-21 or an instant like 2026-11-21T09:00:00Z.',
)

export const taskSort = z.enum([
  'created_at',
  'updated_at',
  'title',
  'priority',
  'due_date',
  'position',
  'number',
])

/** Which tasks: every condition given must hold. Days mean the user's own time zone. */
const conditions = {
  status: oneOrMore(taskStatus, 3).optional(),
  completed: z.boolean().optional(),
  priority: oneOrMore(taskPriority.nullable(), 4).optional(),
  due: z
    .union(
      [
        // `by_today`: today and before.
        z.enum(['today', 'by_today', 'upcoming', 'week', 'overdue', 'none']),
        z
          .strictObject({ before: moment.optional(), after: moment.optional() })
          .refine(hasChange, { message: 'Give before, after or both.' }),
      ],
      "Must be 'today', 'by_today', 'upcoming', 'week', 'overdue', 'none' or { before, after }.",
    )
    .optional(),
  q: line({ min: 1, max: 200 }).optional(),
  /** null is the Inbox. */
  listId: oneOrMore(id.nullable(), 100).optional(),
  /** null: tasks that are nobody's subtask. */
  parentId: id.nullable().optional(),
  tagIds: z
    .union(
      [
        z.literal('none'),
        z.strictObject({ any: tagIds.pipe(z.array(id).min(1)) }),
        z.strictObject({ all: tagIds.pipe(z.array(id).min(1)) }),
      ],
      "Must be 'none', { any: [...] } or { all: [...] }.",
    )
    .optional(),
}

export const taskFilter = z
  .strictObject({
    ...conditions,
    sort: taskSort.default('created_at'),
    order: z.enum(['asc', 'desc']).default('desc'),
    limit: z.int().min(1).max(500, 'At most 500 tasks on a page.').default(100),
    offset: z.int().min(0).max(1_000_000).optional(),
    cursor: z.string().max(2_000).optional(),
    /** Also count all tasks that match. */
    total: z.boolean().default(false),
    /** Also give the tasks above those found, where they are not on the page themselves. */
    withAncestors: z.boolean().default(false),
    /** Also count the direct subtasks of each. */
    withProgress: z.boolean().default(false),
  })
  .refine(({ offset, cursor }) => offset === undefined || cursor === undefined, {
    path: ['offset'],
    message: 'Give offset or cursor, not both.',
  })

/** What a saved view keeps: which tasks, and in which order. */
export const viewFilter = z.strictObject({
  ...conditions,
  sort: taskSort.optional(),
  order: z.enum(['asc', 'desc']).optional(),
})

/**
 * One change to many tasks at once, by their ids or by a filter (its order means nothing here): the fields of
 * `update` that make sense for many, or deletion. `confirm` is how many tasks somebody saw the filter match.
 */
export const taskBulk = z
  .strictObject({
    ids: z
      .array(id)
      .min(1)
      .max(1000, 'At most 1,000 tasks at once.')
      .refine((ids) => new Set(ids).size === ids.length, { message: 'Each id may be given once.' })
      .optional(),
    filter: viewFilter.optional(),
    confirm: z.int().min(0).max(1000, 'At most 1,000 tasks at once.').optional(),
    change: z.union(
      [
        z.strictObject({ delete: z.literal(true) }),
        z
          .strictObject({
            status: changes.status,
            completed: changes.completed,
            priority: changes.priority,
            due: changes.due,
            listId: changes.listId,
            parentId: changes.parentId,
            tagIds: changes.tagIds,
            ...tagChanges,
          })
          .refine(isConsistent, { path: ['completed'], message: 'Contradicts status.' })
          .refine(tagsAgree, tagsAtOdds)
          .refine(hasChange, { message: 'Give at least one field to change.' }),
      ],
      'Must be { delete: true } or the fields to change.',
    ),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    path: ['ids'],
    message: 'Give ids or a filter.',
  })
  .refine(({ filter, confirm }) => confirm === undefined || filter !== undefined, {
    path: ['confirm'],
    message: 'Only a filter is confirmed.',
  })

export const taskSearch = z.strictObject({
  q: line({ min: 1, max: 200 }),
  limit: z.int().min(1).max(100).default(20),
})

export type Due = z.output<typeof due>
export type Recurrence = z.output<typeof recurrence>
export type NewTask = z.output<typeof newTask>
export type TaskChange = z.output<typeof taskChange>
export type TaskKey = z.output<typeof taskKey>
export type TaskRef = z.output<typeof taskRef>
export type TaskMove = z.output<typeof taskMove>
export type TaskOccurrences = z.output<typeof taskOccurrences>
export type TaskBulk = z.output<typeof taskBulk>
export type ViewFilter = z.output<typeof viewFilter>
export type TaskFilter = z.output<typeof taskFilter>
export type TaskSort = z.output<typeof taskSort>
export type TaskSearch = z.output<typeof taskSearch>

function isConsistent({
  status,
  completed,
}: {
  status?: string | undefined
  completed?: boolean | undefined
}) {
  return status === undefined || completed === undefined || completed === (status === 'completed')
}

function tagsAgree({
  tagIds: all,
  addTagIds: added = [],
  removeTagIds: removed = [],
}: {
  tagIds?: string[] | undefined
  addTagIds?: string[] | undefined
  removeTagIds?: string[] | undefined
}) {
  return all === undefined
    ? !added.some((tag) => removed.includes(tag))
    : added.length === 0 && removed.length === 0
}

function isBehindAnother(move: { id: string; after?: string | null | undefined }) {
  return move.after !== move.id
}

function hasChange(change: object): boolean {
  return Object.values(change).some((value) => value !== undefined)
}
