import { beginTotp, disableTotp, errorOf, forgetDevices, renewRecoveryCodes } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { here } from '../session/enter.ts'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { Question } from '../ui/dialog.tsx'
import { LoadFailure } from '../ui/load-failure.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { AppSetup } from './app-setup.tsx'
import { useProof } from './proof.tsx'
import { refreshSecurity, twoFactorOptions } from './queries.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

/** Codes of an app, asked for after the password. */
export function AppSection() {
  const { timeZone } = useUser()
  const { data, error, refetch } = useQuery(twoFactorOptions)
  const { prove, question } = useProof()
  const [open, setOpen] = useState<'off'>()
  const [begun, setBegun] = useState<Awaited<ReturnType<typeof beginTotp>>>()
  const [codes, setCodes] = useState<string[]>()

  async function begin() {
    try {
      setBegun(
        await prove({ what: 'Go on' }, (password) =>
          beginTotp(here, { ...(password !== undefined && { password }) }),
        ),
      )
    } catch (failure) {
      notifyFailure('No app was set up', failure)
    }
  }

  async function renew() {
    try {
      const made = await prove({ what: 'Make new codes' }, (password) =>
        renewRecoveryCodes(here, { ...(password !== undefined && { password }) }),
      )
      if (made) setCodes(made.recoveryCodes)
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('The recovery codes are as they were', failure)
    }
  }

  async function turnOff() {
    setOpen(undefined)
    try {
      const done = await prove({ what: 'Turn it off' }, async (password) => {
        await disableTotp(here, { ...(password !== undefined && { password }) })
        return true
      })
      if (done) notify({ title: 'Signing in asks for no code any more' })
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('The authenticator app is still on', failure)
    }
  }

  async function forget() {
    try {
      await forgetDevices(here)
      notify({ title: 'Every browser is asked for a code again' })
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('The trusted browsers are as they were', failure)
    }
  }

  if (error && !data) return <LoadFailure error={error} again={refetch} />
  if (!data) return <div className="h-16" aria-busy />
  const since = data.totpSince
  return (
    <>
      {since === null ? (
        <>
          <p className="max-w-md text-quiet">
            Signing in then takes a code from an app on your phone as well, so that a password alone is of no
            use to anybody.
          </p>
          <Button className="mt-3" onClick={() => void begin()}>
            Set up an app …
          </Button>
        </>
      ) : (
        <>
          <p>
            On since{' '}
            {new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone }).format(new Date(since))}.
          </p>
          <p className={`mt-1 text-[14px] ${data.recoveryCodesLeft < 3 ? 'text-danger' : 'text-quiet'}`}>
            {sayLeft(data.recoveryCodesLeft)}
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <Button onClick={() => void renew()}>New recovery codes …</Button>
            {data.trustedDevices > 0 && (
              <Button onClick={() => void forget()}>
                Forget{' '}
                {data.trustedDevices === 1
                  ? 'the trusted browser'
                  : `${data.trustedDevices} trusted browsers`}
              </Button>
            )}
            <Button look="danger" onClick={() => setOpen('off')}>
              Turn off …
            </Button>
          </div>
        </>
      )}
      <AppSetup
        begun={begun}
        onDone={(made) => {
          setBegun(undefined)
          setCodes(made)
          void refreshSecurity().catch(errorOf)
        }}
        onClose={() => setBegun(undefined)}
      />
      <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />
      <Question
        open={open === 'off'}
        title="Sign in with the password alone?"
        action="Turn off"
        onAction={() => void turnOff().catch(errorOf)}
        onCancel={() => setOpen(undefined)}
      >
        The app and the recovery codes are forgotten. You can set up an app again at any time.
      </Question>
      {question}
    </>
  )
}

function sayLeft(left: number): string {
  if (left === 0) return 'No recovery codes are left. Make new ones, or losing your phone locks you out.'
  const codes = left === 1 ? 'recovery code is' : 'recovery codes are'
  return `${left} ${codes} left${left < 3 ? ': make new ones soon.' : '.'}`
}
