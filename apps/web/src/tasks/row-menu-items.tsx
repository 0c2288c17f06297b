import {
  ArrowDown,
  ArrowUp,
  CircleDot,
  IndentDecrease,
  IndentIncrease,
  PanelRight,
  Pencil,
  Trash2,
} from 'lucide-react'
import { MenuItem, MenuLine } from '../ui/menu.tsx'
import { applyChange } from './actions.ts'
import type { RowHandlers } from './row-menu.tsx'
import type { Task } from './task.ts'

/** What can be done with a task, each with the key that does the same. */
export function RowMenuItems({ task, movable, ...on }: { task: Task; movable: boolean } & RowHandlers) {
  return (
    <>
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
    </>
  )
}
