import type { Outputs, Ownlist } from '../../packages/client/src/index.ts'
import type { Ledger } from './worker.ts'

export interface Organizing {
  client: Ownlist
  ledger: Ledger
  /** A task of this worker. */
  taskId: string
  /** A name that nobody else uses. */
  name: () => string
  call: <Answer>(procedure: string, send: () => Promise<Answer>) => Promise<Answer | undefined>
  wrong: (what: string) => void
}

/** Lists, tags, views, comments and a series from their beginning to their end: nothing of them is left. */
export async function organize({ client, ledger, taskId, name, call, wrong }: Organizing): Promise<void> {
  const { lists, tags, views, comments, tasks } = client

  /** One call that changes something, once. */
  async function change<Answer>(
    procedure: string,
    send: () => Promise<Answer>,
    { made = 0, unmade = 0 } = {},
  ): Promise<Answer> {
    const answer = await call(procedure, send)
    if (answer === undefined) throw new Interrupted()
    ledger.revisions++
    ledger.made += made
    ledger.unmade += unmade
    return answer
  }

  async function inLists(): Promise<void> {
    const { id } = await change('lists.create', () => lists.create.mutate({ name: name() }), { made: 1 })
    const list = await change('lists.update', () => lists.update.mutate({ id, name: name() }))
    const moved = await call('lists.reorder', () => lists.reorder.mutate({ id, after: null }))
    // Where it was the first already, nothing changes.
    if (moved && moved.revision !== list.revision) ledger.revisions++
    const task = await change('tasks.move', () => tasks.move.mutate({ id: taskId, listId: id }))
    if (task.listId !== id) wrong(`moved to ${id}, is in ${task.listId}`)
    await change('lists.archive', () => lists.archive.mutate({ id, archived: true }))
    const gone = await change('lists.delete', () => lists.delete.mutate({ id }), { unmade: 1 })
    if (!gone.deleted || gone.tasks !== 1) wrong(`the list's deletion answers ${JSON.stringify(gone)}`)
  }

  async function withTags(): Promise<void> {
    const { id } = await change('tags.create', () => tags.create.mutate({ name: name() }), { made: 1 })
    await change('tags.update', () => tags.update.mutate({ id, name: name() }))
    await change('tasks.update', () => tasks.update.mutate({ id: taskId, addTagIds: [id] }))
    await change('tags.delete', () => tags.delete.mutate({ id }), { unmade: 1 })
  }

  async function asViews(): Promise<void> {
    const filter = { completed: false }
    const { id } = await change('views.create', () => views.create.mutate({ name: name(), filter }), {
      made: 1,
    })
    const view = await change('views.update', () => views.update.mutate({ id, name: name() }))
    const moved = await call('views.reorder', () => views.reorder.mutate({ id, after: null }))
    if (moved && moved.revision !== view.revision) ledger.revisions++
    await change('views.delete', () => views.delete.mutate({ id }), { unmade: 1 })
  }

  async function withComments(): Promise<void> {
    const { id } = await change('comments.create', () => comments.create.mutate({ taskId, body: name() }), {
      made: 1,
    })
    await change('comments.update', () => comments.update.mutate({ id, body: name() }))
    await change('comments.delete', () => comments.delete.mutate({ id }), { unmade: 1 })
  }

  async function inSeries(): Promise<void> {
    const due = { date: '2027-03-01' }
    const recurrence = { rule: 'FREQ=DAILY', basis: 'due' } as const
    const { id } = await change(
      'tasks.create',
      () => tasks.create.mutate({ title: name(), due, recurrence }),
      {
        made: 1,
      },
    )
    const second = await change('tasks.skip', () => tasks.skip.mutate({ id }))
    if (dayOf(second) !== '2027-03-02') wrong(`skipped once, is due on ${dayOf(second)}`)
    const { next } = await change('tasks.detach', () => tasks.detach.mutate({ id }), { made: 1 })
    if (dayOf(next) !== '2027-03-03') wrong(`detached from the second, goes on on ${dayOf(next)}`)
    for (const occurrence of next ? [id, next.id] : [id])
      await change('tasks.delete', () => tasks.delete.mutate({ id: occurrence }), { unmade: 1 })
  }

  try {
    for (const part of [inLists, withTags, asViews, withComments, inSeries]) await part()
  } catch (error) {
    // What failed is in the ledger already, as wrong.
    if (!(error instanceof Interrupted)) throw error
  }
}

function dayOf(task: Outputs['tasks']['get'] | null): string | undefined {
  return task?.due && 'date' in task.due ? task.due.date : undefined
}

class Interrupted extends Error {}
