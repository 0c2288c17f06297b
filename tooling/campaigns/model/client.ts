import { errorOf, type Made, type Store } from '../../../packages/client/src/index.ts'
import { fakeBrowser, type Tab } from '../../../packages/client/src/store/fake-browser.fixture.ts'
import { memoryTables } from '../../../packages/client/src/store/memory-tables.ts'
import type { Failure, Queued, Wanted } from '../../../packages/client/src/store/operation.ts'
import type { Tables, Timers } from '../../../packages/client/src/store/ports.ts'
import type { Network } from './network.ts'
import type { EntityName, Found, Task } from './rows.ts'

/** A change that somebody made in a tab, and what the store said of it. */
export interface Write {
  wanted: Wanted
  /** `kept` is the store's promise; `asked` may be or not, since the tab went before it said so. */
  state: 'asked' | 'kept' | 'refused'
  /** Of one tab, what was made later also happens later. */
  tab: number
  opId?: string
  /** Texts that this client had shown by then. */
  seen: number
}

export interface ClientOptions {
  at: number
  userId: string
  network: Network
  timers: Timers
  election: 'locks' | 'lease'
  fault: (words: string) => void
}

export type Client = ReturnType<typeof createClient>

/** A device: one browser with up to two tabs, which share what is kept. */
export function createClient({ at, userId, network, timers, election, fault }: ClientOptions) {
  let tables: Promise<Tables> | undefined
  let tabs: OpenTab[] = []
  const writes: Write[] = []
  /** Texts that any tab has shown, in the order in which they first were. */
  const seen = new Map<string, number>()
  const known = new Map<string, Task>()
  let opened = 0
  const dismissed = new Set<string>()
  let isFull = false
  let fillings = 0
  const browser = fakeBrowser({
    server: network.serverFor(at),
    timers,
    election,
    name: `client ${at}`,
    open: () => (tables ??= memoryTables()),
  })

  function open(): OpenTab {
    const tab = browser.tab(userId)
    const shown = tab.store.tasks.query({ sort: 'position', order: 'asc' })
    const look = () => {
      for (const task of shown.get()) {
        known.set(task.id, task)
        for (const text of [task.title, task.description])
          if (text !== null && !seen.has(text)) seen.set(text, seen.size)
      }
    }
    const { store } = tab
    const found = (): Everything => ({
      tasks: shown.get(),
      lists: store.lists.query().get(),
      tags: store.tags.query().get(),
      comments: shown.get().flatMap(({ id }) => store.comments.query({ taskId: id }).get()),
    })
    const one = { ...tab, shown, found, at: opened++, stop: shown.subscribe(look) }
    tabs.push(one)
    return one
  }

  function drop(tab: OpenTab): void {
    tab.stop()
    tabs = tabs.filter((other) => other !== tab)
  }

  return {
    at,
    writes: writes as readonly Write[],
    dismissed: dismissed as ReadonlySet<string>,
    /** Every task that it has shown, as it last was. */
    known: known as ReadonlyMap<string, Task>,
    seen: seen as ReadonlyMap<string, number>,
    tabs: () => tabs,
    /** The tab that is meant; there is always one. */
    tab: (which: number) => tabs[which % tabs.length] ?? open(),
    open,

    write(tab: OpenTab, wanted: Wanted): void {
      const write: Write = { wanted, state: 'asked', tab: tab.at, seen: seen.size }
      const before = isFull ? -1 : fillings
      writes.push(write)
      const [kind, name] = wanted.path.split('.') as ['tasks', 'update']
      const making: Promise<Made> =
        wanted.path === 'history.restore'
          ? tab.store.tasks.restore(wanted.task)
          : tab.store[kind][name](wanted.input as Parameters<Store['tasks']['update']>[0])
      making.then(
        ({ opId }) => Object.assign(write, { state: 'kept', opId }),
        (error: unknown) => {
          const { reason } = errorOf(error)
          // A tab that is closed may have kept it before it was.
          if (reason === 'STORE_CLOSED') return
          write.state = 'refused'
          if (reason !== 'STORAGE_FULL' || before === fillings)
            fault(`client ${at} could not write: ${reason}`)
        },
      )
    },

    async dismiss(tab: OpenTab, opId: string): Promise<void> {
      await tab.store.dismiss(opId)
      dismissed.add(opId)
    },

    crash(tab: OpenTab): void {
      tab.crash()
      drop(tab)
    },
    close(tab: OpenTab): void {
      drop(tab)
      tab.store.close().catch((error: unknown) => fault(`client ${at} could not close: ${String(error)}`))
    },
    setFull(value: boolean): void {
      isFull = value
      fillings++
      browser.setFull(value)
    },

    /** What is kept on the device, whatever a tab says. */
    async kept(): Promise<{ tasks: Task[]; outbox: Queued[]; failures: Failure[] }> {
      const all = await (tables ??= memoryTables())
      return all.run('readonly', async (access) => ({
        tasks: await access.all('tasks'),
        outbox: await access.all('outbox'),
        failures: await access.all('failures'),
      }))
    },
  }
}

/** Rows of every kind that the campaign is about. */
export type Everything = { readonly [E in EntityName]: readonly Found[E][] }

export interface OpenTab extends Tab {
  /** All tasks, as somebody who looks sees them. */
  shown: { get(): readonly Task[] }
  found(): Everything
  /** Which of all that the client ever opened. */
  at: number
  stop(): void
}
