import { queryOptions } from '@tanstack/react-query'
import { ownlist } from '../app/client.ts'

/** Where the user is signed in. */
export const sessionsOptions = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => ownlist.account.sessions.query({}, { signal }),
})
