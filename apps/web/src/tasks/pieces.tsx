import type { Piece } from '@ownlist/quick-add'
import { AtSign, CalendarDays, Flag, Hash, Repeat, X } from 'lucide-react'
import type { Understood } from './use-understood.ts'

const icons = { due: CalendarDays, recurrence: Repeat, priority: Flag, tag: Hash, list: AtSign } as const

/** What was understood of a line, before it is saved. Each piece can be given back to the title. */
export function Pieces({
  understood,
  onRefuse,
}: {
  understood: Understood
  onRefuse: (piece: Piece) => void
}) {
  if (understood.pieces.length === 0) return null
  return (
    <ul aria-label="Understood" className="flex flex-wrap gap-1.5 px-3 pb-2.5" data-pieces>
      {understood.pieces.map((piece) => {
        const Icon = icons[piece.kind]
        const words = understood.say(piece)
        return (
          <li
            key={piece.key}
            className="inline-flex items-center gap-1.5 rounded-lg bg-sunken pl-2 text-[13px] text-ink"
          >
            <Icon aria-hidden className="size-3.5 text-accent" />
            {words}
            <button
              type="button"
              aria-label={`Keep “${piece.text}” in the title, not ${words}`}
              className="grid size-7 place-items-center rounded-lg text-quiet hover:bg-hover hover:text-ink pointer-coarse:size-11"
              onClick={() => onRefuse(piece)}
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
