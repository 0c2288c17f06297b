import { addressOfProvider, errorOf } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, LogIn } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { sayFailure } from '../ui/say-failure.ts'
import { canUsePasskeys } from './can-use-passkeys.ts'
import { enter } from './enter.ts'
import { EntryProblem } from './entry-frame.tsx'
import { sayReturn, waysInOptions } from './ways-in.ts'
import { expectAccount } from './zone.ts'

/** What signs in without a password here. It comes after the form: most do without. */
export function OtherWays() {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | undefined>(sayReturn)
  const { data } = useQuery(waysInOptions)

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
      {data?.providers.map(({ id, name }) => (
        <Button key={id} className="w-full" disabled={busy} onClick={() => void go(() => leaveFor(id))}>
          <LogIn aria-hidden className="size-4" /> Sign in with {name}
        </Button>
      ))}
      <EntryProblem>{problem}</EntryProblem>
    </div>
  )
}
