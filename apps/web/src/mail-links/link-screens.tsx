import { errorOf, resetPassword, verifyEmail, type Verified } from '@ownlist/client'
import { useState } from 'react'
import { queryClient } from '../app/client.ts'
import { secret } from '../app/secret.ts'
import { useStore } from '../app/store.ts'
import { EntryFrame, EntryLink, EntryProblem } from '../session/entry-frame.tsx'
import { knownEmail } from '../session/enter.ts'
import { meOptions } from '../session/me.ts'
import { passwordRules } from '../session/password-rules.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'

/** The pages that links in mails lead to. They work for whoever is signed in here, and for nobody. */
export function LinkScreen({ path }: { path: '/reset' | '/verify' | '/change-email' }) {
  return path === '/reset' ? <Reset /> : <Verify />
}

function Reset() {
  const token = useStore(secret)
  const [done, setDone] = useState(false)
  const { form, field, failure, problem, busy } = useForm({ password: '' }, async ({ password }) => {
    if (token === undefined) return
    await resetPassword(location.origin, { token, newPassword: password })
    secret.set(() => undefined)
    setDone(true)
    await askWhoIsHere()
  })
  const isOver = failure?.reason === 'TOKEN_INVALID'
  if (done) {
    return (
      <EntryFrame
        takesFocus
        title="Your password is set"
        lead="Every device has been signed out. Sign in with the new password."
        other={<EntryLink to="/sign-in">To the sign-in</EntryLink>}
      />
    )
  }
  if (token === undefined) return <NoToken />
  return (
    <EntryFrame title="A new password" lead="Every device will have to sign in again.">
      <form {...form} className="mt-7 space-y-2">
        <TextField label="New password" {...passwordRules} {...field('password', 'newPassword')} />
        <EntryProblem>
          {isOver ? (
            <>
              This link is not valid any more. <EntryLink to="/forgot">Ask for a new one</EntryLink>
            </>
          ) : (
            problem
          )}
        </EntryProblem>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Set the password'}
        </Button>
      </form>
    </EntryFrame>
  )
}

const confirmed = {
  'signed-up': ['Your account is there', 'Sign in with the password that you chose.'],
  'email-verified': ['Your address is confirmed', 'That is all. Thank you.'],
  'email-changed': ['Your address has changed', 'From now on, sign in with it.'],
} as const

/**
 * Programs that look through mail open its links, so a link alone does nothing: a person presses a button. For an account
 * that was begun in another browser they also say the password: it could be a stranger's.
 */
function Verify() {
  const token = useStore(secret)
  const [done, setDone] = useState<Verified>()
  const [begunElsewhere, setBegunElsewhere] = useState(false)
  const { form, field, problem, busy } = useForm({ password: '' }, async ({ password }) => {
    if (token === undefined) return
    const link = { token, ...(begunElsewhere && { password }) }
    const answer = await verifyEmail(location.origin, link).catch((error: unknown) => {
      if (errorOf(error).reason !== 'PASSWORD_NEEDED') throw error
      return undefined
    })
    if (!answer) {
      setBegunElsewhere(true)
      return
    }
    secret.set(() => undefined)
    knownEmail.set(() => answer.email)
    setDone(answer)
    await askWhoIsHere()
  })
  if (done) {
    const [title, lead] = confirmed[done.status]
    return (
      <EntryFrame
        takesFocus
        title={title}
        lead={
          <>
            <strong className="font-semibold text-ink">{done.email}</strong> is yours. {lead}
          </>
        }
        other={<EntryLink to="/">Go on</EntryLink>}
      />
    )
  }
  if (token === undefined) return <NoToken />
  return (
    <EntryFrame
      title="Is this your address?"
      lead="Confirm that you got our mail, and asked for it."
      other={problem && <EntryLink to="/">To your tasks, or the sign-in</EntryLink>}
    >
      <form {...form} className="mt-7 space-y-2">
        {begunElsewhere && (
          <>
            <p className="text-quiet">
              This account was begun in another browser. If that was you, type the password that you chose
              there. If it was not, close this page: nothing has happened.
            </p>
            <TextField
              label="The password you chose"
              type="password"
              autoComplete="current-password"
              required
              maxLength={128}
              {...field('password')}
            />
          </>
        )}
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Confirm'}
        </Button>
        <EntryProblem>{problem}</EntryProblem>
      </form>
    </EntryFrame>
  )
}

function NoToken() {
  return (
    <EntryFrame
      title="This link is not whole"
      lead="Open it from the mail once more, or copy all of it."
      other={
        <>
          Or <EntryLink to="/forgot">ask for a new password</EntryLink>, or{' '}
          <EntryLink to="/">go to your tasks</EntryLink>.
        </>
      }
    />
  )
}

/** What a link did may have ended the session of this browser, or changed whose it is. Not knowing is no reason to fail. */
async function askWhoIsHere(): Promise<void> {
  await queryClient.query({ ...meOptions, staleTime: 0 }).catch(() => undefined)
}
