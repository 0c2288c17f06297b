import { errorOf } from '@ownlist/client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ownlist, queryClient } from '../app/client.ts'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { notifyFailure } from '../ui/toasts.ts'
import { sessionsOptions } from './session-list.ts'
import { sayClient } from './user-agent.ts'

export function Sessions() {
  const { timeZone } = useUser()
  const { data, error, refetch } = useQuery(sessionsOptions)
  const revoke = useMutation({
    mutationFn: (which: { id: string } | { others: true }) => ownlist.account.revokeSession.mutate(which),
    onError: (failure) => notifyFailure('Still signed in there', failure),
    onSettled: () => queryClient.invalidateQueries(sessionsOptions),
  })
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone })

  if (error && !data) {
    return (
      <p role="alert" className="text-quiet">
        {errorOf(error).message}{' '}
        <Button look="quiet" onClick={() => void refetch()}>
          Try again
        </Button>
      </p>
    )
  }
  if (!data) return <div className="h-16" aria-busy />
  return (
    <>
      <ul className="divide-y divide-line">
        {data.items.map(({ id, current, userAgent, ipAddress, lastUsedAt }) => (
          <li key={id} className="flex min-h-16 items-center gap-3 py-2">
            <div className="min-w-0 flex-1">
              <p>
                {sayClient(userAgent)}
                {current && (
                  <span className="ml-2 rounded-md bg-wash px-1.5 py-0.5 text-[12px] text-accent">
                    This one
                  </span>
                )}
              </p>
              <p className="text-[13px] text-quiet">
                Last used {moment.format(new Date(lastUsedAt))}
                {ipAddress && <> from {ipAddress}</>}
              </p>
            </div>
            {!current && (
              <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate({ id })}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {data.items.length > 1 && (
        <Button
          look="danger"
          className="mt-3"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate({ others: true })}
        >
          Sign out everywhere else
        </Button>
      )}
    </>
  )
}
