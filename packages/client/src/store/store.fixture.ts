import { test as base } from 'vitest'
import { fakeBrowser, standingTime } from './fake-browser.fixture.ts'
import { fakeServer } from './fake-server.fixture.ts'
import type { Operation, TaskInputs } from './operation.ts'
import type { Store } from './store.ts'

/** A browser and a server that a test holds in its hands. */
export const test = base
  .extend('time', () => standingTime())
  .extend('server', ({ time }) => fakeServer({ now: time.now }))
  .extend('browser', ({ server, time }) => fakeBrowser({ server: server.server, timers: time }))

export const titles = (store: Store) =>
  store.tasks
    .query({ sort: 'created_at', order: 'asc' })
    .get()
    .map(({ title }) => title)

/** A change that another device makes. */
export function elsewhere(path: 'tasks.create' | 'tasks.update' | 'tasks.delete', input: object): Operation {
  const made = { opId: crypto.randomUUID(), basedOn: 0, madeAt: '2026-11-21T09:00:00Z', position: 'a1' }
  return { path, input: input as TaskInputs['create'], ...made } as Operation
}
