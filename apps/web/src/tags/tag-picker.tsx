import { Combobox } from '@base-ui/react/combobox'
import { useState, type ReactElement } from 'react'
import { createTag } from '../lists/actions.ts'
import { problemOfName } from '../lists/naming.ts'
import { useTags } from '../lists/organizers.ts'
import { choicesFor, PickerPopup, toCreate } from '../ui/picker.tsx'
import { TagMark } from './tag-chip.tsx'

interface Props {
  tagIds: readonly string[]
  onChange: (tagIds: string[]) => void
  /** A button that opens it. */
  trigger: ReactElement
}

/** Any number of the user's tags, or a new one. It stays open for the next. */
export function TagPicker({ tagIds, onChange, trigger }: Props) {
  const tags = useTags()
  const [typed, setTyped] = useState('')
  const rows = tags.map(({ id, name, color }) => ({ id, name, mark: <TagMark color={color} /> }))
  const problem = problemOfName(typed.trim(), { among: tags, most: 60 })

  async function choose(ids: string[]) {
    if (!ids.includes(toCreate)) return onChange(ids)
    const made = await createTag(typed.trim())
    if (made?.id) onChange([...tagIds, made.id])
    setTyped('')
  }

  return (
    <Combobox.Root
      multiple
      items={choicesFor(rows, typed, problem)}
      filter={null}
      autoHighlight
      value={[...tagIds]}
      onValueChange={(ids: string[]) => void choose(ids)}
      inputValue={typed}
      onInputValueChange={setTyped}
      onOpenChange={() => setTyped('')}
    >
      <Combobox.Trigger render={trigger} />
      <PickerPopup
        label="Tags"
        placeholder="Find or create a tag"
        empty={tags.length === 0 ? 'Type the name of your first tag.' : 'Too long for a name.'}
      />
    </Combobox.Root>
  )
}
