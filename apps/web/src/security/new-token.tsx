import { OwnlistError, type Inputs } from '@ownlist/client'
import { useId, useState } from 'react'
import { ownlist } from '../app/client.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useForm } from '../ui/use-form.ts'
import { useProof } from './proof.tsx'
import { refreshSecurity } from './queries.ts'

type Scope = Inputs['account']['createToken']['scopes'][number]

const scopes: [scope: Scope, name: string, what: string][] = [
  ['read', 'Read', 'see your tasks, lists, tags and comments'],
  ['write', 'Change', 'change them, and read them'],
  ['account', 'Account', 'see and end sessions, your settings, and what happened lately'],
]
const days = [7, 30, 90, 180, 365]

interface Props {
  open: boolean
  onClose: () => void
  onMade: (token: string) => void
}

export function NewToken({ open, onClose, onMade }: Props) {
  const { prove, question } = useProof()
  return (
    <>
      <Panel title="New API token" open={open} onClose={onClose}>
        {open && <TokenForm prove={prove} onClose={onClose} onMade={onMade} />}
      </Panel>
      {question}
    </>
  )
}

function TokenForm({
  prove,
  onClose,
  onMade,
}: Omit<Props, 'open'> & { prove: ReturnType<typeof useProof>['prove'] }) {
  const id = useId()
  const [chosen, setChosen] = useState<Scope[]>(['read'])
  const { form, field, problem, busy, values, issue, set } = useForm(
    { name: '', expiresInDays: '90' },
    async ({ name, expiresInDays }) => {
      if (chosen.length === 0) {
        const issues = [{ path: 'scopes', message: 'Choose what it may do.' }]
        throw new OwnlistError('BAD_INPUT', 'Choose what it may do.', { issues })
      }
      const wish = { name, scopes: chosen, expiresInDays: Number(expiresInDays) }
      const made = await prove({ what: 'Make the token' }, (password) =>
        ownlist.account.createToken.mutate({ ...wish, ...(password !== undefined && { password }) }),
      )
      if (!made) return
      await refreshSecurity()
      // A repetition of a call that had come through is told no secret a second time.
      if (made.token === null)
        throw new OwnlistError('INTERNAL', 'It was made, but lost on the way. Revoke it.')
      onMade(made.token)
    },
  )
  const scopesProblem = issue('scopes')

  return (
    <form {...form} className="px-5 pb-5">
      <TextField
        label="Name"
        data-first-focus
        required
        maxLength={100}
        autoComplete="off"
        hint="What it is for, such as “Backup script”"
        {...field('name')}
      />
      <fieldset className="mt-2" aria-describedby={`${id}-scopes`}>
        <legend className="mb-1 text-[13px] font-medium">What it may do</legend>
        {scopes.map(([scope, name, what]) => (
          <label
            key={scope}
            className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-2 text-[14px] hover:bg-hover"
          >
            <input
              type="checkbox"
              className="size-4 shrink-0 accent-accent"
              checked={chosen.includes(scope)}
              aria-invalid={scopesProblem !== undefined}
              onChange={({ target }) =>
                setChosen((before) =>
                  target.checked ? [...before, scope] : before.filter((other) => other !== scope),
                )
              }
            />
            <span>
              {name}: <span className="text-quiet">{what}</span>
            </span>
          </label>
        ))}
        <p id={`${id}-scopes`} className="min-h-5 text-[13px] text-danger">
          {scopesProblem}
        </p>
      </fieldset>
      <label htmlFor={`${id}-days`} className="mb-1 block text-[13px] font-medium">
        Works for
      </label>
      <select
        id={`${id}-days`}
        className="field max-w-44 text-[14px]"
        value={values.expiresInDays}
        onChange={({ target }) => set('expiresInDays', target.value)}
      >
        {days.map((count) => (
          <option key={count} value={count}>
            {count === 365 ? 'a year' : `${count} days`}
          </option>
        ))}
      </select>
      <p role="alert" className="mt-1 min-h-5 text-[13px] text-danger">
        {problem}
      </p>
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'One moment …' : 'Make the token'}
        </Button>
      </div>
    </form>
  )
}
