import { deletePasskey, errorOf, renamePasskey, type Passkey } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { canUsePasskeys } from '../session/can-use-passkeys.ts'
import { here } from '../session/enter.ts'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { Question } from '../ui/dialog.tsx'
import { LoadFailure } from '../ui/load-failure.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { takeFocus, TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { useProof } from './proof.tsx'
import { passkeysOptions, refreshSecurity } from './queries.ts'
import { sayClient } from './user-agent.ts'

export function PasskeysSection() {
  const { data, error, refetch } = useQuery(passkeysOptions)
  const { prove, question } = useProof()
  const [busy, setBusy] = useState(false)
  const [going, setGoing] = useState<Passkey>()

  async function add() {
    setBusy(true)
    try {
      const { addByBrowser } = await import('./add-passkey.ts')
      // A name to know it by, until somebody gives it a better one.
      const name = sayClient(navigator.userAgent)
      const added = await prove({ what: 'Add a passkey' }, (password) => addByBrowser({ name, password }))
      if (added) notify({ title: 'From now on you can sign in with this passkey' })
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('No passkey was added', failure)
    } finally {
      setBusy(false)
    }
  }

  async function remove({ id }: Passkey) {
    setGoing(undefined)
    try {
      await prove({ what: 'Remove it' }, (password) =>
        deletePasskey(here, { id, ...(password !== undefined && { password }) }),
      )
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('The passkey is still there', failure)
    }
  }

  if (error && !data) return <LoadFailure error={error} again={refetch} />
  if (!data) return <div className="h-16" aria-busy />
  return (
    <>
      <p className="max-w-md text-quiet">
        Sign in by your finger, your face or the PIN of your device, without a password and without a code.
      </p>
      {data.length > 0 && (
        <ul className="mt-2 divide-y divide-line">
          {data.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onRemove={() => setGoing(passkey)} />
          ))}
        </ul>
      )}
      {canUsePasskeys() ? (
        <Button className="mt-3" disabled={busy} onClick={() => void add()}>
          {busy ? 'One moment …' : 'Add a passkey …'}
        </Button>
      ) : (
        <p className="mt-2 text-[14px] text-quiet">
          This browser has none for this address. Passkeys need https, or localhost, and a name instead of a
          number.
        </p>
      )}
      <Question
        open={going !== undefined}
        title={`Remove “${going?.name ?? ''}”?`}
        action="Remove"
        onAction={() => going && void remove(going).catch(errorOf)}
        onCancel={() => setGoing(undefined)}
      >
        It no longer signs you in. Your device keeps its half until you remove it there, too.
      </Question>
      {question}
    </>
  )
}

function PasskeyRow({ passkey, onRemove }: { passkey: Passkey; onRemove: () => void }) {
  const { timeZone } = useUser()
  const [renaming, setRenaming] = useState(false)
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone })
  const { name, createdAt, lastUsedAt, backedUp } = passkey
  if (renaming) return <RenameRow passkey={passkey} onDone={() => setRenaming(false)} />
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-48">
        <p>{name}</p>
        <p className="text-[13px] text-quiet">
          Added {day.format(new Date(createdAt))}
          {lastUsedAt ? `, last used ${day.format(new Date(lastUsedAt))}` : ', not used yet'}
          {backedUp && '. Kept by several devices'}
        </p>
      </div>
      <div className="flex gap-1">
        <Button look="quiet" aria-label={`Rename ${name}`} onClick={() => setRenaming(true)}>
          Rename
        </Button>
        <Button look="danger" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
    </li>
  )
}

function RenameRow({ passkey: { id, name }, onDone }: { passkey: Passkey; onDone: () => void }) {
  const { form, field, problem, busy } = useForm({ name }, async (change) => {
    await renamePasskey(here, { id, name: change.name })
    await refreshSecurity()
    onDone()
  })
  const named = field('name')
  return (
    <li className="py-2">
      <form {...form} className="flex flex-wrap items-start gap-2">
        <TextField
          className="flex-1 basis-48"
          label={`New name for ${name}`}
          ref={takeFocus}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onDone()
          }}
          required
          maxLength={100}
          {...named}
          error={named.error ?? problem}
        />
        <div className="flex gap-2 pt-6">
          <Button type="submit" look="primary" disabled={busy}>
            Save
          </Button>
          <Button look="quiet" onClick={onDone}>
            Cancel
          </Button>
        </div>
      </form>
    </li>
  )
}
