import type { Client, OpenTab } from './client.ts'
import { isSame, rowOf, type Row, type State, type Task } from './rows.ts'
import { outcomeOf } from './sequential.ts'
import type { Account } from './server.ts'

/**
 * What a tab shows is a state that the server had, whole, and on top of it everything that this device has made
 * and that is not in it. Gives what is wrong.
 */
export async function faultsOfViews(client: Client, account: Account): Promise<string[]> {
  const { outbox, failures } = await client.kept()
  const settled = new Set([...failures.map(({ opId }) => opId), ...client.dismissed])
  const waiting = new Set(outbox.map(({ opId }) => opId))
  const missing = client.writes.filter(
    ({ state, opId = '' }) =>
      state === 'kept' && !waiting.has(opId) && !settled.has(opId) && !account.executed.has(opId),
  )
  const lost = missing.map(({ opId }) => `client ${client.at} has forgotten ${opId}, which nobody else has`)
  const tabs = client.tabs().map((tab, at) => {
    const wrong = faultOfView(tab, { outbox, settled, client, account })
    return wrong && `client ${client.at}, tab ${at}, shows no state that there was: ${wrong}`
  })
  return [...lost, ...tabs.filter((words) => words !== undefined)]
}

interface Device {
  outbox: Awaited<ReturnType<Client['kept']>>['outbox']
  settled: Set<string>
  client: Client
  account: Account
}

function faultOfView(tab: OpenTab, { outbox, settled, client, account }: Device): string | undefined {
  const { revision } = tab.store.status.get()
  const base = account.model.states[revision ?? 0]
  if (!base) return `revision ${revision}, which there is not`
  const has = (opId: string) => {
    const done = account.executed.get(opId)
    return done !== undefined && (done.revision ?? done.since) <= (revision ?? 0)
  }
  const waiting = new Set(outbox.map(({ opId }) => opId))
  const forgotten = client.writes.find(
    ({ state, opId = '' }) => state === 'kept' && !waiting.has(opId) && !settled.has(opId) && !has(opId),
  )
  if (forgotten) return `at ${revision} without ${forgotten.opId}`

  const full = withWaiting(base, outbox)
  const shown = new Map(tab.shown.get().map((task) => [task.id, task]))
  for (const id of new Set([...full.keys(), ...shown.keys()])) {
    const found = shown.get(id)
    if (found && found.completed !== (found.status === 'completed')) return `${id} is completed and not`
    const own = outbox.filter(({ input }) => ('ids' in input ? input.ids.includes(id) : input.id === id))
    // Those at the front that are in it already may be on top of it a while longer, which does no harm.
    const free = own.findIndex(({ opId }) => !has(opId))
    const possible = Array.from({ length: (free < 0 ? own.length : free) + 1 }, (_, from) => [
      withWaiting(base, own.slice(from)).get(id),
      withWaiting(
        base,
        own.slice(from).filter((operation) => !isUnheard(operation, client)),
      ).get(id),
    ]).flat()
    if (!possible.some((row) => isSame(visible(row), visible(found))))
      return `at ${revision}: ${JSON.stringify(visible(found))} instead of ${JSON.stringify(visible(possible[0]))}`
  }
  return undefined
}

/**
 * A tab that crashed in the middle of keeping a change had promised it to nobody and told nobody: other tabs
 * find it when they next read what is kept.
 */
function isUnheard({ opId, path, input }: Device['outbox'][number], { writes }: Client): boolean {
  if (writes.some((write) => write.opId === opId)) return false
  return writes.some(
    ({ state, wanted }) =>
      state === 'asked' && wanted.path === path && JSON.stringify(wanted.input) === JSON.stringify(input),
  )
}

function withWaiting(base: State, outbox: Device['outbox']): State {
  if (outbox.length === 0) return base
  const state = new Map(base)
  for (const operation of outbox) {
    if (operation.path === 'history.restore') {
      // Only the server knows what it deleted; until it has said so, what was last seen is shown.
      const { task } = operation
      if (!state.has(task.id)) state.set(task.id, rowOf(task, 0))
      continue
    }
    const outcome = outcomeOf(state, operation, { revision: 0, position: '' }, [])
    if ('refused' in outcome) continue
    for (const [id, row] of outcome.rows) {
      if (row) state.set(id, row)
      else state.delete(id)
    }
  }
  return state
}

/** What people see of a task, but for its place among others, which is guessed until the server has decided. */
function visible(task: Row | Task | undefined) {
  return task && [task.id, task.title, task.description, task.status, task.priority, task.due]
}
