import { errorOf, type OwnlistError } from '@ownlist/client'
import { ownlist, queryClient } from '../app/client.ts'
import { createStore } from '../app/store.ts'
import { meOptions } from '../session/me.ts'
import { clock } from './clock.ts'
import { putTask, refreshStats } from './lists.ts'
import type { NewTask } from './task.ts'

/** A task that was written down and has not reached the server. */
export interface Unsent {
  task: NewTask & { id: string }
  /** Why not, in words for people; undefined while it is under way. */
  problem: string | undefined
}

/** Kept until the server has them, over reloads too: what somebody wrote down must not get lost. */
export const unsent = createStore<Unsent[]>([])

/** Adds a task: it is seen at once and sent at once, and stays until it has arrived. */
export function addTask(task: Omit<NewTask, 'id'>): void {
  const row: Unsent = { task: { ...task, id: crypto.randomUUID() }, problem: undefined }
  unsent.set((rows) => [row, ...rows])
  keep()
  void send(row.task)
}

export function retryUnsent(): void {
  const rows = unsent.get().filter(({ problem }) => problem !== undefined)
  unsent.set((all) => all.map((row) => ({ ...row, problem: undefined })))
  for (const { task } of rows) void send(task)
}

export function discardUnsent(id: string): void {
  unsent.set((rows) => rows.filter(({ task }) => task.id !== id))
  keep()
}

let owner: string | undefined

/** Takes up what an earlier visit could not deliver. */
export function loadUnsent(userId: string): void {
  // After a session that ended by itself, somebody else may sign in.
  if (owner !== userId) unsent.set(() => [])
  owner = userId
  try {
    const stored = JSON.parse(localStorage.getItem(key(userId)) ?? '[]') as Unsent['task'][]
    const known = new Set(unsent.get().map(({ task }) => task.id))
    const rows = stored.filter(({ id }) => !known.has(id)).map((task) => ({ task, problem: undefined }))
    unsent.set((all) => [...all, ...rows])
    for (const { task } of rows) void send(task)
  } catch {
    // Storage may be forbidden or broken; then there is nothing to take up.
  }
}

/** Signing out leaves nothing behind. */
export function forgetUnsent(userId: string): void {
  unsent.set(() => [])
  try {
    localStorage.removeItem(key(userId))
  } catch {
    // Nothing was stored then.
  }
}

async function send(task: Unsent['task']): Promise<void> {
  try {
    const saved = await ownlist.tasks.create.mutate(task)
    putTask(saved, clock())
    discardUnsent(task.id)
    refreshStats()
  } catch (error) {
    const failure = errorOf(error)
    // An earlier attempt arrived and its answer did not.
    if (failure.reason === 'TASK_EXISTS') return arrived(task.id)
    unsent.set((rows) =>
      rows.map((row) => (row.task.id === task.id ? { ...row, problem: explain(failure) } : row)),
    )
  }
}

async function arrived(id: string): Promise<void> {
  try {
    putTask(await ownlist.tasks.get.query({ id }), clock())
  } catch {
    // It is on the server; the next list brings it.
  }
  discardUnsent(id)
  refreshStats()
}

function explain({ message, issues }: OwnlistError): string {
  return issues[0]?.message ?? message
}

function keep(): void {
  const user = queryClient.getQueryData(meOptions.queryKey)
  if (!user) return
  try {
    localStorage.setItem(key(user.id), JSON.stringify(unsent.get().map(({ task }) => task)))
  } catch {
    // Then they last as long as the page.
  }
}

function key(userId: string): string {
  return `ownlist.unsent.${userId}`
}
