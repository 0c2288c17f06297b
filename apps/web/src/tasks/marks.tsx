import { priorityNames, type Priority, type Status } from './task.ts'

/** Three bars, as many filled as the task weighs. Ink instead of traffic lights: colour is kept for what is late. */
export function PriorityMark({
  priority,
  className = '',
}: {
  priority: Priority | null
  className?: string
}) {
  const filled = priority ? { low: 1, medium: 2, high: 3 }[priority] : 0
  return (
    <svg viewBox="0 0 16 16" aria-hidden className={`size-4 shrink-0 fill-current ${className}`}>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={1.5 + bar * 5}
          y={10.5 - bar * 4}
          width="3"
          height={4 + bar * 4}
          rx="1"
          opacity={bar < filled ? 1 : 0.28}
        />
      ))}
    </svg>
  )
}

export function PriorityTag({ priority }: { priority: Priority }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 ${priority === 'high' ? 'font-medium text-ink' : 'text-quiet'}`}
    >
      <PriorityMark priority={priority} className="!size-3.5" />
      <span className="sr-only">Priority: </span>
      {priorityNames[priority]}
    </span>
  )
}

/** The circle beside a task: empty, half under way, ticked when done. */
export function StatusCircle({ status }: { status: Status }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden className="size-5">
      <circle
        cx="10"
        cy="10"
        r="8.75"
        strokeWidth="1.5"
        className={status === 'completed' ? 'fill-accent stroke-accent' : 'fill-transparent stroke-edge'}
      />
      {status === 'in_progress' && <path d="M10 4.5a5.5 5.5 0 0 1 0 11z" className="fill-accent" />}
      <path
        d="M6 10.4l2.8 2.8 5.3-6"
        fill="none"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
        className={`tick ${status === 'completed' ? 'stroke-on-accent' : 'stroke-transparent group-hover/check:stroke-quiet group-hover/check:[stroke-dashoffset:0]'}`}
      />
    </svg>
  )
}
