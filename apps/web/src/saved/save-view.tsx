import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { changeView, saveView } from '../lists/actions.ts'
import type { SavedView } from '../lists/list.ts'
import { problemOfName } from '../lists/naming.ts'
import { useSavedViews } from '../lists/organizers.ts'
import type { SavedFilter } from '../tasks/views.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'

interface Props {
  filter: SavedFilter
  suggestion: string
  /** The saved view that the screen began with: it can be changed to what is shown now. */
  from: SavedView | undefined
  onClose: () => void
}

/** Keeps what the screen shows under a name: which tasks and in which order, wherever it is opened. */
export function SaveView({ filter, suggestion, from, onClose }: Props) {
  const navigate = useNavigate()
  const saved = useSavedViews()
  const [name, setName] = useState(suggestion)
  const [problem, setProblem] = useState<string>()

  async function save() {
    const wanted = name.trim()
    if (!wanted) return setProblem('Must not be empty.')
    const found = problemOfName(wanted, { among: saved, most: 120 })
    if (found) return setProblem(found)
    const made = await saveView(wanted, filter)
    if (!made) return
    announce(`Saved the view ${wanted}`)
    onClose()
    await navigate({ to: '/', search: { saved: made.id } })
  }

  async function change(view: SavedView) {
    if (!(await changeView(view, { filter }))) return
    announce(`Changed the view ${view.name}`)
    onClose()
    await navigate({ to: '/', search: { saved: view.id } })
  }

  return (
    <Panel title="Save as view" open onClose={onClose}>
      <form
        className="px-5 pb-5"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <TextField
          label="Name"
          data-first-focus
          value={name}
          error={problem}
          hint="It stands at the side, on all your devices."
          autoComplete="off"
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setName(event.target.value)
            setProblem(undefined)
          }}
        />
        <div className="mt-3 flex flex-wrap justify-end gap-2">
          {from && (
            <Button className="mr-auto" onClick={() => void change(from)}>
              Change “{from.name.length > 20 ? `${from.name.slice(0, 19)}…` : from.name}”
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Save
          </Button>
        </div>
      </form>
    </Panel>
  )
}
