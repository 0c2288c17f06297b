import { changeEmail, errorOf, sendVerificationEmail } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queryClient } from '../app/client.ts'
import { meOptions, useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { useForm } from '../ui/use-form.ts'
import { useProof } from './proof.tsx'
import { refreshSecurity, securityOptions } from './queries.ts'

export function EmailSection() {
  const { email } = useUser()
  const { data } = useQuery(securityOptions)
  const [sending, setSending] = useState(false)
  const [asked, setAsked] = useState<string>()

  async function sendAgain() {
    setSending(true)
    try {
      await sendVerificationEmail(location.origin, email)
      notify({ title: 'Look into your mail', description: `A link is on its way to ${email}.` })
    } catch (error) {
      notifyFailure('No mail was sent', error)
    } finally {
      setSending(false)
    }
  }

  return (
    <>
      <p>
        {email}
        {data && (
          <span
            className={`ml-2 rounded-md px-1.5 py-0.5 text-[12px] ${data.isVerified ? 'bg-wash text-accent' : 'bg-sunken text-quiet'}`}
          >
            {data.isVerified ? 'Confirmed' : 'Not confirmed'}
          </span>
        )}
      </p>
      {data && !data.isVerified && data.sendsMail && (
        <Button className="mt-3" disabled={sending} onClick={() => void sendAgain()}>
          {sending ? 'Sending …' : 'Send the link again'}
        </Button>
      )}
      {asked !== undefined && (
        <output className="mt-3 block rounded-lg bg-wash px-3 py-2 text-[14px]">
          Open the link that we sent to <strong className="font-semibold">{asked}</strong>. Until then your
          address stays as it is.
        </output>
      )}
      <ChangeForm hasPassword={data?.hasPassword ?? true} onAsked={setAsked} />
    </>
  )
}

function ChangeForm({ hasPassword, onAsked }: { hasPassword: boolean; onAsked: (email?: string) => void }) {
  const { prove, question } = useProof()
  const { form, field, values, busy, problem } = useForm({ newEmail: '' }, async ({ newEmail }, clear) => {
    const answer = await prove({ what: 'Change address', always: hasPassword }, (password) =>
      changeEmail(location.origin, { newEmail, ...(password !== undefined && { password }) }),
    )
    if (!answer) return
    clear()
    if (answer === 'sent') onAsked(newEmail)
    else notify({ title: 'Your address has changed' })
    await queryClient.query({ ...meOptions, staleTime: 0 }).catch(errorOf)
    await refreshSecurity()
  })
  return (
    <>
      <form {...form} className="mt-5 max-w-sm">
        <TextField
          label="New address"
          type="email"
          required
          maxLength={255}
          autoComplete="email"
          {...field('newEmail')}
        />
        <p role="alert" className="min-h-5 text-[13px] text-danger">
          {problem}
        </p>
        <Button type="submit" disabled={busy || values.newEmail === ''}>
          {busy ? 'One moment …' : 'Change address'}
        </Button>
      </form>
      {question}
    </>
  )
}
