import { Combobox } from '@base-ui/react/combobox'
import { Inbox } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { Dot } from '../ui/colors.tsx'
import { choicesFor, PickerPopup, toCreate } from '../ui/picker.tsx'
import { createList } from './actions.ts'
import { problemOfName } from './naming.ts'
import { useLists } from './organizers.ts'

interface Props {
  /** null is the Inbox. */
  listId: string | null
  onChange: (listId: string | null) => void
  /** A button; it says what is chosen now. */
  trigger: ReactElement
}

const inbox = 'inbox'

/** One of the user's lists, or the Inbox, or a new one. */
export function ListPicker({ listId, onChange, trigger }: Props) {
  const lists = useLists()
  const [typed, setTyped] = useState('')
  const open = lists.filter(({ id, archivedAt }) => archivedAt === null || id === listId)
  const problem = problemOfName(typed.trim(), { among: [...open, { id: inbox, name: 'Inbox' }], most: 120 })
  const rows = [
    { id: inbox, name: 'Inbox', mark: <Inbox aria-hidden className="size-4 text-quiet" /> },
    ...open.map(({ id, name, color }) => ({ id, name, mark: <Dot color={color} /> })),
  ]

  async function choose(id: string | null) {
    if (id === toCreate) {
      const made = await createList(typed.trim())
      if (made?.id) onChange(made.id)
    } else if (id !== null) onChange(id === inbox ? null : id)
  }

  return (
    <Combobox.Root
      items={choicesFor(rows, typed, problem)}
      filter={null}
      autoHighlight
      value={listId ?? inbox}
      onValueChange={(id: string | null) => void choose(id)}
      inputValue={typed}
      onInputValueChange={setTyped}
      onOpenChange={() => setTyped('')}
    >
      <Combobox.Trigger render={trigger} />
      <PickerPopup label="List" placeholder="Find or create a list" empty="Too long for a name." />
    </Combobox.Root>
  )
}
