import { sayDue, type Clock } from '../tasks/dates.ts'
import { sayRule } from '../tasks/rule-words.ts'
import { priorityNames, statusNames, type Due, type Priority, type Status } from '../tasks/task.ts'
import { nameOf } from './names.ts'
import type { Entity, Field, Revision } from './revision.ts'

const fieldNames: Record<Field, string> = {
  title: 'Title',
  name: 'Name',
  body: 'Comment',
  status: 'Status',
  due: 'Due',
  recurrence: 'Repeats',
  listId: 'List',
  parentId: 'Subtask of',
  tagIds: 'Tags',
  priority: 'Priority',
  description: 'Description',
  color: 'Colour',
  icon: 'Icon',
  archivedAt: 'Archived',
  filter: 'Filter',
  position: 'Place in the list',
  number: 'Number',
  series: 'Series',
  taskId: 'Task',
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
    case 'listId':
      return typeof value === 'string' ? nameOf('lists', value) : 'Inbox'
    case 'parentId':
      return typeof value === 'string' ? nameOf('tasks', value) : 'No other task'
    case 'tagIds':
      return sayTags(value as string[] | null | undefined)
    case 'recurrence':
      return value ? sayRule((value as { rule: string }).rule) : 'Does not repeat'
    case 'archivedAt':
      return value ? 'Yes' : 'No'
    case 'filter':
      return 'Other tasks'
    default:
      return typeof value === 'string' || typeof value === 'number' ? String(value) : 'None'
  }
}

function sayTags(ids: string[] | null | undefined): string {
  if (!ids || ids.length === 0) return 'No tags'
  return new Intl.ListFormat('en', { type: 'unit' }).format(ids.map((id) => nameOf('tags', id)))
}

/** What rows of each kind are called: one of them, and several. */
const nouns: Record<Entity, { one: string; many: string }> = {
  tasks: { one: 'task', many: 'tasks' },
  lists: { one: 'list', many: 'lists' },
  tags: { one: 'tag', many: 'tags' },
  views: { one: 'view', many: 'views' },
  comments: { one: 'comment', many: 'comments' },
}

/** 1 task, 5,000 tasks, 3 things: without a kind, where they are of several. */
export function sayMany(count: number, entity: Entity | undefined): string {
  const { one, many } = entity ? nouns[entity] : { one: 'thing', many: 'things' }
  return count === 1 ? `1 ${one}` : `${new Intl.NumberFormat().format(count)} ${many}`
}

/** The kind that all of them are of. */
export function kindOf(rows: readonly { entity: Entity }[]): Entity | undefined {
  const [first] = rows
  return rows.every(({ entity }) => entity === first?.entity) ? first?.entity : undefined
}

/** Which row it is, within a sentence: “Buy milk”, the list “Home”. Tasks are what all is about and need no kind. */
export function sayRow(entity: Entity, title: string | null): string {
  if (entity === 'tasks') return quoted(title)
  return title === null ? `a ${nouns[entity].one}` : `the ${nouns[entity].one} ${quoted(title)}`
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

/** Within another sentence. */
export function inSentence(words: string): string {
  return words.slice(0, 1).toLowerCase() + words.slice(1)
}
