import { errorOf, signUp } from '@ownlist/client'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { EntryButton, EntryFrame, EntryLink, EntryProblem } from './entry-frame.tsx'
import { enter } from './enter.ts'
import { passwordRules } from './password-rules.ts'
import { expectAccount } from './zone.ts'

const nobody = { name: '', email: '', password: '' }

export function SignUp() {
  const [sentTo, setSentTo] = useState<string>()
  const { form, field, problem, busy } = useForm(nobody, ({ name, ...credentials }) =>
    enter(async () => {
      const isSignedIn = await signUp(location.origin, { ...credentials, ...(name && { name }) }).then(
        () => true,
        (error: unknown) => {
          if (errorOf(error).reason === 'EMAIL_NOT_VERIFIED') return false
          throw error
        },
      )
      expectAccount()
      if (!isSignedIn) setSentTo(credentials.email)
      return isSignedIn
    }),
  )

  if (sentTo !== undefined) {
    return (
      <EntryFrame
        takesFocus
        title="Look into your mail"
        lead={
          <>
            We sent a link to <strong className="font-semibold text-ink">{sentTo}</strong>. Open it within a
            day, and your account is there.
          </>
        }
        other={
          <>
            Nothing after some minutes? Look among the unwanted mail, or{' '}
            <EntryButton onClick={() => setSentTo(undefined)}>go back</EntryButton> and send it again. Did you
            have an account before? <EntryLink to="/sign-in">Sign in</EntryLink>
          </>
        }
      />
    )
  }
  return (
    <EntryFrame
      title="A list of your own"
      lead="Your tasks, and nobody else’s."
      other={
        <>
          Have an account? <EntryLink to="/sign-in">Sign in</EntryLink>
        </>
      }
    >
      <form {...form} className="mt-7 space-y-2">
        <TextField label="Name (optional)" autoComplete="name" maxLength={255} {...field('name')} />
        <TextField label="Email" type="email" required autoComplete="email" {...field('email')} />
        <TextField label="Password" {...passwordRules} {...field('password')} />
        <EntryProblem>{problem}</EntryProblem>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Create account'}
        </Button>
      </form>
    </EntryFrame>
  )
}
