import { linkProvider, unlinkProvider } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { here } from '../session/enter.ts'
import { useUser } from '../session/me.ts'
import { sayReturn, waysInOptions } from '../session/ways-in.ts'
import { Button } from '../ui/button.tsx'
import { Question } from '../ui/dialog.tsx'
import { Section } from '../ui/section.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { useProof } from './proof.tsx'
import { refreshSecurity, securityOptions } from './queries.ts'

interface Way {
  id: string
  name: string
  /** When it was added; undefined: it was not. */
  since: string | undefined
  /** Whether this server still has it. */
  isOffered: boolean
}

/** By whom else one is signed in. Where nobody offers that, nothing is shown. */
export function ProvidersSection() {
  const { data: offered } = useQuery(waysInOptions)
  const { data: security } = useQuery(securityOptions)
  const { prove, question } = useProof()
  const [problem] = useState(sayReturn)
  const [busy, setBusy] = useState(false)
  const [going, setGoing] = useState<Way>()

  async function add({ id, name }: Way) {
    setBusy(true)
    try {
      const address = await prove({ what: 'Go on' }, (password) =>
        linkProvider(here, { provider: id, ...(password !== undefined && { password }) }),
      )
      if (address !== undefined) location.assign(address)
    } catch (failure) {
      notifyFailure(`${name} was not added`, failure)
    } finally {
      setBusy(false)
    }
  }

  async function remove({ id, name }: Way) {
    setGoing(undefined)
    try {
      const done = await prove({ what: 'Remove it' }, async (password) => {
        await unlinkProvider(here, { provider: id, ...(password !== undefined && { password }) })
        return true
      })
      if (done) notify({ title: `${name} no longer signs you in` })
      await refreshSecurity()
    } catch (failure) {
      notifyFailure(`${name} still signs you in`, failure)
    }
  }

  const linked = security?.signIns.filter(({ provider }) => provider !== 'credential') ?? []
  const sinceOf = (id: string) => linked.find(({ provider }) => provider === id)?.createdAt
  const providers = offered?.providers ?? []
  const gone = new Set(linked.map(({ provider }) => provider)).difference(
    new Set(providers.map(({ id }) => id)),
  )
  const ways: Way[] = [
    ...providers.map(({ id, name }) => ({ id, name, since: sinceOf(id), isOffered: true })),
    ...[...gone].map((id) => ({ id, name: id, since: sinceOf(id), isOffered: false })),
  ]
  if (!offered || !security || ways.length === 0) return null
  return (
    <Section title="Sign in with …">
      <p className="max-w-md text-quiet">
        Somebody else who knows you can sign you in, without your password here.
      </p>
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-[14px] text-danger">
          {problem}
        </p>
      )}
      <ul className="mt-2 divide-y divide-line">
        {ways.map((way) => (
          <WayRow
            key={way.id}
            way={way}
            busy={busy}
            onAdd={() => void add(way)}
            onRemove={() => setGoing(way)}
          />
        ))}
      </ul>
      <Question
        open={going !== undefined}
        title={`Remove ${going?.name ?? ''}?`}
        action="Remove"
        onAction={() => going && void remove(going)}
        onCancel={() => setGoing(undefined)}
      >
        It no longer signs you in here. Your account there stays as it is.
      </Question>
      {question}
    </Section>
  )
}

interface RowProps {
  way: Way
  busy: boolean
  onAdd: () => void
  onRemove: () => void
}

function WayRow({ way: { name, since, isOffered }, busy, onAdd, onRemove }: RowProps) {
  const { timeZone } = useUser()
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone })
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-48">
        <p>{name}</p>
        <p className="text-[13px] text-quiet">
          {since === undefined ? 'Does not sign you in' : `Signs you in since ${day.format(new Date(since))}`}
          {!isOffered && '. This server has it no longer'}
        </p>
      </div>
      {since === undefined ? (
        <Button disabled={busy} onClick={onAdd}>
          Add {name} …
        </Button>
      ) : (
        <Button look="danger" aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </Button>
      )}
    </li>
  )
}
