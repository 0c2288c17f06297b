import { approveDevice, denyDevice, errorOf, lookAtDevice } from '@ownlist/client'
import { Fragment, useCallback, useEffect, useRef, useState } from 'react'
import { secret } from '../app/secret.ts'
import { useStore } from '../app/store.ts'
import { sayClient } from '../security/user-agent.ts'
import { here } from '../session/enter.ts'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { sayFailure } from '../ui/say-failure.ts'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'

type Asking = Awaited<ReturnType<typeof lookAtDevice>>

/** Lets a terminal in, or not (RFC 8628): whoever is signed in here says whether it is theirs. */
export function DeviceScreen() {
  const brought = useStore(secret)
  const [asking, setAsking] = useState<Asking>()
  const [done, setDone] = useState<'approved' | 'denied'>()
  const look = useCallback(async (code: string) => setAsking(await lookAtDevice(here, code)), [])
  useEffect(() => {
    document.title = 'Sign in a terminal · Ownlist'
  }, [])

  return (
    <div className="max-w-md pt-5 pb-28 md:pt-9">
      <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">Sign in a terminal</h1>
      {done ? (
        <Outcome done={done} />
      ) : asking ? (
        <Approval asking={asking} onDone={setDone} onOther={() => setAsking(undefined)} />
      ) : (
        <CodeForm key={brought} brought={brought} look={look} />
      )}
    </div>
  )
}

function CodeForm({ brought, look }: { brought: string | undefined; look: (code: string) => Promise<void> }) {
  const { form, field, problem, busy } = useForm({ code: brought ?? '' }, ({ code }) => look(code))
  return (
    <form {...form} className="mt-5">
      <p className="text-quiet">
        {brought === undefined
          ? 'Type the code that your terminal shows.'
          : 'This is the code that the link brought. Is it what your terminal shows?'}
      </p>
      <TextField
        className="mt-4 max-w-56"
        label="Code"
        required
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={32}
        placeholder="ABCD-2345"
        {...field('code', 'userCode')}
      />
      <p role="alert" className="min-h-6 text-[14px] text-danger">
        {problem}
      </p>
      <Button type="submit" look="primary" disabled={busy}>
        {busy ? 'One moment …' : 'Go on'}
      </Button>
    </form>
  )
}

/** Programs by the names that people know. */
const programs: Record<string, string> = { 'ownlist-cli': 'The Ownlist command line' }

interface ApprovalProps {
  asking: Asking
  onDone: (done: 'approved' | 'denied') => void
  onOther: () => void
}

function Approval({ asking, onDone, onOther }: ApprovalProps) {
  const { userCode, clientId, status } = asking
  const { email } = useUser()
  const heading = useRef<HTMLHeadingElement>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  useEffect(() => heading.current?.focus(), [])

  async function answer(isYes: boolean) {
    setBusy(true)
    setProblem(undefined)
    try {
      await (isYes ? approveDevice(here, userCode) : denyDevice(here, userCode))
      secret.set(() => undefined)
      onDone(isYes ? 'approved' : 'denied')
    } catch (error) {
      setProblem(sayFailure(errorOf(error)))
      setBusy(false)
    }
  }

  return (
    <section className="mt-6 rounded-xl border border-line bg-raised p-5">
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        {programs[clientId ?? ''] ?? 'A program'} asks to be signed in as {email}
      </h2>
      <p className="mt-4 text-[13px] text-quiet">Its code</p>
      <p className="font-mono text-[26px] tracking-[0.08em]">{userCode}</p>
      <Whence {...asking} />
      <p className="mt-4">
        Approve this only if <strong className="font-semibold">you started it yourself, just now</strong>, and
        your terminal shows this very code. It can then do everything with your tasks that you can.
      </p>
      {status !== 'pending' && <p className="mt-3 text-quiet">This code was answered before.</p>}
      <p role="alert" className="mt-2 min-h-6 text-[14px] text-danger">
        {problem}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={busy} onClick={() => void answer(true)}>
          Approve
        </Button>
        <Button look="danger" disabled={busy} onClick={() => void answer(false)}>
          Deny
        </Button>
        <Button look="quiet" disabled={busy} onClick={onOther}>
          Another code
        </Button>
      </div>
    </section>
  )
}

/** From where and when it asked, by which one knows one's own. */
function Whence({ ipAddress, userAgent, askedAt }: Asking) {
  const { timeZone } = useUser()
  if (askedAt === null) return null
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  const facts = [
    ['Asked', moment.format(new Date(askedAt))],
    ['From', ipAddress ?? 'an unknown address'],
    ['By', sayClient(userAgent)],
  ]
  return (
    <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-[14px]">
      {facts.map(([name, fact]) => (
        <Fragment key={name}>
          <dt className="text-quiet">{name}</dt>
          <dd className="min-w-0 break-words">{fact}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

function Outcome({ done }: { done: 'approved' | 'denied' }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="mt-6">
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        {done === 'approved' ? 'Your terminal is signed in' : 'It was turned away'}
      </h2>
      <p className="mt-1.5 text-quiet">
        {done === 'approved'
          ? 'Go back to it: it goes on within some seconds. You can sign it out again in the settings, under Security.'
          : 'Nobody was signed in. If you did not start this, somebody may have sent you the link: never approve it for them.'}
      </p>
    </section>
  )
}
