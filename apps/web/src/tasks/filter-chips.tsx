import { Bookmark, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Organizers } from '../lists/organizers.ts'
import { TagMark } from '../tags/tag-chip.tsx'
import { Dot } from '../ui/colors.tsx'
import { PriorityMark } from './marks.tsx'
import { isNarrowed, type Place } from './place.ts'
import { priorityNames } from './task.ts'
import type { ViewSearch } from './views.ts'

interface Props {
  search: ViewSearch
  place: Place
  known: Organizers
  onSearch: (change: Partial<ViewSearch>) => void
  onSave: () => void
}

const look =
  'inline-flex h-8 max-w-full items-center gap-1.5 rounded-lg px-2.5 text-[13px] transition-colors pointer-coarse:h-11'

/** What the screen is narrowed by, each with the way out of it; and the way to keep it. */
export function FilterChips({ search, place, known, onSearch, onSave }: Props) {
  if (!isNarrowed(search)) return null
  const { list, tags = [], match, priority } = search
  const chosen = list !== undefined && place.kind !== 'list' ? known.lists.get(list) : undefined
  const tagsTellMore = place.kind !== 'tag'
  return (
    <ul aria-label="Filters" className="-ml-0.5 flex flex-wrap items-center gap-1.5 pt-3">
      {chosen && (
        <Chip
          icon={<Dot color={chosen.color} />}
          what={`list ${chosen.name}`}
          onRemove={() => onSearch({ list: undefined })}
        >
          {chosen.name}
        </Chip>
      )}
      {tagsTellMore &&
        tags.map((id) => {
          const tag = known.tags.get(id)
          const rest = tags.filter((one) => one !== id)
          return (
            <Chip
              key={id}
              icon={<TagMark color={tag?.color ?? null} />}
              what={`tag ${tag?.name ?? 'that is gone'}`}
              onRemove={() =>
                onSearch({
                  tags: rest.length > 0 ? rest : undefined,
                  ...(rest.length < 2 && { match: undefined }),
                })
              }
            >
              {tag?.name ?? 'A tag that is gone'}
            </Chip>
          )
        })}
      {tagsTellMore && tags.length > 1 && (
        <li>
          <button
            type="button"
            className={`${look} text-accent hover:bg-hover`}
            onClick={() => onSearch({ match: match === 'all' ? undefined : 'all' })}
          >
            {match === 'all' ? 'All of these tags' : 'Any of these tags'}
          </button>
        </li>
      )}
      {priority !== undefined && (
        <Chip
          icon={<PriorityMark priority={priority === 'none' ? null : priority} className="size-3.5!" />}
          what={sayPriority(priority)}
          onRemove={() => onSearch({ priority: undefined })}
        >
          {sayPriority(priority)}
        </Chip>
      )}
      <li>
        <button type="button" className={`${look} text-quiet hover:bg-hover hover:text-ink`} onClick={onSave}>
          <Bookmark aria-hidden className="size-3.5" /> Save as view
        </button>
      </li>
    </ul>
  )
}

interface ChipProps {
  icon: ReactNode
  /** What its button takes away. */
  what: string
  onRemove: () => void
  children: string
}

function Chip({ icon, what, onRemove, children }: ChipProps) {
  return (
    <li className="max-w-full">
      <button
        type="button"
        aria-label={`Remove the filter: ${what}`}
        className={`${look} bg-sunken hover:bg-hover`}
        onClick={onRemove}
      >
        {icon}
        <span className="truncate">{children}</span>
        <X aria-hidden className="size-3.5 text-quiet" />
      </button>
    </li>
  )
}

function sayPriority(priority: NonNullable<ViewSearch['priority']>): string {
  return priority === 'none' ? 'No priority' : `${priorityNames[priority]} priority`
}
