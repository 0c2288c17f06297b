import { useNavigate } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { deleteView } from '../lists/actions.ts'
import type { SavedView } from '../lists/list.ts'
import { MenuItem, MenuLine } from '../ui/menu.tsx'

interface Props {
  view: SavedView
  /** It is what the page shows. */
  here: boolean
  onRename: () => void
  onMove: (by: 1 | -1) => void
}

/** What can be done with a saved view. */
export function ViewMenu({ view, here, onRename, onMove }: Props) {
  const navigate = useNavigate()
  return (
    <>
      <MenuItem icon={<Pencil aria-hidden />} shortcut="F2" onClick={onRename}>
        Rename
      </MenuItem>
      <MenuItem icon={<ArrowUp aria-hidden />} shortcut="Alt ↑" onClick={() => onMove(-1)}>
        Move up
      </MenuItem>
      <MenuItem icon={<ArrowDown aria-hidden />} shortcut="Alt ↓" onClick={() => onMove(1)}>
        Move down
      </MenuItem>
      <MenuLine />
      <MenuItem
        icon={<Trash2 aria-hidden />}
        danger
        onClick={() => {
          deleteView(view)
          if (here) void navigate({ to: '/', search: {} })
        }}
      >
        Delete
      </MenuItem>
    </>
  )
}
