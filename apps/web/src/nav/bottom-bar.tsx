import { Link, useNavigate } from '@tanstack/react-router'
import { Ellipsis, FolderOpen, LogOut, Settings } from 'lucide-react'
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { views, type View } from '../tasks/views.ts'
import { MenuItem, MenuLine, PopupMenu } from '../ui/menu.tsx'
import { useHere } from './here.ts'
import { places } from './sidebar.tsx'
import { smartListIcons } from './smart-lists.tsx'

const loadSheet = rarelyUsed(() => import('./lists-sheet.tsx'))
const ListsSheet = lazy(async () => ({ default: (await loadSheet()).ListsSheet }))

const atTheThumb = ['today', 'open', 'upcoming'] as const
const inTheMenu = ['overdue', 'undated', 'completed'] as const

const thumb =
  'flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 rounded-lg text-[11px] text-quiet aria-[current=page]:font-medium aria-[current=page]:text-accent focus-visible:-outline-offset-4 [&_svg]:size-5'

/** What stands at the thumb on a phone. */
export function BottomBar({ onSignOut, children }: { onSignOut: () => void; children: ReactNode }) {
  const navigate = useNavigate()
  const here = useHere()
  const [showsLists, setShowsLists] = useState(false)
  const close = useCallback(() => setShowsLists(false), [])
  const isElsewhere = here !== undefined && !here.startsWith('view ')
  return (
    <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden">
      <div className="px-2">{children}</div>
      <nav aria-label="Views" className="flex">
        {atTheThumb.map((view) => (
          <ThumbLink key={view} view={view} here={here === `view ${view}`} />
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          className={`${thumb} ${isElsewhere || here === 'view inbox' ? 'font-medium text-accent!' : ''}`}
          onClick={() => setShowsLists(true)}
        >
          <FolderOpen aria-hidden />
          Lists
        </button>
        <PopupMenu
          side="top"
          trigger={
            <button type="button" className={thumb}>
              <Ellipsis aria-hidden />
              More
            </button>
          }
        >
          {inTheMenu.map((view) => {
            const Icon = smartListIcons[view]
            return (
              <MenuItem
                key={view}
                icon={<Icon aria-hidden />}
                onClick={() => void navigate({ to: '/', search: { view } })}
              >
                {views[view].title}
              </MenuItem>
            )
          })}
          <MenuLine />
          {places.map(([to, name, Icon]) => (
            <MenuItem key={to} icon={<Icon aria-hidden />} onClick={() => void navigate({ to })}>
              {name}
            </MenuItem>
          ))}
          <MenuLine />
          <MenuItem icon={<Settings aria-hidden />} onClick={() => void navigate({ to: '/settings' })}>
            Settings
          </MenuItem>
          <MenuItem icon={<LogOut aria-hidden />} onClick={onSignOut}>
            Sign out
          </MenuItem>
        </PopupMenu>
      </nav>
      <Suspense>{showsLists && <ListsSheet onClose={close} />}</Suspense>
    </div>
  )
}

function ThumbLink({ view, here }: { view: View; here: boolean }) {
  const Icon = smartListIcons[view]
  return (
    <Link to="/" search={{ view }} aria-current={here ? 'page' : undefined} className={thumb}>
      <Icon aria-hidden />
      {views[view].title}
    </Link>
  )
}
