import type { Client, OpenTab } from './client.ts'
import { rowOf, type EntityName, type Found, type Row, type State } from './rows.ts'
import { withWaiting } from './waiting.ts'
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

  const shown = shownIn(tab)
  const heard = outbox.filter((operation) => !isUnheard(operation, client))
  const full = [withWaiting(base, outbox), withWaiting(base, heard)]
  const ids = new Set([...full.flatMap(({ state }) => [...state.keys()]), ...shown.keys()])
  const isRight = (found: string, states: State[], id: string) =>
    states.some((state) => visible(state.get(id)) === found)
  for (const id of ids) {
    const found = visible(shown.get(id))
    if (
      isRight(
        found,
        full.map(({ state }) => state),
        id,
      )
    )
      continue
    // Those at the front that are in it already may be on top of it a while longer, which does no harm.
    const own = outbox.filter((operation) => full.some(({ reach }) => reach.get(operation)?.has(id)))
    const free = own.findIndex(({ opId }) => !has(opId))
    const possible = Array.from({ length: free < 0 ? own.length : free }, (_, from) => {
      const rest = outbox.filter((operation) => !own.slice(0, from + 1).includes(operation))
      return [rest, rest.filter((operation) => heard.includes(operation))]
    }).flat()
    const states = possible.map((operations) => withWaiting(base, operations).state)
    if (!isRight(found, states, id))
      return `at ${revision}: ${found} instead of ${visible(full[0]?.state.get(id))}`
  }
  return undefined
}

function shownIn(tab: OpenTab): Map<string, Row> {
  const all = tab.found()
  return new Map(
    (Object.keys(all) as EntityName[]).flatMap((entity) =>
      all[entity].map((row: Found[EntityName]) => [row.id, rowOf(entity, row, 0)] as const),
    ),
  )
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

/** What people see of a row, but for its place among others, which is guessed until the server has decided. */
function visible(row: Row | undefined): string {
  if (!row) return 'nothing'
  const { revision: _, ...shown } = row
  return JSON.stringify({
    ...shown,
    ...('number' in row && { number: 0, completion: 0 }),
    ...('position' in row && { position: '' }),
    ...('archival' in row && { archival: row.archival !== null }),
  })
}
