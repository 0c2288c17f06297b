import { changePassword, errorOf } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { queryClient } from '../app/client.ts'
import { useUser } from '../session/me.ts'
import { passwordRules } from '../session/password-rules.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { notify } from '../ui/toasts.ts'
import { useForm } from '../ui/use-form.ts'
import { refreshSecurity, securityOptions } from './queries.ts'
import { sessionsOptions } from './session-list.ts'

export function PasswordSection() {
  const { email } = useUser()
  const { data } = useQuery(securityOptions)
  const hasPassword = data?.hasPassword ?? true
  const { form, field, busy, failure, problem } = useForm(
    { currentPassword: '', newPassword: '' },
    async ({ currentPassword, newPassword }, clear) => {
      await changePassword(location.origin, { newPassword, ...(hasPassword && { currentPassword }) })
      clear()
      notify({ title: 'Your password has changed', description: 'All other devices are signed out.' })
      await Promise.all([refreshSecurity(), queryClient.invalidateQueries(sessionsOptions)]).catch(errorOf)
    },
  )
  const isWrong = failure?.reason === 'PASSWORD_WRONG'
  const current = field('currentPassword')

  return (
    <form {...form} className="max-w-sm space-y-1">
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      {hasPassword ? (
        <TextField
          label="Present password"
          type="password"
          required
          maxLength={128}
          autoComplete="current-password"
          {...current}
          error={isWrong ? failure.message : current.error}
        />
      ) : (
        <p className="pb-2 text-quiet">You have none: you sign in by other means. You may set one.</p>
      )}
      <TextField label="New password" {...passwordRules} {...field('newPassword')} />
      <p role="alert" className="min-h-5 text-[13px] text-danger">
        {!isWrong && problem}
      </p>
      <Button type="submit" disabled={busy}>
        {busy ? 'One moment …' : hasPassword ? 'Change password' : 'Set password'}
      </Button>
      <p className="pt-1 text-[13px] text-quiet">This signs you out everywhere else.</p>
    </form>
  )
}
