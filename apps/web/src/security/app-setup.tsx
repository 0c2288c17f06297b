import { confirmTotp, type beginTotp } from '@ownlist/client'
import { lazy, Suspense } from 'react'
import { here } from '../session/enter.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }))

type Begun = Awaited<ReturnType<typeof beginTotp>>

interface Props {
  /** The key, which is not in use before its first code. */
  begun: Begun | undefined
  onDone: (recoveryCodes: string[]) => void
  onClose: () => void
}

/** Takes a key into an app, and proves by its first code that it is there. */
export function AppSetup({ begun, onDone, onClose }: Props) {
  return (
    <Panel title="Set up an authenticator app" open={begun !== undefined} onClose={onClose}>
      {begun && <Confirm begun={begun} onDone={onDone} />}
    </Panel>
  )
}

function Confirm({ begun, onDone }: { begun: Begun; onDone: Props['onDone'] }) {
  const { form, field, problem, busy } = useForm({ code: '' }, async ({ code }) => {
    onDone((await confirmTotp(here, code)).recoveryCodes)
  })
  const key = begun.secret.replaceAll(/(.{4})(?!$)/g, '$1 ')
  const code = field('code')
  return (
    <form {...form} className="px-5 pb-5">
      <ol className="list-decimal space-y-4 pl-5 marker:text-quiet">
        <li>
          <p>
            Scan this with an app such as Aegis, 1Password or Google Authenticator. On this very phone, copy
            the key into it.
          </p>
          {/* White in both themes: cameras want dark on light. */}
          <div className="mt-3 flex flex-wrap items-center gap-4">
            <div className="size-44 rounded-lg border border-line">
              <Suspense>
                <QrCode text={begun.totpUri} label="QR code with the key for your authenticator app" />
              </Suspense>
            </div>
            <div className="min-w-0 flex-1 basis-40">
              <p className="text-[13px] text-quiet">The key, as text</p>
              <p className="mt-1 mb-2 font-mono text-[13px] select-all">{key}</p>
              <CopyButton text={begun.secret} label="Copy the key" />
            </div>
          </div>
        </li>
        <li>
          <TextField
            label="Type the code that it shows"
            className="max-w-56"
            data-first-focus
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            spellCheck={false}
            maxLength={16}
            placeholder="123 456"
            {...code}
            error={code.error ?? problem}
          />
        </li>
      </ol>
      <div className="mt-3 flex justify-end">
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'One moment …' : 'Turn it on'}
        </Button>
      </div>
    </form>
  )
}
