import type { Clock } from '../tasks/dates.ts'
import { quotedName } from './names.ts'
import { fieldsOf, reversed, type Change, type Entity, type FieldChange, type Revision } from './revision.ts'
import { inSentence, kindOf, quoted, sayField, sayMany, sayRow, sayValue } from './words.ts'

type Told = Pick<Revision, 'changes' | 'count' | 'actor'> & { madeAt?: string }

/** Lists are created, tasks are added: how each kind comes into being. */
const begins: Record<Entity, string> = {
  tasks: 'Added',
  lists: 'Created',
  tags: 'Created',
  views: 'Saved',
  comments: 'Commented',
}

/** One change in a sentence that needs no further words: Completed “Buy milk”. */
export function sayChange(change: Change, by?: Pick<Told, 'madeAt' | 'actor'>): string {
  const { entity, kind, title } = change
  const row = entity === 'comments' ? sayComment(change) : sayRow(entity, title)
  if (kind === 'created') {
    if (isRestored(change, by)) return `Restored ${row}`
    return entity === 'comments' ? `Commented${onTask(change)}` : `${begins[entity]} ${row}`
  }
  if (kind === 'deleted') return `Deleted ${row}`
  const [field, ...others] = withoutPlace(fieldsOf(change))
  if (!field) return `Changed ${row}`
  // Of what one thing brings about, that one is said.
  if (
    field.field === 'status' &&
    field.after === 'completed' &&
    others.every((one) => one.field === 'recurrence')
  )
    return `Completed ${row}`
  if (others.length > 0) return `Changed ${row}`
  if (field.field === 'title' || field.field === 'name')
    return `Renamed ${sayRow(entity, field.before as string)} to ${quoted(field.after as string)}`
  return sayFieldChange(field, row)
}

function sayComment(change: Change): string {
  const on = onTask(change)
  return on === '' ? `the comment ${quoted(change.title)}` : `a comment${on}`
}

/** The log says on which task where the comment came or went; it never moves to another. */
function onTask({ before, after }: Change): string {
  const id = after?.taskId ?? before?.taskId
  return id === undefined ? '' : ` on ${quotedName('tasks', id)}`
}

function sayFieldChange({ field, before, after }: FieldChange, row: string): string {
  switch (field) {
    case 'status':
      if (after === 'completed') return `Completed ${row}`
      if (before === 'completed') return `Reopened ${row}`
      return `${after === 'in_progress' ? 'Started' : 'Stopped'} ${row}`
    case 'due':
      if (before === null) return `Gave ${row} a due date`
      return after === null ? `Took the due date off ${row}` : `Changed the due date of ${row}`
    case 'description':
      if (before === null) return `Described ${row}`
      return after === null ? `Removed the description of ${row}` : `Changed the description of ${row}`
    case 'recurrence':
      if (before === null) return `Made ${row} repeat`
      return after === null ? `Ended the repetition of ${row}` : `Changed how ${row} repeats`
    case 'listId':
      return `Moved ${row} to ${typeof after === 'string' ? quotedName('lists', after, 'the list ') : 'the Inbox'}`
    case 'parentId':
      return typeof after === 'string'
        ? `Made ${row} a subtask of ${quotedName('tasks', after)}`
        : `Made ${row} a task of its own`
    case 'tagIds':
      return sayTagging(before as string[], after as string[], row)
    case 'archivedAt':
      return `${after === null ? 'Unarchived' : 'Archived'} ${row}`
    case 'filter':
      return `Changed which tasks ${row} shows`
    case 'body':
      return `Changed ${row}`
    case 'position':
      return `Moved ${row}`
    case 'priority':
    case 'color':
    case 'icon':
      return `Changed the ${inSentence(sayField(field))} of ${row}`
    default:
      return `Changed ${row}`
  }
}

function sayTagging(before: string[], after: string[], row: string): string {
  const name = (ids: string[]) => new Intl.ListFormat('en').format(ids.map((id) => quotedName('tags', id)))
  const added = after.filter((id) => !before.includes(id))
  const removed = before.filter((id) => !after.includes(id))
  const what = (ids: string[]) => (ids.length === 1 ? 'tag' : 'tags')
  if (removed.length === 0) return `Tagged ${row} with ${name(added)}`
  if (added.length === 0) return `Took the ${what(removed)} ${name(removed)} off ${row}`
  return `Changed the tags of ${row}`
}

/** All that a revision did, in one line: many changes are summed up. */
export function sayRevision(revision: Told, clock: Clock): string {
  const { changes, count } = revision
  const [first] = changes
  if (!first) return 'Left everything as it was'
  if (count === 1) return sayChange(first, revision)
  const led = sayLed(revision)
  if (led !== undefined) return led
  const many = sayMany(count, kindOf(changes))
  const kinds = new Set(changes.map(({ kind }) => kind))
  if (kinds.size > 1) {
    const numbers = (['created', 'updated', 'deleted'] as const)
      .map((kind) => [changes.filter((one) => one.kind === kind).length, kindNames[kind]] as const)
      .filter(([number]) => number > 0)
      .map(([number, name]) => `${number} ${name}`)
    // Of many more only the first are at hand, and their numbers would mislead.
    return count > changes.length ? `Changed ${many}` : `${many}: ${numbers.join(', ')}`
  }
  if (first.kind === 'created')
    return `${isRestored(first, revision) ? 'Restored' : begins[kindOf(changes) ?? 'tasks']} ${many}`
  if (first.kind === 'deleted') return `Deleted ${many}`
  return sayAlike(changes, many, clock)
}

/** The same for a revision that takes something back: what it was that it took back. */
export function sayUndone({ changes, count, actor }: Told, clock: Clock): string {
  return inSentence(sayRevision({ changes: changes.map(reversed), count, actor }, clock))
}

const kindNames = { created: 'added', updated: 'changed', deleted: 'deleted' }

/**
 * Where one thing was done and the rest followed from it, that one is said: a list that went with its tasks, a task
 * with all that hung on it, an occurrence that was followed by the next.
 */
function sayLed(revision: Told): string | undefined {
  const { changes, count } = revision
  const leader = leaderOf(changes, count)
  if (!leader) return undefined
  const words = sayChange(leader, revision)
  const rest = changes.filter((change) => change !== leader)
  if (leader.entity === 'tasks' && leader.kind === 'updated') return `${words}, which comes again`
  if (rest.length === 0) return words
  const entity = count > changes.length ? undefined : kindOf(rest)
  const others =
    entity === 'tasks' && leader.entity === 'tasks'
      ? `${count - 1} ${count === 2 ? 'subtask' : 'subtasks'}`
      : sayMany(count - 1, entity)
  return rest.every(({ kind }) => kind === leader.kind)
    ? `${words}, with ${others}`
    : `${words}, and changed ${others}`
}

function leaderOf(changes: Change[], count: number): Change | undefined {
  const organizers = changes.filter(({ entity }) => entity !== 'tasks' && entity !== 'comments')
  if (organizers.length > 0) return organizers.length === 1 ? organizers[0] : undefined
  if (count > changes.length) return undefined
  const done = changes.filter(({ after, before }) => after?.status === 'completed' && before?.recurrence)
  if (done.length === 1)
    return changes.every((one) => one === done[0] || one.kind === 'created') ? done[0] : undefined
  // Deleted or brought back as a whole: only the topmost hangs on nothing that is in here.
  if (new Set(changes.map(({ kind }) => kind)).size !== 1 || changes[0]?.kind === 'updated') return undefined
  const here = new Set(changes.map(({ id }) => id))
  const topmost = changes.filter(({ before, after }) => {
    const above = (before ?? after)?.parentId ?? (before ?? after)?.taskId
    return above == null || !here.has(above)
  })
  return topmost.length === 1 ? topmost[0] : undefined
}

/** Many rows that all got the same: 12 tasks: priority → High. */
function sayAlike(changes: Change[], many: string, clock: Clock): string {
  const fields = changes.map((change) => withoutPlace(fieldsOf(change)))
  const [first = []] = fields
  if (fields.every((one) => one.length === 1 && one[0]?.field === 'position')) return `Moved ${many}`
  const alike = (a: FieldChange[]) => JSON.stringify(a.map(({ field, after }) => [field, after]))
  if (first.length === 0 || fields.some((one) => alike(one) !== alike(first))) return `Changed ${many}`
  if (first.length === 1 && first[0]?.field === 'status' && first[0].after === 'completed')
    return `Completed ${many}`
  const words = first.map(
    ({ field, after }) => `${inSentence(sayField(field))} → ${sayValue({ field, value: after }, clock)}`,
  )
  return `${many}: ${words.join(', ')}`
}

/** A place between others says nothing beside what else was changed. */
function withoutPlace(fields: FieldChange[]): FieldChange[] {
  const rest = fields.filter(({ field }) => field !== 'position')
  return rest.length > 0 ? rest : fields
}

/** What is brought back keeps the time at which it was first made. Imports may bring theirs along. */
export function isRestored({ after }: Change, by: Pick<Told, 'madeAt' | 'actor'> | undefined): boolean {
  if (!by?.madeAt || by.actor === 'import' || !after?.createdAt) return false
  return Date.parse(by.madeAt) - Date.parse(after.createdAt) > 5_000
}
