import { errorOf } from '@ownlist/client'
import type { Outputs } from '@ownlist/api'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { ownlist } from '../app/client.ts'
import { finishLeaving } from './leaving.ts'

export type User = Outputs['account']['me']

/** Who is signed in; null for nobody. */
export const meOptions = queryOptions({
  queryKey: ['me'],
  // Somebody may sign in in another tab.
  staleTime: ({ state }) => (state.data === null ? 0 : 5 * 60_000),
  // A page without a network opens as whoever was here last; the server is asked all the same.
  initialData: keptMe,
  initialDataUpdatedAt: 0,
  queryFn: async ({ signal }): Promise<User | null> => {
    await finishLeaving()
    try {
      return await ownlist.account.me.query({}, { signal })
    } catch (error) {
      if (errorOf(error).reason === 'UNAUTHENTICATED') return null
      throw error
    }
  },
})

/** The user, inside the part of the app that only they see. It goes before its data does. */
export const UserContext = createContext<User | undefined>(undefined)

export function useUser(): User {
  const user = useContext(UserContext)
  if (!user) throw new Error('No one is signed in')
  return user
}

const key = 'ownlist.me'

/** Kept beside the user's tasks, and as long as they are. */
export function keepMe(me: User | null): void {
  try {
    if (me) localStorage.setItem(key, JSON.stringify(me))
    else localStorage.removeItem(key)
  } catch {
    // Storage may be forbidden or full; then the app opens only with a network.
  }
}

function keptMe(): User | null | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as User | null
    return typeof kept?.id === 'string' ? kept : undefined
  } catch {
    return undefined
  }
}
