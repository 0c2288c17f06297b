import {
  ArrowDown,
  ArrowUp,
  CircleDot,
  Ellipsis,
  IndentDecrease,
  IndentIncrease,
  PanelRight,
  Pencil,
  Trash2,
} from 'lucide-react'
import { IconButton } from '../ui/button.tsx'
import { MenuItem, MenuLine, PopupMenu } from '../ui/menu.tsx'
import { applyChange } from './actions.ts'
import type { Task } from './task.ts'

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
      <MenuItem icon={<PanelRight aria-hidden />} shortcut="Enter" onClick={() => on.onOpen(task)}>
        Details
      </MenuItem>
      <MenuItem icon={<Pencil aria-hidden />} shortcut="E" onClick={() => on.onRename(task)}>
        Rename
      </MenuItem>
      {!task.completed && (
        <MenuItem
          icon={<CircleDot aria-hidden />}
          shortcut="S"
          onClick={() =>
            void applyChange(task, { status: task.status === 'pending' ? 'in_progress' : 'pending' })
          }
        >
          {task.status === 'pending' ? 'Start' : 'Not started'}
        </MenuItem>
      )}
      {movable && (
        <>
          <MenuLine />
          <MenuItem icon={<ArrowUp aria-hidden />} shortcut="Alt ↑" onClick={() => on.onMove(task, -1)}>
            Move up
          </MenuItem>
          <MenuItem icon={<ArrowDown aria-hidden />} shortcut="Alt ↓" onClick={() => on.onMove(task, 1)}>
            Move down
          </MenuItem>
          <MenuItem
            icon={<IndentIncrease aria-hidden />}
            shortcut="Alt →"
            onClick={() => on.onNest(task, true)}
          >
            Below the one above
          </MenuItem>
          {task.parentId !== null && (
            <MenuItem
              icon={<IndentDecrease aria-hidden />}
              shortcut="Alt ←"
              onClick={() => on.onNest(task, false)}
            >
              One level up
            </MenuItem>
          )}
        </>
      )}
      <MenuLine />
      <MenuItem icon={<Trash2 aria-hidden />} shortcut="Del" danger onClick={() => on.onDelete(task)}>
        Delete
      </MenuItem>
    </PopupMenu>
  )
}
