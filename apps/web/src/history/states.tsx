import { errorOf } from '@ownlist/client'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'

/** As high as the entries to come. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div aria-hidden className="animate-[pulse-quietly_1.6s_ease-in-out_infinite] pt-2">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-17 items-center gap-3">
          <span className="size-8 shrink-0 rounded-full bg-line" />
          <span className="flex-1 space-y-2">
            <span className="block h-3 rounded bg-line" style={{ width: `${40 + ((row * 23) % 40)}%` }} />
            <span className="block h-2.5 w-2/5 rounded bg-line" />
          </span>
        </div>
      ))}
    </div>
  )
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="px-6 py-16 text-center">
      <p className="font-serif text-[19px]">{title}</p>
      <p className="mx-auto mt-1.5 max-w-xs text-quiet">{children}</p>
    </div>
  )
}

interface ProblemProps {
  title: string
  error: unknown
  /** Left out where trying again would change nothing. */
  onRetry?: (() => void) | undefined
}

export function Problem({ title, error, onRetry }: ProblemProps) {
  const { message, requestId, reason } = errorOf(error)
  return (
    <div role="alert" className="px-6 py-16 text-center">
      <p className="font-serif text-[19px]">{title}</p>
      <p className="mx-auto mt-1.5 max-w-xs text-quiet">
        {message}{' '}
        {reason === 'INTERNAL' && requestId && (
          <span className="whitespace-nowrap">Request {requestId.slice(0, 8)}.</span>
        )}
      </p>
      {onRetry && (
        <Button className="mt-5" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** What ends a list: more to come, or that it did not. */
export function More({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (!error) return <p className="py-4 text-center text-[14px] text-quiet">Loading more …</p>
  return (
    <p role="alert" className="py-4 text-center text-[14px] text-danger">
      {errorOf(error).message}{' '}
      <Button look="quiet" onClick={onRetry}>
        Try again
      </Button>
    </p>
  )
}
