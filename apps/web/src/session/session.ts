import { createClient, createStore as createTaskStore, type Store } from '@ownlist/client'
import { createContext, useContext } from 'react'
import { announce } from '../app/announcer.tsx'
import { queryClient } from '../app/client.ts'
import { createStore } from '../app/store.ts'
import { names } from '../history/names.ts'
import { dismissAll, notifyFailure } from '../ui/toasts.ts'
import { keepMe, meOptions, type User } from './me.ts'
import { finishLeaving, markLeaving } from './leaving.ts'

/** The signed-in user's tasks on this device. There is one at a time, and it is never another user's. */
export const session = createStore<{ userId: string; store: Store } | undefined>(undefined)

/** How many changes were waiting when a session ended by itself. They are kept until their user is back. */
export const leftWaiting = createStore(0)

/** Opens and closes the user's store as it turns out who is signed in. */
export function followSession(): void {
  adopt(queryClient.getQueryData(meOptions.queryKey))
  queryClient.getQueryCache().subscribe(({ type, query }) => {
    const isMe = query.queryKey[0] === meOptions.queryKey[0]
    if (isMe && (type === 'added' || type === 'updated')) adopt(query.state.data as User | null | undefined)
  })
}

/** Ends the session, and leaves nothing of it in this browser, with or without a server. */
export async function leave(): Promise<void> {
  markLeaving()
  const wiped = session.get()?.store.wipe()
  adopt(null)
  leftWaiting.set(() => 0)
  queryClient.setQueryData(meOptions.queryKey, null)
  try {
    await wiped
  } catch (error) {
    notifyFailure('This browser could not remove everything', error)
  }
  // Where the server is away, this is made up for before anything else is asked of it.
  await finishLeaving().catch(() => undefined)
}

/** Whoever acts outside of React finds the store here. */
export function theStore(): Store {
  const current = session.get()
  if (!current) throw new Error('No one is signed in')
  return current.store
}

export const StoreContext = createContext<Store | undefined>(undefined)

export function useTaskStore(): Store {
  const store = useContext(StoreContext)
  if (!store) throw new Error('No one is signed in')
  return store
}

function adopt(me: User | null | undefined): void {
  if (me === undefined) return
  keepMe(me)
  const current = session.get()
  if (me?.id === current?.userId) {
    current?.store.setTimeZone(me?.timeZone ?? 'UTC')
    current?.store.setWeekStart(me?.weekStart ?? 1)
    return
  }
  if (current) {
    session.set(() => undefined)
    names.set(() => () => undefined)
    void leaveBehind(current.store)
    forget()
  }
  if (me) session.set(() => ({ userId: me.id, store: open(me) }))
}

async function leaveBehind(store: Store): Promise<void> {
  const waiting = await store.close()
  if (!session.get()) leftWaiting.set(() => waiting)
}

function open({ id, timeZone, weekStart }: User): Store {
  const store = createTaskStore({
    userId: id,
    timeZone,
    weekStart,
    // The store itself decides when it is worth while to try again.
    client: createClient({ url: location.origin, name: 'web', retries: 0 }),
  })
  names.set(
    () => (kind, rowId) =>
      kind === 'tasks' ? store.tasks.get(rowId).get()?.title : store[kind].get(rowId).get()?.name,
  )
  let wasSignedIn = true
  store.status.subscribe(() => {
    const { closed, signedIn } = store.status.get()
    if (session.get()?.store !== store) return
    if (closed) void endHere()
    else if (wasSignedIn && !signedIn) void askAgain(store)
    wasSignedIn = signedIn
  })
  leftWaiting.set(() => 0)
  return store
}

/** Somebody signed out in another tab, or the browser threw away what it kept. The server knows which. */
async function endHere(): Promise<void> {
  adopt(null)
  leftWaiting.set(() => 0)
  queryClient.setQueryData(meOptions.queryKey, null)
  await queryClient.invalidateQueries(meOptions)
}

/** The server no longer knows the session: it may be over, or another may have begun in another tab. */
async function askAgain(store: Store): Promise<void> {
  const me = await queryClient.query({ ...meOptions, staleTime: 0 }).catch(() => undefined)
  if (me && session.get()?.store === store) store.wake()
}

/** The next session begins with nothing of this one. */
function forget(): void {
  dismissAll()
  announce('')
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meOptions.queryKey[0] })
}
