import type { Ownlist } from '../client.ts'
import { newId } from '../ids.ts'
import { electSelf } from './elect.ts'
import { defaultElection, environment, type Environment } from './environment.ts'
import { lead } from './lead.ts'
import { liveValue, type Live } from './live-list.ts'
import { memoryTables } from './memory-tables.ts'
import { createModel } from './model.ts'
import { mutations, type Failure, type MutationInputs, type Wanted } from './operation.ts'
import { forgetOthers } from './others.ts'
import type { Link, Message, SyncServer } from './ports.ts'
import { createQueries, type Queries } from './queries.ts'
import { recordsIn, type Records } from './records.ts'
import { eachKind, type Kind, type Task } from './rows.ts'
import { createReplica, type Made } from './replica.ts'
import { explained } from './storage-errors.ts'
import { syncServer } from './sync-server.ts'

export type StoreOptions = {
  /** Whose tasks they are; one user's are never shown to another. */
  userId: string
  /** The user's own, which says when "today" is. */
  timeZone?: string
  /** The first day of the user's week: 1 is Monday, 7 is Sunday. */
  weekStart?: number
  /** Where the tasks are kept; by default IndexedDB where there is one, else memory. */
  storage?: 'indexeddb' | 'memory'
  /** What the databases' names begin with: stores of one name share what is kept, like tabs of one browser. */
  name?: string
  /** Parts of the surroundings that a test holds in its hands. */
  environment?: Partial<Environment>
} & /** Where the tasks come from and the changes go. */ ({ client: Ownlist } | { server: SyncServer })

/** Of each kind, what can be asked and what can be done. */
type Collections = { [K in Kind]: Queries[K] & Writers[K] }

type Writers = {
  [K in Kind]: { [M in keyof MutationInputs[K]]: (input: MutationInputs[K][M]) => Promise<Made> }
}

export interface Store extends Collections {
  tasks: Collections['tasks'] & {
    /** Brings a deleted task back as it was. */
    restore(task: Task): Promise<Made>
  }
  status: Live<Status>
  /** Sends a change once more that the server has refused. */
  retry(opId: string): Promise<void>
  /** Lets go of a change that the server has refused. */
  dismiss(opId: string): Promise<void>
  /** Tries now what would wait, such as after signing in again. */
  wake(): void
  setTimeZone(timeZone: string): void
  setWeekStart(weekStart: number): void
  /** When what is kept on this device is shown. */
  ready: Promise<void>
  /** Stops, and keeps everything for the next time. Gives how many changes the server does not have yet. */
  close(): Promise<number>
  /** Signing out: nothing of the user stays here, in no tab, and what was not sent is gone. */
  wipe(): Promise<void>
}

export interface Status extends Link {
  /** What is kept on this device is shown. */
  loaded: boolean
  /** How many changes the server does not have yet. */
  pending: number
  /** Changes that the server has refused, oldest first, until they are dismissed or tried again. */
  failures: readonly Failure[]
  /** The state of the server's that the rows stand on; null before the first. */
  revision: number | null
  /** `full`: what the server sends has no room on this device; `memory`: nothing outlasts the page. */
  storage: 'kept' | 'full' | 'memory'
  /** Signed out, here or in another tab. */
  closed: boolean
}

/**
 * The user's tasks on this device: read without waiting, changed at once, delivered in order when the server is
 * there, exactly once, and the same in all tabs.
 *
 * What is shown is what the server has, as last pulled, with the outbox applied on top (model.ts, effects.ts). Both
 * are kept apart (records.ts); a change is kept before it is shown (replica.ts). One tab is elected (elect.ts) to
 * deliver, listen and pull for all (lead.ts). docs/adr/0013-client-store.md says why.
 *
 * Everything outside comes through `environment` and `server`, so a test can drive stores step by step: `server` is
 * three functions; `open` gives tables (wrap `run` to fill the disk: throw a DOMException named
 * QuotaExceededError), `timers` is the only clock, `random` the only chance beside ids, `channel` and `elect` join
 * several stores of one `name` into tabs. A crash is an instance that is dropped: its `server`, `timers`, `channel`
 * and tables never answer again, and its election is passed on. `fake-browser.fixture.ts` does all of this.
 */
export function createStore(options: StoreOptions): Store {
  const { userId, name = 'ownlist' } = options
  const storage = options.storage ?? (typeof indexedDB === 'undefined' ? 'memory' : 'indexeddb')
  const env = { ...environment(storage), ...options.environment }
  const server = 'server' in options ? options.server : syncServer(options.client, userId)
  const databaseName = `${name}.${userId}`
  const ending = new AbortController()
  const { signal } = ending
  let { timeZone = 'UTC', weekStart = 1 } = options
  let kept: Status['storage'] = storage === 'indexeddb' ? 'kept' : 'memory'
  let elect = env.elect
  let leader: ReturnType<typeof lead> | undefined
  let link: Link = { online: true, signedIn: true, lastSyncedAt: null }

  const model = createModel()
  const queries = createQueries(model, () => ({ now: env.timers.now(), timeZone, weekStart }), env.timers)
  const channel = env.channel(databaseName, hear)
  const opened = openRecords()
  const replica = createReplica({ opened, model, timers: env.timers, post: channel.post, changed })
  let status = currentStatus()
  const statusValue = liveValue(() => status)
  const stopWakes = env.wakes(wake)

  async function openRecords(): Promise<Records> {
    const tables = await env
      .open(databaseName, () => void end())
      .catch(() => {
        // A browser that keeps nothing still shows something, for as long as the page lasts.
        kept = 'memory'
        elect = electSelf
        return memoryTables()
      })
    elect ??= defaultElection(tables, env.timers, newId())
    return recordsIn(explained(tables))
  }

  function currentStatus(): Status {
    const { isFull, ...state } = replica.state()
    return {
      ...link,
      ...state,
      lastSyncedAt: link.lastSyncedAt ?? state.lastSyncedAt,
      pending: model.pending(),
      storage: isFull ? 'full' : kept,
      closed: signal.aborted,
    }
  }

  function changed(): void {
    const next = currentStatus()
    const isSame = (Object.keys(next) as (keyof Status)[]).every((key) => next[key] === status[key])
    if (!isSame) {
      status = next
      statusValue.tell()
    }
    if (next.pending > 0) leader?.deliver()
  }

  function setLink(change: Partial<Link>): void {
    const next = { ...link, ...change }
    if ((Object.keys(next) as (keyof Link)[]).every((key) => next[key] === link[key])) return
    link = next
    channel.post({ kind: 'link', link })
    changed()
  }

  function hear(message: Message): void {
    if (signal.aborted) return
    switch (message.kind) {
      case 'wiped':
        return void end()
      case 'hello':
        return leader && channel.post({ kind: 'link', link })
      case 'wake':
        return leader?.wake()
      case 'link':
        if (leader) return
        link = message.link
        return changed()
      case 'rows':
        replica.hear(message.from, message.to, message.ids)
        return void replica.catchUp().catch(ignore)
      case 'outbox':
        return void replica.catchUp().catch(ignore)
    }
  }

  function wake(): void {
    if (leader) return leader.wake()
    channel.post({ kind: 'wake' })
    // A page that slept may have missed what the others said.
    replica.catchUp().catch(ignore)
  }

  /** For as long as this tab is the one that works for all. */
  async function held(lost: AbortSignal): Promise<void> {
    await replica.catchUp()
    if (lost.aborted) return
    leader = lead(
      {
        server,
        model,
        timers: env.timers,
        random: env.random,
        revision: replica.revision,
        acknowledge: replica.acknowledge,
        reject: replica.reject,
        link: setLink,
        async apply(pulled) {
          const done = await replica.apply(pulled)
          if (done) return setLink({ lastSyncedAt: pulled.at })
          await replica.catchUp()
          leader?.pull()
        },
      },
      lost,
    )
    await new Promise((resolve) => lost.addEventListener('abort', resolve, { once: true }))
    leader = undefined
  }

  async function campaign(): Promise<void> {
    await opened
    while (!signal.aborted) {
      try {
        await elect?.(databaseName, held, signal)
      } catch {
        await new Promise<void>((resolve) => void env.timers.after(5_000, resolve))
      }
    }
  }

  /** Nothing is done, shown or held any more. */
  function end(): Promise<void> {
    ending.abort()
    stopWakes()
    // Everything goes out of the lists before they stop looking.
    const last = replica.close()
    queries.stop()
    changed()
    return last
  }

  const ready = replica.catchUp()
  ready.catch(ignore)
  ready.then(() => channel.post({ kind: 'hello' }), ignore)
  campaign().catch(ignore)
  if (storage === 'indexeddb')
    opened.then(() => forgetOthers(`${name}.`, databaseName, env.open)).catch(ignore)

  /** What each kind can be asked, and a function for each of its mutations. */
  const collections = eachKind((kind) => ({
    ...queries.queries[kind],
    ...Object.fromEntries(
      mutations[kind].map((verb) => [
        verb,
        (input: object) => replica.write({ path: `${kind}.${verb}`, input } as Wanted),
      ]),
    ),
  })) as unknown as Collections

  return {
    ...collections,
    tasks: {
      ...collections.tasks,
      restore: (task) =>
        replica.write({ path: 'history.restore', input: { entity: 'tasks', id: task.id }, task }),
    },
    status: statusValue.live,
    retry: (opId) => replica.retry(opId),
    dismiss: (opId) => replica.dismiss(opId),
    wake,
    setTimeZone(zone) {
      timeZone = zone
      queries.retime()
    },
    setWeekStart(day) {
      weekStart = day
      queries.retime()
    },
    ready,
    async close() {
      // A session may end in the moment after a key was pressed.
      await replica.settled()
      const waiting = model.pending()
      await end()
      ;(await opened).close()
      channel.close()
      return waiting
    },
    async wipe() {
      channel.post({ kind: 'wiped' })
      await end()
      await (await opened).destroy()
      channel.close()
    },
  }
}

function ignore(): void {
  // Whoever waits for it hears of it; the next attempt comes by itself.
}
