import { addressOfProvider, errorOf, listProviders } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, LogIn } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { sayFailure } from '../ui/say-failure.ts'
import { canUsePasskeys } from './can-use-passkeys.ts'
import { enter } from './enter.ts'
import { EntryProblem } from './entry-frame.tsx'
import { expectAccount } from './zone.ts'

/** What signs in without a password here. It comes after the form: most do without. */
export function OtherWays() {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | undefined>(sayReturn)
  const { data: providers = [] } = useQuery({
    queryKey: ['providers'],
    queryFn: () => listProviders(location.origin),
    staleTime: Infinity,
  })

  async function go(way: () => Promise<boolean>) {
    setBusy(true)
    setProblem(undefined)
    try {
      await enter(way)
    } catch (error) {
      setProblem(sayFailure(errorOf(error)))
    } finally {
      setBusy(false)
    }
  }

  const takeOffered = useEffectEvent((way: () => Promise<boolean>) => void go(way))

  useEffect(() => {
    if (!canUsePasskeys()) return undefined
    let isOver = false
    let stop = () => {}
    // A browser that has a passkey for this site offers it where the address is typed.
    const begin = async () => {
      const { offerPasskeys } = await import('./passkeys.ts')
      if (!isOver) stop = offerPasskeys((way) => takeOffered(way))
    }
    begin().catch(() => undefined)
    return () => {
      isOver = true
      stop()
    }
  }, [])

  async function leaveFor(provider: string) {
    const address = await addressOfProvider(location.origin, provider)
    expectAccount()
    location.assign(address)
    return false
  }

  return (
    <div className="mt-2 space-y-2">
      {canUsePasskeys() && (
        <Button
          className="w-full"
          disabled={busy}
          onClick={() => void go(async () => (await import('./passkeys.ts')).signInByPasskey())}
        >
          <KeyRound aria-hidden className="size-4" /> Sign in with a passkey
        </Button>
      )}
      {providers.map(({ id, name }) => (
        <Button key={id} className="w-full" disabled={busy} onClick={() => void go(() => leaveFor(id))}>
          <LogIn aria-hidden className="size-4" /> Sign in with {name}
        </Button>
      ))}
      <EntryProblem>{problem}</EntryProblem>
    </div>
  )
}

/** Why somebody came back from a provider without being signed in: our words for what the address says. */
function sayReturn(): string | undefined {
  const error = new URLSearchParams(location.search).get('error')
  if (error === null) return undefined
  return returns[error] ?? 'Signing in there did not work. Try again.'
}

const returns: Record<string, string> = {
  account_not_linked:
    'There is an account with this address already. Sign in with your password, and add this way in afterwards.',
  unable_to_get_user_info: 'It has not confirmed your e-mail address, so it cannot sign you in here.',
  access_denied: 'You were not signed in there.',
}
