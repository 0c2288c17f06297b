import { errorOf } from '@ownlist/client'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ownlist } from '../app/client.ts'

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

/** The user, inside the part of the app that only they see. */
export function useUser() {
  const { data } = useQuery(meOptions)
  if (!data) throw new Error('No one is signed in')
  return data
}
