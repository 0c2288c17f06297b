import { KeyRound, LogIn } from 'lucide-react'
import { useEffect, useState } from 'react'
import { errorOf } from '@ownlist/client'
import { Button } from '../ui/button.tsx'
import { sayFailure } from '../ui/say-failure.ts'
import { canUsePasskeys } from './can-use-passkeys.ts'
import { enter } from './enter.ts'
import { EntryProblem } from './entry-frame.tsx'

/** What signs in without a password. What it takes comes when it is wanted. */
export function OtherWays() {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

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

  useEffect(() => {
    if (!canUsePasskeys()) return
    let isOver = false
    let stop = () => {}
    // A browser that has a passkey for this site offers it where the address is typed.
    const begin = async () => {
      const { offerPasskeys } = await import('./passkeys.ts')
      if (!isOver) stop = offerPasskeys((way) => void go(way))
    }
    begin().catch(() => undefined)
    return () => {
      isOver = true
      stop()
    }
  }, [])

  if (!canUsePasskeys()) return null
  return (
    <div className="mt-2 space-y-2">
      <Button
        className="w-full"
        disabled={busy}
        onClick={() => void go(async () => (await import('./passkeys.ts')).signInByPasskey())}
      >
        <KeyRound aria-hidden className="size-4" /> Sign in with a passkey
      </Button>
      <EntryProblem>{problem}</EntryProblem>
    </div>
  )
}
