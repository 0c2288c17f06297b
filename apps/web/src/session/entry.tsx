import { errorOf, signIn, signUp, type OwnlistError } from '@ownlist/client'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { ownlist, queryClient } from '../app/client.ts'
import { useStore } from '../app/store.ts'
import { Wordmark } from '../app/wordmark.tsx'
import { sayChanges } from '../sync/words.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { finishLeaving } from './leaving.ts'
import { meOptions } from './me.ts'
import { leftWaiting } from './session.ts'

export function SignIn() {
  return (
    <Entry
      title="Welcome back"
      action="Sign in"
      other={
        <>
          New here? <EntryLink to="/sign-up">Create an account</EntryLink>
        </>
      }
      onSubmit={({ email, password }) => signIn(location.origin, { email, password })}
    />
  )
}

export function SignUp() {
  return (
    <Entry
      isNew
      title="A list of your own"
      action="Create account"
      other={
        <>
          Have an account? <EntryLink to="/sign-in">Sign in</EntryLink>
        </>
      }
      onSubmit={async ({ email, password, name }) => {
        await signUp(location.origin, { email, password, ...(name && { name }) })
        // What day it is depends on where one is. Not a reason to fail: the settings have it, too.
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
        await ownlist.account.update.mutate({ timeZone }).catch(() => undefined)
      }}
    />
  )
}

interface Answers {
  email: string
  password: string
  name: string
}

interface Props {
  title: string
  action: string
  other: ReactNode
  isNew?: boolean
  onSubmit: (answers: Answers) => Promise<unknown>
}

function Entry({ title, action, other, isNew = false, onSubmit }: Props) {
  const [answers, setAnswers] = useState<Answers>({ email: '', password: '', name: '' })
  const [busy, setBusy] = useState(false)
  const waiting = useStore(leftWaiting)
  const [failure, setFailure] = useState<OwnlistError>()
  const issue = (path: string) => failure?.issues.find((one) => one.path === path)?.message

  function input(name: keyof Answers) {
    return {
      name,
      value: answers[name],
      error: issue(name),
      onChange: (event: { target: { value: string } }) => {
        setAnswers((before) => ({ ...before, [name]: event.target.value }))
        setFailure(undefined)
      },
    }
  }

  async function submit() {
    setBusy(true)
    setFailure(undefined)
    try {
      // The session that ended here must not end the one that begins.
      await finishLeaving()
      await onSubmit(answers)
      await queryClient.query({ ...meOptions, staleTime: 0 })
    } catch (error) {
      setFailure(errorOf(error))
      setBusy(false)
    }
  }

  return (
    <main
      id="main"
      className="mx-auto flex min-h-dvh w-full max-w-[23rem] flex-col justify-center px-5 py-10"
    >
      <Wordmark />
      <h1 className="mt-10 font-serif text-[30px] leading-tight tracking-[-0.01em]">{title}</h1>
      <p className="mt-1.5 text-quiet">{isNew ? 'Your tasks, and nobody else’s.' : sayWelcome(waiting)}</p>
      <form
        className="mt-7 space-y-2"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {isNew && (
          <TextField label="Name (optional)" autoComplete="name" maxLength={255} {...input('name')} />
        )}
        <TextField label="Email" type="email" required autoComplete="email" {...input('email')} />
        <TextField
          label="Password"
          type="password"
          required
          minLength={isNew ? 8 : undefined}
          maxLength={128}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          hint={isNew ? 'At least 8 characters' : undefined}
          {...input('password')}
        />
        <p role="alert" className="min-h-6 text-[14px] text-danger">
          {failure && failure.issues.length === 0 && failure.message}
        </p>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : action}
        </Button>
      </form>
      <p className="mt-6 text-[14px] text-quiet">{other}</p>
    </main>
  )
}

/** After a session that ended by itself, what was not sent is a reason to come back. */
function sayWelcome(waiting: number): string {
  if (waiting === 0) return 'Your tasks are where you left them.'
  const changes = `${sayChanges(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`
  return `Your session has ended. ${changes} on this device until you sign in again.`
}

function EntryLink({ to, children }: { to: '/sign-in' | '/sign-up'; children: ReactNode }) {
  return (
    <Link to={to} className="font-medium text-accent underline underline-offset-3">
      {children}
    </Link>
  )
}
