import { errorOf } from '@ownlist/client'
import type { Outputs } from '@ownlist/api'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { ownlist } from '../app/client.ts'

type User = Outputs['account']['me']

/** Who is signed in; null for nobody. */
export const meOptions = queryOptions({
  queryKey: ['me'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }) => {
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
