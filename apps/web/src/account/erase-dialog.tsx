import { errorOf, type OwnlistError } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ownlist } from '../app/client.ts'
import { securityOptions } from '../security/queries.ts'
import { SignInAgain } from '../security/sign-in-again.tsx'
import { useUser } from '../session/me.ts'
import { leave } from '../session/session.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { farewell } from './farewell.ts'

/** Asks for what only the owner knows, and for something that nobody types by mistake. */
export function EraseDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Panel title="Erase your account?" open={open} onClose={onClose}>
      <EraseForm onClose={onClose} />
    </Panel>
  )
}

function EraseForm({ onClose }: { onClose: () => void }) {
  const { email, timeZone } = useUser()
  const [confirm, setConfirm] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<OwnlistError>()
  const issue = (path: string) => failure?.issues.find((one) => one.path === path)?.message
  const wrongPassword = failure?.reason === 'PASSWORD_WRONG'
  const { data: security } = useQuery(securityOptions)
  const hasPassword = security?.hasPassword ?? true

  async function erase() {
    setBusy(true)
    setFailure(undefined)
    try {
      const asked = await ownlist.account.erase.mutate({ confirm, ...(hasPassword && { password }) })
      farewell.set(() => ({ ...asked, email, timeZone }))
      await leave()
    } catch (error) {
      setFailure(errorOf(error))
      setBusy(false)
    }
  }

  if (!hasPassword && failure?.reason === 'PASSWORD_NEEDED') {
    return (
      <div className="px-5 pb-5">
        <p className="mb-2">Nothing was erased.</p>
        <SignInAgain onCancel={onClose} />
      </div>
    )
  }
  return (
    <form
      className="px-5 pb-5"
      onSubmit={(event) => {
        event.preventDefault()
        void erase()
      }}
    >
      <p>This erases, for good:</p>
      <ul className="mt-1.5 list-disc space-y-1 pl-5 text-quiet marker:text-edge">
        <li>all your tasks, and the whole history of them</li>
        <li>your name, your e-mail address, your settings</li>
        <li>your account, and every session of it: you are signed out everywhere, at once</li>
      </ul>
      <p className="mt-3">
        You then have some days to change your mind, usually 14: sign in, and keep the account. After that
        nobody can bring it back. You may want to{' '}
        <a
          href="/api/account/export"
          download
          className="font-medium text-accent underline underline-offset-3"
        >
          download everything
        </a>{' '}
        first.
      </p>
      <div className="mt-4 space-y-1">
        <TextField
          label={`Type ${email}`}
          data-first-focus
          type="email"
          autoComplete="off"
          required
          maxLength={255}
          value={confirm}
          error={issue('confirm')}
          onChange={(event) => setConfirm(event.target.value)}
        />
        {hasPassword && (
          <TextField
            label="Password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={128}
            value={password}
            error={wrongPassword ? failure.message : issue('password')}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </div>
      <p role="alert" className="min-h-5 text-[14px] text-danger">
        {failure && !wrongPassword && failure.issues.length === 0 && `Nothing was erased. ${failure.message}`}
      </p>
      <div className="mt-2 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" type="submit" disabled={busy}>
          {busy ? 'One moment …' : 'Erase my account'}
        </Button>
      </div>
    </form>
  )
}
