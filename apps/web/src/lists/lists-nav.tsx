import { useNavigate } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { lazy, Suspense, useId, useState } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { useLivePart } from '../app/live.ts'
import { useHere } from '../nav/here.ts'
import { NameForm } from '../nav/name-form.tsx'
import { NavRow } from '../nav/row.tsx'
import { NavSection } from '../nav/section.tsx'
import { useKeptFocus, useRenaming } from '../nav/use-kept-focus.ts'
import { useTaskStore } from '../session/session.ts'
import { Dot } from '../ui/colors.tsx'
import { changeList, createList, moveBy } from './actions.ts'
import type { List } from './list.ts'
import { problemOfName } from './naming.ts'
import { useLists } from './organizers.ts'

const loadMenu = rarelyUsed(() => import('./list-menu.tsx'))
const ListMenu = lazy(async () => ({ default: (await loadMenu()).ListMenu }))

const loadDelete = rarelyUsed(() => import('./delete-list.tsx'))
const DeleteList = lazy(async () => ({ default: (await loadDelete()).DeleteList }))

/** The user's lists in their order; those put away are folded up below them. */
export function ListsNav() {
  const navigate = useNavigate()
  const lists = useLists()
  const [deleting, setDeleting] = useState<List>()
  const open = lists.filter(({ archivedAt }) => archivedAt === null)
  const archived = lists.filter(({ archivedAt }) => archivedAt !== null)
  const keepFocus = useKeptFocus(lists)
  const problemOf = (name: string, self?: string) => problemOfName(name, { among: open, most: 120, self })
  const row = (list: List) => (
    <ListRow
      key={list.id}
      list={list}
      problemOf={(name) => problemOf(name, list.id)}
      onMove={(by) => {
        keepFocus(list.id)
        moveBy('lists', list.id, by)
      }}
      onDelete={() => setDeleting(list)}
    />
  )

  return (
    <NavSection
      title="Lists"
      add={{
        label: 'New list',
        icon: <Dot color={null} />,
        problemOf,
        onAdd: (name) =>
          // Whoever makes a list has something to write into it.
          void createList(name).then((made) => made && navigate({ to: '/', search: { list: made.id } })),
      }}
      last={archived.length > 0 && <Archived count={archived.length}>{archived.map(row)}</Archived>}
      empty={lists.length === 0 ? 'Home, work, the next trip.' : undefined}
    >
      <ul className="space-y-0.5">{open.map(row)}</ul>
      <Suspense>{deleting && <DeleteList list={deleting} onClose={() => setDeleting(undefined)} />}</Suspense>
    </NavSection>
  )
}

function Archived({ count, children }: { count: number; children: React.ReactNode }) {
  const id = useId()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        className="flex h-9 w-full items-center gap-3 rounded-lg px-2.5 text-[13px] text-quiet hover:bg-hover hover:text-ink pointer-coarse:h-11"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight
          aria-hidden
          className={`size-[18px] p-px transition-transform ${open ? 'rotate-90' : ''}`}
        />
        <span className="flex-1 text-left">Archived</span>
        <span className="tabular-nums">{count}</span>
      </button>
      <ul id={id} className="space-y-0.5">
        {open && children}
      </ul>
    </>
  )
}

interface RowProps {
  list: List
  problemOf: (name: string) => string | undefined
  onMove: (by: 1 | -1) => void
  onDelete: () => void
}

function ListRow({ list, problemOf, onMove, onDelete }: RowProps) {
  const count = useLivePart(useTaskStore().tasks.counts(), ({ lists }) => lists.get(list.id)?.open)
  const here = useHere() === `list ${list.id}`
  const { renaming, start, done } = useRenaming(list.id)
  const { id, name, color, archivedAt } = list
  const icon = <Dot color={color} />
  if (renaming) {
    return (
      <li>
        <NameForm
          label={`Name of ${name}`}
          icon={icon}
          value={name}
          problemOf={problemOf}
          onSave={(wanted) => void changeList(list, { name: wanted })}
          onDone={done}
        />
      </li>
    )
  }
  return (
    <li>
      <NavRow
        id={id}
        name={name}
        icon={icon}
        search={{ list: id }}
        here={here}
        count={count}
        onRename={start}
        {...(archivedAt === null && { onMove })}
        menu={<ListMenu list={list} here={here} onRename={start} onMove={onMove} onDelete={onDelete} />}
      />
    </li>
  )
}
