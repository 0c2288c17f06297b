import { errorOf, type Live, type Made } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { offerUndo } from '../history/offer.ts'
import { theStore } from '../session/session.ts'
import { notifyFailure } from '../ui/toasts.ts'
import type { NewTask, Task, TaskChange } from './task.ts'
import { siblingsOf } from './tree.ts'

// What is done here is kept on this device before it is shown, and delivered when there is a server. What can go
// wrong at once is that there is no room for it; what the server says later, sync/refused.tsx shows.

/** Adds a task; gives nothing where it could not be kept, which a message has said. */
export function addTask(task: NewTask): Promise<Made | undefined> {
  return saying(`“${short(task)}” was not added`, keep(theStore().tasks.create(task)))
}

/** Throws where it could not be kept, so that forms keep what was typed. */
export function changeTask({ id }: Task, change: TaskChange): Promise<Made> {
  return keep(theStore().tasks.update({ id, ...change }))
}

/** The same for a click or a key, where there is no form to show what went wrong. */
export function applyChange(task: Task, change: TaskChange): Promise<Made | undefined> {
  const again = () => void applyChange(task, change)
  return saying(`“${short(task)}” was not changed`, changeTask(task, change), again)
}

export async function toggleTask(task: Task): Promise<void> {
  if (task.completed) {
    if (await applyChange(task, { status: 'pending' })) announce(`Reopened ${task.title}`)
    return
  }
  const { status } = task
  const done = applyChange(task, { status: 'completed' })
  offerUndo(`Completed “${short(task)}”`, `completed “${short(task)}”`, done, () =>
    applyChange(task, { status }),
  )
  await done
}

export function deleteTask(task: Task): void {
  const { tasks } = theStore()
  const title = `“${short(task)}”`
  const done = saying(`${title} was not deleted`, keep(tasks.delete({ id: task.id })), () => deleteTask(task))
  offerUndo(`Deleted ${title}`, `deleted ${title}`, done, async () => {
    if (await saying(`${title} was not restored`, bringBack(task))) announce(`Restored ${task.title}`)
  })
}

/** Brings back what was deleted, as it was. Throws where that could not be kept. */
export function bringBack(task: Task): Promise<Made> {
  return keep(theStore().tasks.restore(task))
}

let moves: Promise<unknown> = Promise.resolve()

/** Moves a task by one place among those beside it. Keys may come faster than moves are kept: each counts from where the last one led. */
export function moveTask(list: Live<readonly Task[]>, task: Task, by: 1 | -1): void {
  moves = moves.then(() => moveNow(list.get(), task, by))
}

async function moveNow(all: readonly Task[], moved: Task, by: 1 | -1): Promise<void> {
  const task = all.find(({ id }) => id === moved.id)
  if (!task) return
  const tasks = siblingsOf(all, task)
  const to = tasks.findIndex(({ id }) => id === task.id) + by
  if (to < 0 || to >= tasks.length) return
  const after = (by === 1 ? tasks[to] : tasks[to - 1])?.id ?? null
  const done = keep(theStore().tasks.reorder({ id: task.id, after }))
  if (await saying(`“${short(task)}” was not moved`, done))
    announce(`${task.title}: place ${to + 1} of ${tasks.length}`)
}

/** Puts a task below the one above it, or beside the one it is below. */
export function nestTask(list: Live<readonly Task[]>, task: Task, deeper: boolean): void {
  moves = moves.then(() => nestNow(list.get(), task, deeper))
}

async function nestNow(all: readonly Task[], nested: Task, deeper: boolean): Promise<void> {
  const task = all.find(({ id }) => id === nested.id)
  if (!task) return
  const { tasks } = theStore()
  const beside = siblingsOf(all, task)
  const above = deeper ? beside[beside.indexOf(task) - 1] : parentOf(task)
  if (!above) return
  const last = tasks.children(above.id).get().at(-1)
  const to = deeper
    ? { parentId: above.id, after: last?.id ?? above.id }
    : { parentId: above.parentId, after: above.id }
  const words = deeper ? `is now below ${above.title}` : `is now beside ${above.title}`
  if (await saying(`“${short(task)}” was not moved`, keep(tasks.move({ id: task.id, ...to }))))
    announce(`${task.title} ${words}`)
}

function parentOf({ parentId }: Task): Task | undefined {
  return parentId === null ? undefined : theStore().tasks.get(parentId).get()
}

let keeping: Promise<unknown> = Promise.resolve()

/** Waits until all that was changed so far has its place in the history, or cannot get there now. */
export async function changesUnderWay(): Promise<void> {
  await Promise.all([moves, keeping])
  const { status } = theStore()
  await new Promise<void>((resolve) => {
    const end = status.subscribe(check)
    function check() {
      const { pending, online, signedIn, closed } = status.get()
      if (pending > 0 && online && signedIn && !closed) return
      end()
      resolve()
    }
    check()
  })
}

function keep(made: Promise<Made>): Promise<Made> {
  keeping = Promise.allSettled([keeping, made])
  return made
}

async function saying(what: string, made: Promise<Made>, again?: () => void): Promise<Made | undefined> {
  try {
    return await made
  } catch (error) {
    // Whoever has just signed out knows.
    if (errorOf(error).reason !== 'STORE_CLOSED') notifyFailure(what, error, again)
    return undefined
  }
}

function short({ title }: { title: string }): string {
  return title.length > 48 ? `${title.slice(0, 47).trimEnd()}…` : title
}
