import { Combobox } from '@base-ui/react/combobox'
import { Check, Plus } from 'lucide-react'
import type { ReactNode } from 'react'

/** One thing to be chosen by typing a part of its name; `create`: it is not there yet. */
export interface Choice {
  id: string
  name: string
  mark?: ReactNode
  create?: boolean
}

interface Props {
  label: string
  placeholder: string
  empty: string
}

/** What opens below the trigger of a combobox: a field to type in, and what fits. */
export function PickerPopup({ label, placeholder, empty }: Props) {
  return (
    <Combobox.Portal>
      <Combobox.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-70">
        <Combobox.Popup aria-label={label} className="popup w-64 max-w-(--available-width)">
          <Combobox.Input
            aria-label={label}
            placeholder={placeholder}
            className="mb-1 h-9 w-full rounded-lg bg-sunken px-2.5 text-[14px] pointer-coarse:h-11"
          />
          <Combobox.Empty className="px-2.5 text-[14px] text-quiet not-empty:py-2">{empty}</Combobox.Empty>
          <Combobox.List className="max-h-[min(18rem,calc(var(--available-height)-4rem))] overflow-y-auto overscroll-contain">
            {({ id, name, mark, create }: Choice) => (
              <Combobox.Item
                key={id}
                value={id}
                className="menu-item cursor-pointer data-selected:font-medium [&_svg]:shrink-0"
              >
                <span className="flex w-4 justify-center">
                  {create ? <Plus aria-hidden className="size-4 text-accent" /> : mark}
                </span>
                <span className="min-w-0 flex-1 truncate">{create ? `Create “${name}”` : name}</span>
                <Combobox.ItemIndicator>
                  <Check aria-hidden className="size-4 text-accent" />
                </Combobox.ItemIndicator>
              </Combobox.Item>
            )}
          </Combobox.List>
        </Combobox.Popup>
      </Combobox.Positioner>
    </Combobox.Portal>
  )
}

/** The id of what is to be made from what was typed; no row has such an id. */
export const toCreate = 'create'

/** What fits what was typed, and, where nothing is called so yet, making it. */
export function choicesFor(rows: readonly Choice[], typed: string, problem: string | undefined): Choice[] {
  const wanted = typed.trim().toLowerCase()
  const fitting = rows.filter(({ name }) => name.toLowerCase().includes(wanted))
  const isNew = wanted !== '' && problem === undefined
  return isNew ? [...fitting, { id: toCreate, name: typed.trim(), create: true }] : fitting
}
