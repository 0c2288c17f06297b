import { AlignLeft, ArrowDown, ArrowUp, CircleDot, Ellipsis, PanelRight, Pencil, Trash2 } from 'lucide-react'
import { memo } from 'react'
import { IconButton } from '../ui/button.tsx'
import { MenuItem, MenuLine, PopupMenu } from '../ui/menu.tsx'
import { applyChange, toggleTask } from './actions.ts'
import { isOver, sayDue, sayTime, type Clock } from './dates.ts'
import { DueIcon } from './due-picker.tsx'
import { PriorityTag, StatusCircle } from './marks.tsx'
import type { Task } from './task.ts'
import { TitleEditor } from './title-editor.tsx'

interface RowHandlers {
  onOpen: (task: Task) => void
  onRename: (task: Task) => void
  onRenamed: (task: Task) => void
  onFocus: (task: Task) => void
  onMove: (task: Task, by: 1 | -1) => void
  onDelete: (task: Task) => void
}

interface Props extends RowHandlers {
  task: Task
  clock: Clock
  /** The one row of the list that Tab goes to; the arrows go to the others. */
  active: boolean
  renaming: boolean
  movable: boolean
  /** A heading above says the day already. */
  dayIsKnown: boolean
}

export const TaskRow = memo(function TaskRow({
  task,
  clock,
  active,
  renaming,
  movable,
  dayIsKnown,
  ...on
}: Props) {
  const tabIndex = active ? 0 : -1
  const { due, completed, description, priority } = task
  const late = due !== null && !completed && isOver(due, clock)
  // Most tasks weigh the same; what is worth a word is what differs.
  const weight = priority === 'medium' ? null : priority
  const when = due === null ? '' : dayIsKnown ? sayTime(due, clock) : sayDue(due, clock)
  return (
    <div
      className="group/row relative flex items-start gap-1 rounded-lg pr-1 transition-colors focus-within:bg-hover/70 hover:bg-hover/70 has-[[data-title]:focus-visible]:outline-2 has-[[data-title]:focus-visible]:-outline-offset-2 has-[[data-title]:focus-visible]:outline-accent"
      onFocus={() => on.onFocus(task)}
    >
      <button
        type="button"
        aria-pressed={task.status === 'in_progress' ? 'mixed' : completed}
        aria-label={`Complete ${task.title}`}
        tabIndex={tabIndex}
        className="group/check flex size-11 shrink-0 items-center justify-center rounded-lg focus-visible:-outline-offset-4"
        onClick={() => void toggleTask(task)}
      >
        <StatusCircle status={task.status} />
      </button>
      {renaming ? (
        <TitleEditor task={task} onDone={() => on.onRenamed(task)} />
      ) : (
        <button
          type="button"
          data-title={task.id}
          tabIndex={tabIndex}
          className="min-w-0 flex-1 self-stretch py-[11px] text-left leading-[22px] outline-none sm:flex sm:items-start sm:gap-4"
          onClick={() => on.onOpen(task)}
        >
          <span
            className={`line-clamp-3 sm:flex-1 ${completed ? 'text-quiet line-through decoration-line' : ''} ${priority === 'high' && !completed ? 'font-medium' : ''}`}
          >
            {task.title}
          </span>
          {(when !== '' || weight !== null || description) && (
            <span className="mt-0.5 flex flex-wrap items-center gap-x-3.5 text-[13px] leading-[22px] text-quiet sm:mt-0 sm:shrink-0">
              {when !== '' && (
                <span
                  className={`inline-flex items-center gap-1.5 [&_svg]:size-3.5 ${late ? 'text-danger' : ''}`}
                >
                  <DueIcon />
                  <span className="sr-only">{late ? 'Overdue: ' : 'Due: '}</span>
                  {when}
                </span>
              )}
              {weight !== null && <PriorityTag priority={weight} />}
              {description && (
                <span className="inline-flex h-[22px] items-center">
                  <AlignLeft aria-hidden className="size-3.5" />
                  <span className="sr-only">Has a description</span>
                </span>
              )}
            </span>
          )}
        </button>
      )}
      <div className="flex h-11 items-center opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-data-popup-open:opacity-100 pointer-coarse:opacity-100">
        <RowMenu task={task} tabIndex={tabIndex} movable={movable} {...on} />
      </div>
    </div>
  )
})

function RowMenu({
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
        </>
      )}
      <MenuLine />
      <MenuItem icon={<Trash2 aria-hidden />} shortcut="Del" danger onClick={() => on.onDelete(task)}>
        Delete
      </MenuItem>
    </PopupMenu>
  )
}
