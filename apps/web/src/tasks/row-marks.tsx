import { ChevronDown, Repeat } from 'lucide-react'
import { useMemo } from 'react'
import { useLive } from '../app/live.ts'
import type { Organizers } from '../lists/organizers.ts'
import { useTaskStore } from '../session/session.ts'
import { TagChip } from '../tags/tag-chip.tsx'
import { Dot } from '../ui/colors.tsx'
import { sayRule } from './rule-words.ts'
import type { Task } from './task.ts'

/** The tasks that one is below, from the topmost, where they do not stand above it anyway. */
export function Ancestors({ id }: { id: string }) {
  return (
    <p className="absolute top-1 right-12 left-12 truncate text-[12px] text-quiet">
      <span className="sr-only">Below: </span>
      <Above id={id} />
    </p>
  )
}

function Above({ id }: { id: string }) {
  const store = useTaskStore()
  const task = useLive(useMemo(() => store.tasks.get(id), [store, id]))
  if (!task) return null
  return (
    <>
      {task.parentId !== null && <Above id={task.parentId} />}
      {task.title}
      <span aria-hidden> › </span>
    </>
  )
}

/** How many of a task's own subtasks are done: 2/5. */
export function useProgress(id: string): { done: number; all: number } {
  const store = useTaskStore()
  const children = useLive(useMemo(() => store.tasks.children(id), [store, id]))
  return { done: children.filter(({ completed }) => completed).length, all: children.length }
}

export function Progress({ done, all }: { done: number; all: number }) {
  return (
    <span className="text-[12px] text-quiet tabular-nums">
      <span aria-hidden>
        {done}/{all}
      </span>
      <span className="sr-only">
        {done} of {all} subtasks done
      </span>
    </span>
  )
}

interface FoldProps {
  title: string
  open: boolean
  tabIndex: number
  progress: { done: number; all: number }
  onFold: () => void
}

/** The progress of a task whose subtasks stand below it; a press folds them up. */
export function FoldButton({ title, open, tabIndex, progress, onFold }: FoldProps) {
  return (
    <button
      type="button"
      aria-expanded={open}
      tabIndex={tabIndex}
      className="flex h-11 min-w-11 shrink-0 items-center justify-center gap-1 rounded-lg px-1 text-[12px] text-quiet tabular-nums hover:text-ink focus-visible:-outline-offset-4"
      onClick={onFold}
    >
      <span className="sr-only">
        Subtasks of {title}, {progress.done} of {progress.all} done
      </span>
      <span aria-hidden>
        {progress.done}/{progress.all}
      </span>
      <ChevronDown aria-hidden className={`size-3.5 transition-transform ${open ? '' : '-rotate-90'}`} />
    </button>
  )
}

export function RepeatMark({ recurrence }: { recurrence: NonNullable<Task['recurrence']> }) {
  return (
    <span className="inline-flex h-[22px] items-center" title={sayRule(recurrence.rule)}>
      <Repeat aria-hidden className="size-3.5" />
      <span className="sr-only">Repeats: {sayRule(recurrence.rule)}</span>
    </span>
  )
}

export function ListMark({ list: { name, color } }: { list: { name: string; color: string | null } }) {
  return (
    <span className="inline-flex max-w-36 items-center gap-1.5">
      <Dot color={color} className="size-2!" />
      <span className="sr-only">List: </span>
      <span className="truncate">{name}</span>
    </span>
  )
}

/** So many tags are named in a row; of the others only their number is said. */
const mostTags = 3

export function Tags({ ids, tags }: { ids: readonly string[]; tags: Organizers['tags'] }) {
  const known = ids.map((id) => tags.get(id)).filter((tag) => tag !== undefined)
  const more = known.length - mostTags
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-1">
      <span className="sr-only">Tags: </span>
      {known.slice(0, mostTags).map((tag) => (
        <TagChip key={tag.id} tag={tag} />
      ))}
      {more > 0 && (
        <span className="text-[12px]">
          +{more}
          <span className="sr-only"> more</span>
        </span>
      )}
    </span>
  )
}
