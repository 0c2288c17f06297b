import { errorOf } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { sayFailure } from '../ui/say-failure.ts'
import { TextField } from '../ui/text-field.tsx'
import { securityOptions } from './queries.ts'
import { SignInAgain } from './sign-in-again.tsx'

/** What the server says where it wants to know that it is the user, and not somebody who found a device open. */
const wanted = 'PASSWORD_NEEDED'

interface Asking {
  what: string
  attempt: (password: string) => Promise<unknown>
  end: () => void
}

interface Options {
  /** What the button in the question says: what is about to happen. */
  what: string
  /** Whether the question comes first, because this is never done without the password. */
  always?: boolean
}

/**
 * Does what needs proof of who somebody is, and asks for the password where the session alone is not enough.
 * `prove` gives undefined where nobody wanted to say it; any failure but a wrong password is thrown.
 */
export function useProof(): {
  prove: <T>(options: Options, run: (password?: string) => Promise<T>) => Promise<T | undefined>
  question: ReactNode
} {
  const [asking, setAsking] = useState<Asking>()
  const { data: security } = useQuery(securityOptions)
  const hasPassword = security?.hasPassword ?? true

  async function prove<T>({ what, always = false }: Options, run: (password?: string) => Promise<T>) {
    if (!always) {
      try {
        return await run()
      } catch (error) {
        if (errorOf(error).reason !== wanted) throw error
      }
    }
    return new Promise<T | undefined>((resolve, reject) => {
      setAsking({
        what,
        async attempt(password) {
          try {
            resolve(await run(password))
          } catch (error) {
            if (errorOf(error).reason === 'PASSWORD_WRONG' || errorOf(error).retryAfter !== undefined)
              throw error
            reject(errorOf(error))
          }
          setAsking(undefined)
        },
        end() {
          resolve(undefined)
          setAsking(undefined)
        },
      })
    })
  }

  return {
    prove,
    question: (
      <Panel title="Is it you?" open={asking !== undefined} onClose={() => asking?.end()}>
        {asking && hasPassword && <ProofForm {...asking} />}
        {asking && !hasPassword && (
          <div className="px-5 pb-5">
            <SignInAgain onCancel={asking.end} />
          </div>
        )}
      </Panel>
    ),
  }
}

function ProofForm({ what, attempt, end }: Asking) {
  const { email } = useUser()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function go() {
    setBusy(true)
    setProblem(undefined)
    try {
      await attempt(password)
    } catch (error) {
      setProblem(sayFailure(errorOf(error)))
      setBusy(false)
    }
  }

  return (
    <form
      className="px-5 pb-5"
      onSubmit={(event) => {
        // The panel stands within the section that asks, and its forms are none of this one's business.
        event.preventDefault()
        event.stopPropagation()
        void go()
      }}
    >
      <p className="text-quiet">This changes who gets into your account, so type your password once more.</p>
      {/* For programs that keep passwords: they want to know whose it is. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <TextField
        className="mt-3"
        label="Your password"
        type="password"
        data-first-focus
        required
        maxLength={128}
        autoComplete="current-password"
        value={password}
        error={problem}
        onChange={(event) => {
          setPassword(event.target.value)
          setProblem(undefined)
        }}
      />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={end}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'One moment …' : what}
        </Button>
      </div>
    </form>
  )
}
