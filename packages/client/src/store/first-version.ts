import { metaKey, type TableAccess } from './ports.ts'
import type { Task } from './rows.ts'

/** What tasks did not have yet when databases had their first form. */
const unknown: Partial<Task> = { recurrence: null, series: null, listId: null, parentId: null, tagIds: [] }

/**
 * What a database of the first form holds, in the second: tasks that can be shown until the next pull brings
 * everything anew, and every change that was not delivered.
 */
export async function upgradeFromFirst(access: TableAccess): Promise<void> {
  const [tasks, outbox, failures, meta] = await Promise.all([
    access.all('tasks'),
    access.all('outbox'),
    access.all('failures'),
    access.get('meta', metaKey),
  ])
  for (const task of tasks) access.put('tasks', task.id, { ...unknown, ...task })
  for (const one of outbox) access.put('outbox', one.seq, completed(one))
  for (const one of failures) access.put('failures', one.opId, completed(one))
  if (meta) access.put('meta', metaKey, { ...meta, revision: null, version: meta.version + 1 })
}

/** An operation that brings a task back has the whole of it. */
function completed<T extends object>(operation: T): T {
  return 'task' in operation ? { ...operation, task: { ...unknown, ...(operation.task as Task) } } : operation
}
