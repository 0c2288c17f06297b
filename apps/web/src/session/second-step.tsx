import { errorOf, signInWithRecoveryCode, signInWithTotp, type SecondFactorNeeded } from '@ownlist/client'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { takeFocus, TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { canUsePasskeys } from './can-use-passkeys.ts'
import { enter } from './enter.ts'
import { EntryButton, EntryFrame, EntryProblem } from './entry-frame.tsx'

interface Props {
  step: SecondFactorNeeded['secondFactor']
  /** It has to begin anew, and why; without a reason where somebody wanted to. */
  onOver: (reason?: string) => void
}

/** After the password: the code of an app, one of the codes on paper, or a passkey, which needs neither. */
export function SecondStep({ step: { token }, onOver }: Props) {
  const [by, setBy] = useState<'app' | 'paper'>('app')
  const [trustDevice, setTrust] = useState(false)
  const { form, field, problem, busy, reset } = useForm({ code: '' }, ({ code }) =>
    enter(async () => {
      try {
        if (by === 'app') await signInWithTotp(location.origin, { token, code, trustDevice })
        else await signInWithRecoveryCode(location.origin, { token, code })
        return true
      } catch (error) {
        const { reason, message } = errorOf(error)
        if (reason !== 'SECOND_STEP_OVER') throw error
        onOver(message)
        return false
      }
    }),
  )

  async function signInInstead() {
    const { signInByPasskey } = await import('./passkeys.ts')
    await enter(signInByPasskey).catch((error: unknown) => onOver(errorOf(error).message))
  }

  const fieldProps =
    by === 'app'
      ? ({ label: 'Code', inputMode: 'numeric', autoComplete: 'one-time-code', maxLength: 16 } as const)
      : ({ label: 'Recovery code', autoComplete: 'off', autoCapitalize: 'none', maxLength: 40 } as const)
  return (
    <EntryFrame
      title="One more step"
      lead={
        by === 'app'
          ? 'Type the six digits that your authenticator app shows for Ownlist.'
          : 'Type one of the codes that you kept when you set up your app. Each works once.'
      }
      other={
        <span className="flex flex-wrap gap-x-5 gap-y-2">
          <EntryButton
            onClick={() => {
              reset()
              setBy(by === 'app' ? 'paper' : 'app')
            }}
          >
            {by === 'app' ? 'Use a recovery code' : 'Use the app'}
          </EntryButton>
          {canUsePasskeys() && <EntryButton onClick={() => void signInInstead()}>Use a passkey</EntryButton>}
          <EntryButton onClick={() => onOver()}>Start over</EntryButton>
        </span>
      }
    >
      <form {...form} className="mt-7 space-y-2">
        <TextField
          ref={takeFocus}
          key={by}
          required
          spellCheck={false}
          placeholder={by === 'app' ? '123 456' : 'k3xq-7fzn-2mwa-p5dt-uc6h-r4ev'}
          {...fieldProps}
          {...field('code')}
        />
        {by === 'app' && (
          <label className="flex min-h-10 cursor-pointer items-center gap-3 text-[14px]">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={trustDevice}
              onChange={(event) => setTrust(event.target.checked)}
            />
            Trust this browser for 30 days
          </label>
        )}
        <EntryProblem>{problem}</EntryProblem>
        <Button type="submit" look="primary" className="w-full" disabled={busy}>
          {busy ? 'One moment …' : 'Sign in'}
        </Button>
      </form>
    </EntryFrame>
  )
}
