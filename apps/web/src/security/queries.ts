import { listPasskeys, twoFactorStatus } from '@ownlist/client'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ownlist, queryClient } from '../app/client.ts'
import { here } from '../session/enter.ts'

/** How the account is got into, without any secret. */
export const securityOptions = queryOptions({
  queryKey: ['security', 'account'],
  queryFn: ({ signal }) => ownlist.account.security.query({}, { signal }),
})

export const twoFactorOptions = queryOptions({
  queryKey: ['security', 'two-factor'],
  queryFn: () => twoFactorStatus(here),
})

export const passkeysOptions = queryOptions({
  queryKey: ['security', 'passkeys'],
  queryFn: () => listPasskeys(here),
})

export const tokensOptions = queryOptions({
  queryKey: ['security', 'tokens'],
  queryFn: ({ signal }) => ownlist.account.tokens.query({}, { signal }),
})

export const eventsOptions = infiniteQueryOptions({
  queryKey: ['security', 'events'],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ signal, pageParam }) =>
    ownlist.account.events.query({ limit: 10, ...(pageParam && { cursor: pageParam }) }, { signal }),
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
})

/** After anything of this was changed, all of it is asked for anew: each change is an event, too. */
export async function refreshSecurity(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['security'] })
}
