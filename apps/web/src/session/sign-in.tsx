import { signIn, type SecondFactorNeeded } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { secret } from '../app/secret.ts'
import { useStore } from '../app/store.ts'
import { sayChanges } from '../sync/words.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { EntryFrame, EntryLink, EntryProblem } from './entry-frame.tsx'
import { enter, knownEmail } from './enter.ts'
import { OtherWays } from './other-ways.tsx'
import { leftWaiting } from './session.ts'
import { waysInOptions } from './ways-in.ts'

const SecondStep = lazy(async () => ({ default: (await import('./second-step.tsx')).SecondStep }))

type Step = SecondFactorNeeded['secondFactor']

/** Who signs in by a provider comes back with what is still to be proven. */
function stepInAddress(): Step | undefined {
  // Elsewhere what the address brought is for the page that comes after signing in, such as a terminal's code.
  if (location.pathname !== '/sign-in') return undefined
  try {
    return JSON.parse(secret.get() ?? 'null') as Step | undefined
  } catch {
    return undefined
  } finally {
    secret.set(() => undefined)
  }
}

export function SignIn() {
  const [step, setStep] = useState(stepInAddress)
  const [notice, setNotice] = useState<string>()
  if (step) {
    return (
      <Suspense>
        <SecondStep
          step={step}
          onOver={(reason) => {
            setStep(undefined)
            setNotice(reason)
          }}
        />
      </Suspense>
    )
  }
  return <PasswordStep notice={notice} onStep={setStep} />
}

function PasswordStep({ notice, onStep }: { notice: string | undefined; onStep: (step: Step) => void }) {
  const waiting = useStore(leftWaiting)
  const { data: ways } = useQuery(waysInOptions)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const { form, field, failure, problem, busy } = useForm(
    { email: knownEmail.get(), password: '' },
    (credentials) =>
      enter(async () => {
        const { secondFactor } = await signIn(location.origin, credentials)
        if (secondFactor) onStep(secondFactor)
        return secondFactor === undefined
      }),
  )

  return (
    <EntryFrame
      title="Welcome back"
      lead={path === '/device' ? 'Sign in, to sign in a terminal.' : sayWelcome(waiting)}
      other={
        <>
          New here? <EntryLink to="/sign-up">Create an account</EntryLink>
        </>
      }
    >
      <form {...form} className="mt-7 space-y-2">
        <TextField label="Email" type="email" required autoComplete="username webauthn" {...field('email')} />
        <TextField
          label="Password"
          type="password"
          required
          maxLength={128}
          autoComplete="current-password"
          hint={ways?.sendsMail && <EntryLink to="/forgot">Forgot your password?</EntryLink>}
          {...field('password')}
        />
        <EntryProblem>
          {failure?.reason === 'EMAIL_NOT_VERIFIED'
            ? 'Your address is not confirmed yet. We have just sent you a link: open it, then sign in.'
            : (problem ?? notice)}
        </EntryProblem>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Sign in'}
        </Button>
      </form>
      <OtherWays />
    </EntryFrame>
  )
}

/** After a session that ended by itself, what was not sent is a reason to come back. */
function sayWelcome(waiting: number): string {
  if (waiting === 0) return 'Your tasks are where you left them.'
  const changes = `${sayChanges(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`
  return `Your session has ended. ${changes} on this device until you sign in again.`
}
