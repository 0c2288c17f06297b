import { AlignLeft } from 'lucide-react'
import { memo, type CSSProperties } from 'react'
import type { Organizers } from '../lists/organizers.ts'
import { toggleTask } from './actions.ts'
import { isOver, sayDue, sayTime, type Clock } from './dates.ts'
import { DueIcon } from './due-picker.tsx'
import { PriorityTag, StatusCircle } from './marks.tsx'
import { Ancestors, FoldButton, ListMark, Progress, RepeatMark, Tags, useProgress } from './row-marks.tsx'
import { RowMenu, type RowHandlers } from './row-menu.tsx'
import type { Task } from './task.ts'
import { TitleEditor } from './title-editor.tsx'

interface Props extends RowHandlers {
  task: Task
  clock: Clock
  /** The one row of the list that Tab goes to; the arrows go to the others. */
  active: boolean
  renaming: boolean
  movable: boolean
  /** A heading above says the day already. */
  dayIsKnown: boolean
  known: Organizers
  /** The list and the tag whose own screen it is: there they need no mention. */
  listId: string | undefined
  tagId: string | undefined
  /** How far below others it stands, and how many stand below it. */
  level: number
  below: number
  folded: boolean
}

export const TaskRow = memo(function TaskRow({
  task,
  clock,
  active,
  renaming,
  movable,
  dayIsKnown,
  known,
  listId,
  tagId,
  level,
  below,
  folded,
  ...on
}: Props) {
  const tabIndex = active ? 0 : -1
  const { due, completed, description, priority, recurrence } = task
  const progress = useProgress(task.id)
  const list =
    task.listId === null || task.listId === listId || level > 0 ? undefined : known.lists.get(task.listId)
  const tagIds = tagId === undefined ? task.tagIds : task.tagIds.filter((id) => id !== tagId)
  // A subtask without the one it is below says below which it is.
  const isAlone = task.parentId !== null && level === 0
  const hasProgress = progress.all > 0 && below === 0
  const late = due !== null && !completed && isOver(due, clock)
  // Most tasks weigh the same; what is worth a word is what differs.
  const weight = priority === 'medium' ? null : priority
  const when = due === null ? '' : dayIsKnown ? sayTime(due, clock) : sayDue(due, clock)
  return (
    <div
      className={`group/row relative flex items-start gap-1 rounded-lg pr-1 pl-[calc(var(--level)*1.25rem)] transition-colors sm:pl-[calc(var(--level)*1.75rem)] ${isAlone ? 'pt-4' : ''} focus-within:bg-hover/70 hover:bg-hover/70 has-[[data-title]:focus-visible]:outline-2 has-[[data-title]:focus-visible]:-outline-offset-2 has-[[data-title]:focus-visible]:outline-accent`}
      style={{ '--level': level } as CSSProperties}
      onFocus={() => on.onFocus(task)}
    >
      {isAlone && task.parentId !== null && <Ancestors id={task.parentId} />}
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
      <div className="min-w-0 flex-1">
        {renaming ? (
          <TitleEditor task={task} onDone={() => on.onRenamed(task)} />
        ) : (
          <button
            type="button"
            data-title={task.id}
            tabIndex={tabIndex}
            className="w-full py-[11px] text-left leading-[22px] outline-none sm:flex sm:items-start sm:gap-4"
            onClick={() => on.onOpen(task)}
          >
            <span
              className={`line-clamp-3 sm:flex-1 ${completed ? 'text-quiet line-through decoration-line' : ''} ${priority === 'high' && !completed ? 'font-medium' : ''}`}
            >
              {task.title}
            </span>
            {(when !== '' ||
              weight !== null ||
              description ||
              list ||
              tagIds.length > 0 ||
              recurrence ||
              hasProgress) && (
              <span className="mt-0.5 flex flex-wrap items-center gap-x-3.5 text-[13px] leading-[22px] text-quiet sm:mt-0 sm:max-w-[60%] sm:shrink-0 sm:justify-end">
                {when !== '' && (
                  <span
                    className={`inline-flex items-center gap-1.5 [&_svg]:size-3.5 ${late ? 'text-danger' : ''}`}
                  >
                    <DueIcon />
                    <span className="sr-only">{late ? 'Overdue: ' : 'Due: '}</span>
                    {when}
                  </span>
                )}
                {recurrence && <RepeatMark recurrence={recurrence} />}
                {weight !== null && <PriorityTag priority={weight} />}
                {tagIds.length > 0 && <Tags ids={tagIds} tags={known.tags} />}
                {list && <ListMark list={list} />}
                {hasProgress && <Progress {...progress} />}
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
      </div>
      {below > 0 && (
        <FoldButton
          title={task.title}
          open={!folded}
          tabIndex={tabIndex}
          progress={progress}
          onFold={() => on.onFold(task, !folded)}
        />
      )}
      <div className="flex h-11 items-center opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 has-data-popup-open:opacity-100 pointer-coarse:opacity-100">
        <RowMenu task={task} tabIndex={tabIndex} movable={movable} {...on} />
      </div>
    </div>
  )
})
