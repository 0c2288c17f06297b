import { errorOf, type Outputs } from '@ownlist/client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ownlist } from '../app/client.ts'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Panel, Question } from '../ui/dialog.tsx'
import { LoadFailure } from '../ui/load-failure.tsx'
import { notifyFailure } from '../ui/toasts.ts'
import { NewToken } from './new-token.tsx'
import { refreshSecurity, tokensOptions } from './queries.ts'

type Token = Outputs['account']['tokens']['items'][number]

/** Keys for programs: each for what it needs, and for as long as it needs it. */
export function TokensSection() {
  const { timeZone } = useUser()
  const { data, error, refetch } = useQuery(tokensOptions)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<string>()
  const [going, setGoing] = useState<Token>()
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone })

  async function revoke({ id }: Token) {
    setGoing(undefined)
    try {
      await ownlist.account.revokeToken.mutate({ id })
      await refreshSecurity()
    } catch (failure) {
      notifyFailure('The token still works', failure)
    }
  }

  if (error && !data) return <LoadFailure error={error} again={refetch} />
  if (!data) return <div className="h-16" aria-busy />
  return (
    <>
      <p className="max-w-md text-quiet">For programs and scripts of yours, in the place of your password.</p>
      {data.items.length > 0 && (
        <ul className="mt-2 divide-y divide-line">
          {data.items.map((token) => (
            <li key={token.id} className="flex min-h-16 items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <p>
                  {token.name} <span className="font-mono text-[13px] text-quiet">ol_…{token.lastFour}</span>
                </p>
                <p className="text-[13px] text-quiet">
                  {token.scopes.map((scope) => scopeNames[scope]).join(', ')}. Until{' '}
                  {day.format(new Date(token.expiresAt))},{' '}
                  {token.lastUsedAt ? `last used ${day.format(new Date(token.lastUsedAt))}` : 'not used yet'}
                </p>
              </div>
              <Button look="danger" aria-label={`Revoke ${token.name}`} onClick={() => setGoing(token)}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button className="mt-3" onClick={() => setMaking(true)}>
        New token …
      </Button>
      <NewToken
        open={making}
        onClose={() => setMaking(false)}
        onMade={(token) => {
          setMaking(false)
          setMade(token)
        }}
      />
      <Panel title="Your new token" open={made !== undefined} onClose={() => setMade(undefined)} isFirm>
        {made !== undefined && <Shown token={made} onClose={() => setMade(undefined)} />}
      </Panel>
      <Question
        open={going !== undefined}
        title={`Revoke “${going?.name ?? ''}”?`}
        action="Revoke"
        onAction={() => going && void revoke(going).catch(errorOf)}
        onCancel={() => setGoing(undefined)}
      >
        Whatever uses it is shut out at once. A token cannot be brought back.
      </Question>
    </>
  )
}

const scopeNames: Record<Token['scopes'][number], string> = {
  read: 'Read',
  write: 'Change',
  account: 'Account',
}

function Shown({ token, onClose }: { token: string; onClose: () => void }) {
  return (
    <div className="px-5 pb-5">
      <p>
        <strong className="font-semibold">It is shown only now.</strong> Put it where your program finds it,
        and nowhere else: whoever has it can do what it may.
      </p>
      <p
        aria-label="Token"
        className="mt-4 rounded-xl bg-sunken px-4 py-3 font-mono text-[14px] break-all select-all"
      >
        {token}
      </p>
      <div className="mt-4 flex flex-wrap justify-between gap-2">
        <CopyButton text={token} />
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </div>
  )
}
