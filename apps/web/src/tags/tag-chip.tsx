import { Hash, X } from 'lucide-react'
import type { Tag } from '../lists/list.ts'
import { Dot } from '../ui/colors.tsx'

/** What marks a tag: its colour, or the sign that people write before its name. */
export function TagMark({ color, className = '' }: { color: string | null; className?: string }) {
  return color === null ? (
    <Hash aria-hidden className={`size-3.5 shrink-0 ${className}`} />
  ) : (
    <Dot color={color} className={className} />
  )
}

interface Props {
  tag: Pick<Tag, 'name' | 'color'>
  /** Takes the tag away; without it the chip is only there to be read. */
  onRemove?: () => void
}

/** A tag on a task. */
export function TagChip({ tag: { name, color }, onRemove }: Props) {
  return (
    <span className="inline-flex h-[22px] max-w-40 items-center gap-1 rounded-md bg-sunken px-1.5 text-[12px] text-quiet pointer-coarse:has-[button]:h-11">
      <TagMark color={color} className={color === null ? 'size-3!' : 'size-2!'} />
      <span className="truncate">{name}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={`Remove the tag ${name}`}
          className="-mr-1 flex size-6 shrink-0 items-center justify-center rounded-md hover:bg-hover hover:text-ink pointer-coarse:-mr-1.5 pointer-coarse:size-11"
          onClick={onRemove}
        >
          <X aria-hidden className="size-3" />
        </button>
      )}
    </span>
  )
}
