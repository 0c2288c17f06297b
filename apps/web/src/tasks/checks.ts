import type { OwnlistError } from '@ownlist/client'
import type * as Schemas from './schemas.ts'
import type { NewTask, TaskChange } from './task.ts'

type Issues = OwnlistError['issues']

let schemas: typeof Schemas | undefined

/** The server's own rules, fetched once the page stands: nobody waits for them before they can type. */
export async function loadChecks(): Promise<void> {
  schemas = await import('./schemas.ts')
}

/** What the server would refuse, said at once. Without the rules at hand the server says it itself. */
export function issuesOfNew(task: NewTask): Issues {
  return issuesOf(schemas?.newTask.safeParse(task))
}

export function issuesOfChange(id: string, change: TaskChange): Issues {
  return issuesOf(schemas?.taskChange.safeParse({ id, ...change }))
}

export function issuesOfComment(comment: { taskId: string; body: string }): Issues {
  return issuesOf(schemas?.newComment.safeParse(comment))
}

function issuesOf(
  result: { error?: { issues: { path: PropertyKey[]; message: string }[] } } | undefined,
): Issues {
  return result?.error?.issues.map(({ path, message }) => ({ path: path.join('.'), message })) ?? []
}
