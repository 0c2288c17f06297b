import type { Comment, List, Tag, Task } from '../../../packages/client/src/index.ts'

export type { Task }

/** A task, as far as anything follows from what was done before. */
export interface TaskRow extends Pick<
  Task,
  | 'id'
  | 'number'
  | 'title'
  | 'description'
  | 'status'
  | 'priority'
  | 'due'
  | 'listId'
  | 'parentId'
  | 'tagIds'
  | 'position'
  | 'revision'
> {
  entity: 'tasks'
  /** The revision that completed it, which stands for the moment. */
  completion: number | null
}

interface ListRow extends Pick<List, 'id' | 'name' | 'color' | 'position' | 'revision'> {
  entity: 'lists'
  /** The revision that archived it. */
  archival: number | null
}

interface TagRow extends Pick<Tag, 'id' | 'name' | 'color' | 'revision'> {
  entity: 'tags'
}

interface CommentRow extends Pick<Comment, 'id' | 'taskId' | 'body' | 'revision'> {
  entity: 'comments'
}

export type Row = TaskRow | ListRow | TagRow | CommentRow
export type EntityName = Row['entity']

/** What the server or a client has, of one kind. */
export type Found = { tasks: Task; lists: List; tags: Tag; comments: Comment }

/** Rows of every kind by id: no two share one. */
export type State = ReadonlyMap<string, Row>
/** What a revision made of each row that is different after it. */
export type Diff = ReadonlyMap<string, { before: Row | undefined; after: Row | undefined }>

/** A row as the model has it; `moment` stands for when it was completed or archived, if it was. */
export function rowOf<E extends EntityName>(entity: E, found: Found[E], moment: number | null): Row {
  switch (entity) {
    case 'tasks': {
      const task = found as Task
      const { id, number, title, description, status, priority, due, position, revision } = task
      const { listId, parentId, tagIds, completedAt } = task
      const place = { listId, parentId, tagIds, position, revision }
      const completion = completedAt === null ? null : moment
      return { entity, id, number, title, description, status, completion, priority, due, ...place }
    }
    case 'lists': {
      const { id, name, color, position, archivedAt, revision } = found as List
      return { entity, id, name, color, position, revision, archival: archivedAt === null ? null : moment }
    }
    case 'tags': {
      const { id, name, color, revision } = found as Tag
      return { entity, id, name, color, revision }
    }
    default: {
      const { id, taskId, body, revision } = found as Comment
      return { entity: 'comments', id, taskId, body, revision }
    }
  }
}

/** Which revision stands for when the row was completed or archived. */
export function momentOf(row: Row | undefined): number | null {
  if (row?.entity === 'tasks') return row.completion
  return row?.entity === 'lists' ? row.archival : null
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The row of that kind, if there is one. */
export function rowIn<E extends EntityName>(
  state: State,
  entity: E,
  id: string | null,
): Extract<Row, { entity: E }> | undefined {
  const row = id === null ? undefined : state.get(id)
  return row?.entity === entity ? (row as Extract<Row, { entity: E }>) : undefined
}

export function rowsIn<E extends EntityName>(state: State, entity: E): Extract<Row, { entity: E }>[] {
  return [...state.values()].filter((row): row is Extract<Row, { entity: E }> => row.entity === entity)
}
