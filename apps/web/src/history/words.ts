import { sayDue, type Clock } from '../tasks/dates.ts'
import { priorityNames, statusNames, type Due, type Priority, type Status } from '../tasks/task.ts'
import { fieldsOf, reversed, type Change, type Field, type FieldChange, type Revision } from './revision.ts'

const fieldNames: Record<Field, string> = {
  title: 'Title',
  status: 'Status',
  due: 'Due',
  priority: 'Priority',
  description: 'Description',
  position: 'Place in the list',
  number: 'Number',
  completedAt: 'Completed',
  createdAt: 'Created',
}

export function sayField(field: string): string {
  return (fieldNames as Record<string, string>)[field] ?? field
}

/** A field's value as the rest of the app says it. */
export function sayValue({ field, value }: { field: Field; value: unknown }, clock: Clock): string {
  switch (field) {
    case 'status':
      return statusNames[value as Status]
    case 'priority':
      return value ? priorityNames[value as Priority] : 'No priority'
    case 'due':
      return value ? sayDue(value as Due, clock) : 'No date'
    case 'description':
      return typeof value === 'string' && value !== '' ? value : 'No description'
    case 'title':
    case 'position':
    case 'number':
    case 'completedAt':
    case 'createdAt':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : 'None'
  }
}

/** One change in a sentence that needs no further words: Completed “Buy milk”. */
export function sayChange(change: Change, by?: Pick<Told, 'madeAt' | 'actor'>): string {
  const task = quoted(change.title)
  if (change.kind === 'created') return `${isRestored(change, by) ? 'Restored' : 'Added'} ${task}`
  if (change.kind === 'deleted') return `Deleted ${task}`
  const [field, ...others] = withoutPlace(fieldsOf(change))
  if (!field || others.length > 0) return `Changed ${task}`
  return sayFieldChange(field, task)
}

function sayFieldChange({ field, before, after }: FieldChange, task: string): string {
  switch (field) {
    case 'title':
      return `Renamed ${quoted(before as string)} to ${quoted(after as string)}`
    case 'status':
      if (after === 'completed') return `Completed ${task}`
      if (before === 'completed') return `Reopened ${task}`
      return `${after === 'in_progress' ? 'Started' : 'Stopped'} ${task}`
    case 'due':
      if (before === null) return `Gave ${task} a due date`
      return after === null ? `Took the due date off ${task}` : `Changed the due date of ${task}`
    case 'priority':
      return `Changed the priority of ${task}`
    case 'description':
      if (before === null) return `Described ${task}`
      return after === null ? `Removed the description of ${task}` : `Changed the description of ${task}`
    case 'position':
      return `Moved ${task}`
    case 'number':
    case 'completedAt':
    case 'createdAt':
      return `Changed ${task}`
  }
}

type Told = Pick<Revision, 'changes' | 'count' | 'actor'> & { madeAt?: string }

/** All that a revision did, in one line: many changes are summed up. */
export function sayRevision(revision: Told, clock: Clock): string {
  const { changes, count } = revision
  const [first] = changes
  if (!first) return 'Left everything as it was'
  if (count === 1) return sayChange(first, revision)
  const many = `${new Intl.NumberFormat().format(count)} tasks`
  const kinds = new Set(changes.map(({ kind }) => kind))
  if (kinds.size > 1) {
    const numbers = (['created', 'updated', 'deleted'] as const)
      .map((kind) => [changes.filter((one) => one.kind === kind).length, kindNames[kind]] as const)
      .filter(([number]) => number > 0)
      .map(([number, name]) => `${number} ${name}`)
    // Of many more only the first are at hand, and their numbers would mislead.
    return count > changes.length ? `Changed ${many}` : `${many}: ${numbers.join(', ')}`
  }
  if (first.kind === 'created') return `${isRestored(first, revision) ? 'Restored' : 'Added'} ${many}`
  if (first.kind === 'deleted') return `Deleted ${many}`
  return sayAlike(changes, many, clock)
}

/** The same for a revision that takes something back: what it was that it took back. */
export function sayUndone({ changes, count, actor }: Told, clock: Clock): string {
  return inSentence(sayRevision({ changes: changes.map(reversed), count, actor }, clock))
}

/** Within another sentence. */
export function inSentence(words: string): string {
  return words.slice(0, 1).toLowerCase() + words.slice(1)
}

const kindNames = { created: 'added', updated: 'changed', deleted: 'deleted' }

/** Many tasks that all got the same: 12 tasks: priority → High. */
function sayAlike(changes: Change[], many: string, clock: Clock): string {
  const fields = changes.map((change) => fieldsOf(change))
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

/** Who made a revision. */
export function sayWho({ actor, session }: Pick<Revision, 'actor' | 'session'>): string {
  switch (actor) {
    case 'session':
      if (!session) return 'You'
      return session.current ? 'You, on this device' : 'You, on another device'
    case 'token':
      return 'An API token'
    case 'import':
      return 'An import'
    case 'system':
      return 'Ownlist itself'
    case 'database':
      return 'Directly in the database'
  }
}

/** From where: programs of ours by a name that says something. */
export function sayProgram(client: string): string {
  return { web: 'Web app', cli: 'Command line' }[client] ?? client
}

export function quoted(title: string | null): string {
  if (title === null) return 'a task'
  return `“${title.length > 60 ? `${title.slice(0, 59).trimEnd()}…` : title}”`
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
