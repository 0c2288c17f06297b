import { OwnlistError } from '../../../packages/client/src/index.ts'
import type { Operation } from '../../../packages/client/src/store/operation.ts'
import type { SyncServer } from '../../../packages/client/src/store/ports.ts'
import { count, type Counts } from './counts.ts'
import type { Account, Sent } from './server.ts'

/** What becomes of something that is on its way. A request that nobody waits for any more may still arrive. */
export const moves = [
  /** A request arrives and is answered; the answer is on its way. */
  'arrive',
  /** A request arrives and its answer, too; or an answer arrives, or a hint. */
  'pass',
  /** It never arrives, and the client hears that there is no connection. */
  'lose',
  /** It is done, and the answer is lost. */
  'lose answer',
  /** The client waits no longer, and it is still on its way. */
  'time out',
  /** It arrives once more, some time. */
  'duplicate',
  /** The server says that it is not now. */
  'refuse',
  /** A pull is told to start over; a mutation passes. */
  'too old',
] as const

export type Move = (typeof moves)[number]

interface Parcel {
  client: number
  name: string
  kind: 'request' | 'answer' | 'hint'
  /** Executes the request, or hands over. */
  arrive(): Promise<unknown>
  /** Who waits for it. */
  caller?: { resolve(value: unknown): void; reject(error: unknown): void } | undefined
  listener?: Listener
}

interface Listener {
  client: number
  on: { connected(): void; revision(revision: number): void }
  end(error: Error): void
}

export type Network = ReturnType<typeof createNetwork>

/** Everything that is between the clients and the server, held in the hands of whoever makes it move. */
export function createNetwork(
  account: Account,
  { say, counts }: { say: (line: string) => void; counts: Counts },
) {
  let parcels: Parcel[] = []
  const listeners = new Set<Listener>()
  const offline = new Set<number>()
  const signedOut = new Set<number>()
  const pageSizes = new Map<number, number>()

  account.listeners.add(() => {
    for (const listener of listeners) hint(listener)
  })

  /** One is enough: it is asked for the newest revision when it arrives. */
  function hint(listener: Listener): void {
    if (parcels.some((parcel) => parcel.listener === listener)) return
    parcels.push({
      client: listener.client,
      name: 'hint',
      kind: 'hint',
      listener,
      async arrive() {
        if (!listeners.has(listener)) return
        count(counts, 'hints')
        listener.on.revision(account.model.revision())
      },
    })
  }

  function send<T>(client: number, name: string, work: () => Promise<T>): Promise<T> {
    if (offline.has(client)) return Promise.reject(refusal('OFFLINE'))
    return new Promise<unknown>((resolve, reject) => {
      parcels.push({
        client,
        name,
        kind: 'request',
        arrive: () => {
          if (signedOut.has(client)) return Promise.reject(refusal('UNAUTHENTICATED'))
          return work()
        },
        caller: { resolve, reject },
      })
    }) as Promise<T>
  }

  /** A mutation, by whatever way. */
  function mutate(sent: Sent): Promise<unknown> {
    return send(sent.client, `${sent.path} ${sent.opId.slice(-6)}`, () => account.execute(sent))
  }

  function serverFor(client: number): SyncServer {
    return {
      run: ({ path, input, opId, basedOn }: Operation) =>
        mutate({ path, input, opId, basedOn, client } as Sent),
      pull: (input) =>
        send(client, `pull ${JSON.stringify(input)}`, () =>
          account.pull(client, input, pageSizes.get(client) ?? 2_500),
        ),
      changes: (lastEventId, on, signal) =>
        new Promise((resolve, reject) => {
          if (offline.has(client)) return reject(refusal('OFFLINE'))
          if (signedOut.has(client)) return reject(refusal('UNAUTHENTICATED'))
          const listener = { client, on, end: reject }
          listeners.add(listener)
          signal.addEventListener('abort', () => {
            listeners.delete(listener)
            resolve()
          })
          on.connected()
          if (String(account.model.revision()) !== lastEventId) hint(listener)
        }),
    }
  }

  async function move(how: Move, parcel: Parcel): Promise<void> {
    const { caller, kind, name, client } = parcel
    say(
      `  network: ${how} ${kind} of client ${client}: ${name}${caller || kind === 'hint' ? '' : ' (nobody waits)'}`,
    )
    if (how === 'duplicate') {
      if (kind !== 'request' || name.startsWith('pull')) return
      count(counts, 'requests duplicated')
      parcels.push({ ...parcel, caller: undefined })
      return
    }
    if (how === 'time out') {
      if (kind !== 'request' || !caller) return
      count(counts, 'requests timed out')
      parcel.caller = undefined
      return caller.reject(refusal('OFFLINE'))
    }
    parcels = parcels.filter((other) => other !== parcel)
    if ((how === 'lose' && kind === 'request') || (how.startsWith('lose') && kind === 'answer')) {
      count(counts, kind === 'request' ? 'requests lost' : 'answers lost')
      return caller?.reject(refusal('OFFLINE'))
    }
    if (how === 'refuse' && kind === 'request') return caller?.reject(refusal('DATABASE_UNAVAILABLE'))
    if (how === 'too old' && name.startsWith('pull')) return caller?.reject(refusal('SYNC_TOO_OLD'))
    await arrive(how, parcel)
  }

  async function arrive(how: Move, parcel: Parcel): Promise<void> {
    const { caller, client, name, kind } = parcel
    if (kind !== 'request') return void (await parcel.arrive())
    count(counts, 'requests arrived')
    const answer = await parcel.arrive().then(
      (value) => () => caller?.resolve(value),
      (error: unknown) => () => caller?.reject(error),
    )
    if (how === 'lose answer') {
      count(counts, 'answers lost')
      caller?.reject(refusal('OFFLINE'))
    } else if (how === 'arrive' && caller) {
      parcels.push({ client, name, kind: 'answer', caller, arrive: async () => answer() })
    } else answer()
  }

  return {
    serverFor,
    mutate,
    pageSizes,
    inTransit: (client?: number) =>
      parcels.filter((parcel) => client === undefined || parcel.client === client),
    move,

    /** What a client has sent may arrive yet; it hears no answer. */
    goOffline(client: number): void {
      offline.add(client)
      const own = parcels.filter((parcel) => parcel.client === client)
      parcels = parcels.filter(
        (parcel) =>
          parcel.client !== client || (parcel.kind === 'request' && !parcel.name.startsWith('pull')),
      )
      for (const { caller } of own) caller?.reject(refusal('OFFLINE'))
      for (const parcel of own) parcel.caller = undefined
      for (const listener of listeners) {
        if (listener.client !== client) continue
        listeners.delete(listener)
        listener.end(refusal('OFFLINE'))
      }
    },
    goOnline: (client: number) => void offline.delete(client),
    isOnline: (client: number) => !offline.has(client),
    signOut: (client: number) => void signedOut.add(client),
    signIn: (client: number) => void signedOut.delete(client),
  }
}

function refusal(reason: OwnlistError['reason']): OwnlistError {
  return new OwnlistError(reason, `refused by the network: ${reason}`)
}
