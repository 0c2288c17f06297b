import { Link } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { IconButton } from '../ui/button.tsx'
import { PopupMenu } from '../ui/menu.tsx'
import type { ViewSearch } from '../tasks/views.ts'

export const sideLink =
  'flex h-9 min-w-0 items-center gap-3 rounded-lg px-2.5 text-[14px] text-quiet transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink aria-[current=page]:[&_svg]:text-accent pointer-coarse:h-11'

interface Props {
  id: string
  name: string
  icon: ReactNode
  search: ViewSearch
  here: boolean
  count?: number | undefined
  /** What its menu offers. */
  menu: ReactNode
  onMove?: (by: 1 | -1) => void
  onRename?: () => void
}

/** One list, tag or saved view. Its menu shows where the mouse or the focus is, in the place of its count. */
export function NavRow({ id, name, icon, search, here, count = 0, menu, onMove, onRename }: Props) {
  function onKeyDown(event: KeyboardEvent) {
    const act = {
      'Alt+ArrowUp': () => onMove?.(-1),
      'Alt+ArrowDown': () => onMove?.(1),
      F2: onRename,
    }[event.altKey ? `Alt+${event.key}` : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <div className="group/nav relative flex items-center">
      <Link
        to="/"
        search={search}
        data-nav={id}
        aria-current={here ? 'page' : undefined}
        className={`${sideLink} flex-1`}
        onKeyDown={onKeyDown}
      >
        <span className="flex w-[18px] shrink-0 justify-center [&_svg]:shrink-0">{icon}</span>
        <span className="min-w-0 flex-1 truncate" title={name}>
          {name}
        </span>
        <span className="group-focus-within/nav:opacity-0 group-hover/nav:opacity-0 group-has-data-popup-open/nav:opacity-0 pointer-coarse:opacity-100!">
          <Count count={count} />
        </span>
      </Link>
      <span className="absolute right-0.5 opacity-0 group-focus-within/nav:opacity-100 group-hover/nav:opacity-100 has-data-popup-open:opacity-100 pointer-coarse:static pointer-coarse:opacity-100">
        <PopupMenu
          trigger={
            <IconButton label={`More for ${name}`} title="More" className="size-8! pointer-coarse:size-11!">
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          {menu}
        </PopupMenu>
      </span>
    </div>
  )
}

export function Count({ count, late = false }: { count: number; late?: boolean }) {
  if (count === 0) return null
  return (
    <span className={`text-[13px] tabular-nums ${late ? 'text-danger' : ''}`}>
      <span className="sr-only">, </span>
      {new Intl.NumberFormat().format(count)}
      <span className="sr-only">{count === 1 ? ' task' : ' tasks'}</span>
    </span>
  )
}
