import { waysIn } from '@ownlist/client'
import { queryOptions } from '@tanstack/react-query'

/** How this server lets people in. It is the same for everybody, and for as long as the page is open. */
export const waysInOptions = queryOptions({
  queryKey: ['ways-in'],
  queryFn: () => waysIn(location.origin),
  staleTime: Infinity,
})

/** Why somebody came back from a provider with nothing done: our words for what the address says. */
export function sayReturn(): string | undefined {
  const error = new URLSearchParams(location.search).get('error')
  if (error === null) return undefined
  return returns[error] ?? 'It did not work. Try again.'
}

const returns: Record<string, string> = {
  account_not_linked:
    'There is an account with this address already. Sign in with your password, and add this way in afterwards.',
  account_already_linked_to_different_user: 'Somebody else here signs in with that account already.',
  unable_to_get_user_info: 'It has not confirmed your e-mail address, so it cannot sign you in here.',
  access_denied: 'You were not signed in there.',
}
