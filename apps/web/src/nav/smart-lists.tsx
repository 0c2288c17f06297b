import { Link } from '@tanstack/react-router'
import type { Store } from '@ownlist/client'
import {
  CalendarCheck,
  CalendarClock,
  CalendarOff,
  CircleCheck,
  Inbox,
  ListTodo,
  TriangleAlert,
} from 'lucide-react'
import { useLivePart } from '../app/live.ts'
import { useTaskStore } from '../session/session.ts'
import { views, type View } from '../tasks/views.ts'
import { useHere } from './here.ts'
import { Count, sideLink } from './row.tsx'

export const smartListIcons = {
  inbox: Inbox,
  today: CalendarCheck,
  open: ListTodo,
  upcoming: CalendarClock,
  overdue: TriangleAlert,
  undated: CalendarOff,
  completed: CircleCheck,
} as const satisfies Record<View, unknown>

const order = ['inbox', 'today', 'upcoming', 'open', 'overdue', 'undated', 'completed'] as const

/** The Inbox, and what the calendar and the state of tasks make of them; each with how many there are. */
export function SmartLists() {
  return (
    <nav aria-label="Views" className="space-y-0.5">
      {order.map((view) => (
        <SmartList key={view} view={view} />
      ))}
    </nav>
  )
}

function SmartList({ view }: { view: View }) {
  const here = useHere() === `view ${view}`
  const count = useCount(view)
  const Icon = smartListIcons[view]
  return (
    <Link to="/" search={{ view }} aria-current={here ? 'page' : undefined} className={sideLink}>
      <Icon aria-hidden className="size-[18px]" />
      <span className="flex-1">{views[view].title}</span>
      <Count count={count} late={view === 'overdue'} />
    </Link>
  )
}

/** Which number of the statistics a smart list shows; the Inbox is counted with the lists. */
const counted = {
  today: ({ dueToday }) => dueToday,
  open: ({ pending, inProgress }) => pending + inProgress,
  overdue: ({ overdue }) => overdue,
  undated: ({ noDate }) => noDate,
  upcoming: ({ upcoming }) => upcoming,
  completed: ({ completed }) => completed,
} as const satisfies Record<Exclude<View, 'inbox'>, (stats: Stats) => number>

type Stats = ReturnType<ReturnType<Store['tasks']['stats']>['get']>

function useCount(view: View): number {
  const { tasks } = useTaskStore()
  const inbox = useLivePart(tasks.counts(), (counts) => counts.inbox.open)
  const other = useLivePart(tasks.stats(), counted[view === 'inbox' ? 'open' : view])
  return view === 'inbox' ? inbox : other
}
