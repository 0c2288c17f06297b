import type { Outputs } from '../../../packages/client/src/index.ts'

export type Task = Outputs['tasks']['get']

/** A task, as far as anything follows from what was done before. */
export interface Row extends Pick<
  Task,
  'id' | 'number' | 'title' | 'description' | 'status' | 'priority' | 'due' | 'position' | 'revision'
> {
  /** The revision that completed it, which stands for the moment. */
  completion: number | null
}

export type State = ReadonlyMap<string, Row>
/** What a revision made of each row that is different after it. */
export type Diff = ReadonlyMap<string, { before: Row | undefined; after: Row | undefined }>

/** A task as the model has it. */
export function rowOf(task: Task, completion: number | null): Row {
  const { id, number, title, description, status, priority, due, position, revision, completedAt } = task
  return {
    id,
    number,
    title,
    description,
    status,
    completion: completedAt === null ? null : completion,
    priority,
    due,
    position,
    revision,
  }
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
