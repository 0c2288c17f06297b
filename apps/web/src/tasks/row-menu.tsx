import { Ellipsis } from 'lucide-react'
import { lazy } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { IconButton } from '../ui/button.tsx'
import { PopupMenu } from '../ui/menu.tsx'
import type { Task } from './task.ts'

const loadItems = rarelyUsed(() => import('./row-menu-items.tsx'))
const RowMenuItems = lazy(async () => ({ default: (await loadItems()).RowMenuItems }))

/** What can be done from a row. */
export interface RowHandlers {
  onOpen: (task: Task) => void
  onRename: (task: Task) => void
  onRenamed: (task: Task) => void
  onFocus: (task: Task) => void
  onMove: (task: Task, by: 1 | -1) => void
  onDelete: (task: Task) => void
  onFold: (task: Task, folded: boolean) => void
  onNest: (task: Task, deeper: boolean) => void
}

/** What its keys do, for the mouse and the thumb. */
export function RowMenu({
  task,
  tabIndex,
  movable,
  ...on
}: { task: Task; tabIndex: number; movable: boolean } & RowHandlers) {
  return (
    <PopupMenu
      trigger={
        <IconButton label={`More for ${task.title}`} title="More" tabIndex={tabIndex}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <RowMenuItems task={task} movable={movable} {...on} />
    </PopupMenu>
  )
}
