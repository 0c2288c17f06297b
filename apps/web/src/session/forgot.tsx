import { requestPasswordReset } from '@ownlist/client'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { EntryButton, EntryFrame, EntryLink, EntryProblem } from './entry-frame.tsx'
import { knownEmail } from './enter.ts'

/** Whoever asks gets the same answer: who has an account here is nobody's business. */
export function Forgot() {
  const [sentTo, setSentTo] = useState<string>()
  const { form, field, problem, busy } = useForm({ email: knownEmail.get() }, async ({ email }) => {
    await requestPasswordReset(location.origin, email)
    setSentTo(email)
  })

  if (sentTo !== undefined) {
    return (
      <EntryFrame
        takesFocus
        title="Look into your mail"
        lead={
          <>
            If <strong className="font-semibold text-ink">{sentTo}</strong> has an account here, a link to set
            a new password is on its way. It works for an hour.
          </>
        }
        other={
          <>
            Nothing after some minutes? Look among the unwanted mail, or{' '}
            <EntryButton onClick={() => setSentTo(undefined)}>try again</EntryButton>.{' '}
            <EntryLink to="/sign-in">To the sign-in</EntryLink>
          </>
        }
      />
    )
  }
  return (
    <EntryFrame
      title="A new password"
      lead="Tell us your address, and we send you a link to set one."
      other={
        <>
          Do you remember it? <EntryLink to="/sign-in">Sign in</EntryLink>
        </>
      }
    >
      <form {...form} className="mt-7 space-y-2">
        <TextField label="Email" type="email" required autoComplete="username" {...field('email')} />
        <EntryProblem>{problem}</EntryProblem>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Send a link'}
        </Button>
      </form>
    </EntryFrame>
  )
}
