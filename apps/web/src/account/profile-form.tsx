import '../app/no-eval.ts'
import { accountChange } from '@ownlist/api/account/schema'
import { errorOf } from '@ownlist/client'
import { useId, useState } from 'react'
import { ownlist, queryClient } from '../app/client.ts'
import { meOptions, useUser } from '../session/me.ts'
import { ZoneSelect } from '../tasks/due-picker.tsx'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { notify } from '../ui/toasts.ts'

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export function ProfileForm() {
  const id = useId()
  const user = useUser()
  const [name, setName] = useState(user.name)
  const [timeZone, setTimeZone] = useState(user.timeZone)
  const [weekStart, setWeekStart] = useState(user.weekStart)
  const [problem, setProblem] = useState<string>()
  const [saving, setSaving] = useState(false)
  const change = {
    ...(name.trim() !== user.name && { name }),
    ...(timeZone !== user.timeZone && { timeZone }),
    ...(weekStart !== user.weekStart && { weekStart }),
  }

  async function save() {
    const checked = accountChange.safeParse(change)
    if (!checked.success) return setProblem(checked.error.issues[0]?.message)
    setSaving(true)
    setProblem(undefined)
    try {
      queryClient.setQueryData(meOptions.queryKey, await ownlist.account.update.mutate(checked.data))
      notify({ title: 'Settings saved', timeout: 3000 })
    } catch (error) {
      setProblem(`Not saved. ${errorOf(error).message}`)
    } finally {
      setSaving(false)
    }
  }

  return (
    <form
      className="max-w-sm space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <TextField
        label="Name"
        autoComplete="name"
        hint={user.email}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div>
        <label htmlFor={`${id}-zone`} className="mb-1 block text-[13px] font-medium">
          Time zone
        </label>
        <ZoneSelect id={`${id}-zone`} value={timeZone} onChange={setTimeZone} />
        <p className="mt-1 text-[13px] text-quiet">Decides when a day begins, and so what is due today.</p>
      </div>
      <div>
        <label htmlFor={`${id}-week`} className="mb-1 block text-[13px] font-medium">
          Week starts on
        </label>
        <select
          id={`${id}-week`}
          className="field text-[14px]"
          value={weekStart}
          onChange={(event) => setWeekStart(Number(event.target.value))}
        >
          {days.map((day, index) => (
            <option key={day} value={index + 1}>
              {day}
            </option>
          ))}
        </select>
      </div>
      <p role="alert" className="min-h-5 text-[13px] text-danger">
        {problem}
      </p>
      <Button type="submit" look="primary" disabled={saving || Object.keys(change).length === 0}>
        {saving ? 'Saving …' : 'Save changes'}
      </Button>
    </form>
  )
}
