import { errorOf } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { ownlist } from '../app/client.ts'
import { createStore } from '../app/store.ts'
import { offerUndo } from '../history/offer.ts'
import { notify, notifyFailure } from '../ui/toasts.tsx'
import { clock } from './clock.ts'
import { arrange, dropTask, putTask, refreshLists, refreshStats } from './lists.ts'
import type { Task, TaskChange } from './task.ts'
import type { ListFilter } from './views.ts'

/** Tasks that are gone from the screen and not yet from the server: so long, deleting can be taken back whole. */
export const leaving = createStore<ReadonlySet<string>>(new Set())

/** The newest change of each task; an answer to an older one must not undo it on the screen. */
const latest = new Map<string, symbol>()

/** Shows a change at once, sends it, and takes it back where it fails. Throws, so that forms keep what was typed. */
export async function changeTask(task: Task, { ifRevision, ...change }: TaskChange): Promise<Task> {
  const turn = Symbol(task.id)
  latest.set(task.id, turn)
  putTask(preview(task, change), clock())
  const sending = ownlist.tasks.update.mutate({ id: task.id, ifRevision, ...change })
  underWay.add(sending)
  try {
    const saved = await sending
    if (latest.get(task.id) === turn) putTask(saved, clock())
    return saved
  } catch (error) {
    if (latest.get(task.id) === turn) {
      const { reason, current } = errorOf(error)
      if (reason === 'TASK_NOT_FOUND') dropTask(task.id)
      else putTask(current ?? task, clock())
    }
    throw error
  } finally {
    if (latest.get(task.id) === turn) latest.delete(task.id)
    underWay.delete(sending)
    refreshStats()
  }
}

const underWay = new Set<Promise<unknown>>()

/** Waits until all that was changed so far has its answer, and so its place in the history. */
export async function changesUnderWay(): Promise<void> {
  await Promise.allSettled([...underWay, moves])
}

/** The same for a click or a key, where there is no form to show what went wrong. */
export async function applyChange(task: Task, change: TaskChange): Promise<Task | undefined> {
  try {
    return await changeTask(task, change)
  } catch (error) {
    notifyFailure(`“${short(task)}” was not changed`, error, () => void applyChange(task, change))
    return undefined
  }
}

export async function toggleTask(task: Task): Promise<void> {
  if (task.completed) {
    if (await applyChange(task, { status: 'pending' })) announce(`Reopened ${task.title}`)
    return
  }
  const done = applyChange(task, { status: 'completed' })
  offerUndo(`Completed “${short(task)}”`, `completed “${short(task)}”`, done)
  await done
}

/** Deletes when its toast goes. Until then nothing has happened that could not be taken back exactly. */
export function deleteTask(task: Task): void {
  leaving.set((ids) => new Set(ids).add(task.id))
  let undone = false
  notify({
    title: `Deleted “${short(task)}”`,
    undo() {
      undone = true
      stay(task.id)
      announce(`Restored ${task.title}`)
    },
    onClose() {
      if (!undone) void deleteNow(task)
    },
  })
}

/** Puts a task behind another, or first. Moves happen one after the other, as they were asked for. */
export function moveTask(filter: ListFilter, task: Task, after: string | null, position: string): void {
  arrange(filter, task.id, after)
  announce(position)
  moves = moveAfter(moves, task, after)
}

async function moveAfter(before: Promise<void>, task: Task, after: string | null): Promise<void> {
  await before
  try {
    await ownlist.tasks.reorder.mutate({ id: task.id, after })
  } catch (error) {
    notifyFailure(`“${short(task)}” was not moved`, error)
    refreshLists()
  }
}

let moves: Promise<void> = Promise.resolve()

/** Before signing out: what was deleted is deleted. */
export async function settleDeletions(): Promise<void> {
  await Promise.all(
    Array.from(leaving.get(), (id) => ownlist.tasks.delete.mutate({ id }).catch(() => undefined)),
  )
  leaving.set(() => new Set())
}

// The page goes and the toasts with it. The typed client sends a moment later, which is too late here.
addEventListener('pagehide', () => {
  for (const id of leaving.get()) {
    void fetch('/api/trpc/tasks.delete', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
      keepalive: true,
    })
  }
})

async function deleteNow(task: Task): Promise<void> {
  if (!leaving.get().has(task.id)) return
  try {
    await ownlist.tasks.delete.mutate({ id: task.id })
    dropTask(task.id)
    refreshStats()
  } catch (error) {
    notifyFailure(`“${short(task)}” was not deleted`, error, () => deleteTask(task))
  }
  stay(task.id)
}

function stay(id: string): void {
  leaving.set((ids) => {
    const rest = new Set(ids)
    rest.delete(id)
    return rest
  })
}

/** What the server will make of a change. */
function preview(task: Task, { completed, ...change }: Omit<TaskChange, 'ifRevision'>): Task {
  const status =
    change.status ?? (completed === undefined ? task.status : completed ? 'completed' : 'pending')
  const now = new Date().toISOString()
  return {
    ...task,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    status,
    completed: status === 'completed',
    completedAt: status === 'completed' ? (task.completedAt ?? now) : null,
    updatedAt: now,
  }
}

function short({ title }: Task): string {
  return title.length > 48 ? `${title.slice(0, 47).trimEnd()}…` : title
}
