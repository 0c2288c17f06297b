import { ListFilter } from 'lucide-react'
import { lazy } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { changeView, moveBy } from '../lists/actions.ts'
import type { SavedView } from '../lists/list.ts'
import { problemOfName } from '../lists/naming.ts'
import { useSavedViews } from '../lists/organizers.ts'
import { useHere } from '../nav/here.ts'
import { NameForm } from '../nav/name-form.tsx'
import { NavRow } from '../nav/row.tsx'
import { NavSection } from '../nav/section.tsx'
import { useKeptFocus, useRenaming } from '../nav/use-kept-focus.ts'

const loadMenu = rarelyUsed(() => import('./view-menu.tsx'))
const ViewMenu = lazy(async () => ({ default: (await loadMenu()).ViewMenu }))

/** The user's saved views in their order. They are saved where something is filtered (save-view.tsx). */
export function ViewsNav() {
  const saved = useSavedViews()
  const keepFocus = useKeptFocus(saved)
  if (saved.length === 0) return null
  return (
    <NavSection title="Views">
      <ul className="space-y-0.5">
        {saved.map((view) => (
          <ViewRow
            key={view.id}
            view={view}
            problemOf={(name) => problemOfName(name, { among: saved, most: 120, self: view.id })}
            onMove={(by) => {
              keepFocus(view.id)
              moveBy('views', view.id, by)
            }}
          />
        ))}
      </ul>
    </NavSection>
  )
}

interface RowProps {
  view: SavedView
  problemOf: (name: string) => string | undefined
  onMove: (by: 1 | -1) => void
}

function ViewRow({ view, problemOf, onMove }: RowProps) {
  const here = useHere() === `saved ${view.id}`
  const { renaming, start, done } = useRenaming(view.id)
  const icon = <ListFilter aria-hidden className="size-4" />
  if (renaming) {
    return (
      <li>
        <NameForm
          label={`Name of ${view.name}`}
          icon={icon}
          value={view.name}
          problemOf={problemOf}
          onSave={(name) => void changeView(view, { name })}
          onDone={done}
        />
      </li>
    )
  }
  return (
    <li>
      <NavRow
        id={view.id}
        name={view.name}
        icon={icon}
        search={{ saved: view.id }}
        here={here}
        onMove={onMove}
        onRename={start}
        menu={<ViewMenu view={view} here={here} onRename={start} onMove={onMove} />}
      />
    </li>
  )
}
