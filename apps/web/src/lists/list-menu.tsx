import { useNavigate } from '@tanstack/react-router'
import { Archive, ArchiveRestore, ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { ColorChoice } from '../nav/color-choice.tsx'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { archiveList, changeList } from './actions.ts'
import type { List } from './list.ts'

interface Props {
  list: List
  /** It is what the page shows. */
  here: boolean
  onRename: () => void
  onMove: (by: 1 | -1) => void
  onDelete: () => void
}

/** What can be done with a list. */
export function ListMenu({ list, here, onRename, onMove, onDelete }: Props) {
  const navigate = useNavigate()
  const { color, archivedAt } = list
  return (
    <>
      <MenuItem icon={<Pencil aria-hidden />} shortcut="F2" onClick={onRename}>
        Rename
      </MenuItem>
      <ColorChoice color={color} onChange={(chosen) => void changeList(list, { color: chosen })} />
      <MenuLine />
      {archivedAt === null && (
        <>
          <MenuItem icon={<ArrowUp aria-hidden />} shortcut="Alt ↑" onClick={() => onMove(-1)}>
            Move up
          </MenuItem>
          <MenuItem icon={<ArrowDown aria-hidden />} shortcut="Alt ↓" onClick={() => onMove(1)}>
            Move down
          </MenuItem>
        </>
      )}
      <MenuItem
        icon={archivedAt === null ? <Archive aria-hidden /> : <ArchiveRestore aria-hidden />}
        onClick={() => {
          archiveList(list, archivedAt === null)
          if (here && archivedAt === null) void navigate({ to: '/', search: {} })
        }}
      >
        {archivedAt === null ? 'Archive' : 'Unarchive'}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<Trash2 aria-hidden />} danger onClick={onDelete}>
        Delete …
      </MenuItem>
    </>
  )
}
