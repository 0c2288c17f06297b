import type { Task } from './task.ts'

/** A task at its place below others. */
export interface Branch {
  task: Task
  /** 0 stands at the edge. */
  level: number
  /** How many tasks stand below it here, folded up or not. */
  below: number
}

/**
 * The tasks with each one's subtasks right behind it, as far as both are among them; what is below a folded one is
 * left out. Among those that stand side by side the order stays.
 */
export function treeOf(tasks: readonly Task[], folded: ReadonlySet<string>): Branch[] {
  const here = new Set(tasks.map(({ id }) => id))
  const children = Map.groupBy(tasks, ({ parentId }) =>
    parentId !== null && here.has(parentId) ? parentId : null,
  )
  const branches: Branch[] = []
  function put(above: string | null, level: number, shown: boolean): number {
    let count = 0
    for (const task of children.get(above) ?? []) {
      const branch: Branch = { task, level, below: 0 }
      if (shown) branches.push(branch)
      branch.below = put(task.id, level + 1, shown && !folded.has(task.id))
      count += 1 + branch.below
    }
    return count
  }
  put(null, 0, true)
  return branches
}

/** Those that stand side by side with a task, itself among them, in the order of the list. */
export function siblingsOf(tasks: readonly Task[], task: Task): Task[] {
  const here = new Set(tasks.map(({ id }) => id))
  const aboveOf = ({ parentId }: Task) => (parentId !== null && here.has(parentId) ? parentId : null)
  const above = aboveOf(task)
  return tasks.filter((one) => aboveOf(one) === above)
}
