import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import {
  CalendarCheck,
  CalendarClock,
  CalendarOff,
  CircleCheck,
  Ellipsis,
  History,
  Keyboard,
  ListTodo,
  LogOut,
  Settings,
  Trash2,
  TriangleAlert,
} from 'lucide-react'
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import { EraseNotice } from '../account/erase-notice.tsx'
import { openConflict } from '../history/conflict.ts'
import { withUndo } from '../history/offer.ts'
import { useUser } from '../session/me.ts'
import { leave, useTaskStore } from '../session/session.ts'
import { SyncNews, SyncStatus } from '../sync/sync-status.tsx'
import { sayChanges } from '../sync/words.ts'
import { useClock } from '../tasks/clock.ts'
import type { View } from '../tasks/views.ts'
import { views } from '../tasks/views.ts'
import { Question } from '../ui/dialog.tsx'
import { MenuItem, MenuLine, PopupMenu } from '../ui/menu.tsx'
import { Toasts, undoLatest } from '../ui/toasts.tsx'
import { Announcer } from './announcer.tsx'
import { useLive, useLivePart } from './live.ts'
import { ShortcutsPanel, useShortcuts } from './shortcuts.tsx'
import { useStore } from './store.ts'
import { Wordmark } from './wordmark.tsx'

const icons = {
  today: CalendarCheck,
  open: ListTodo,
  upcoming: CalendarClock,
  overdue: TriangleAlert,
  undated: CalendarOff,
  completed: CircleCheck,
} as const satisfies Record<View, unknown>

const order = ['today', 'open', 'upcoming', 'overdue', 'undated', 'completed'] as const
const places = [
  ['/history', 'History', History],
  ['/trash', 'Trash', Trash2],
] as const
const onPhones = ['today', 'open', 'upcoming'] as const

const ConflictDialog = lazy(async () => ({
  default: (await import('../history/conflict-dialog.tsx')).ConflictDialog,
}))

const RefusedPanel = lazy(async () => ({
  default: (await import('../sync/refused-panel.tsx')).RefusedPanel,
}))

/** What stands around every screen: views at the side, or at the thumb on a phone. */
export function Shell() {
  const user = useUser()
  const [showsKeys, setShowsKeys] = useState(false)
  /** So many changes would be lost by signing out. */
  const [unsent, setUnsent] = useState(0)
  const [showsRefused, setShowsRefused] = useState(false)
  const clock = useClock(user.timeZone)
  const { status } = useTaskStore()
  const online = useLivePart(status, (known) => known.online)
  const signOut = () => {
    const { pending, failures } = status.get()
    const waiting = pending + failures.length
    if (waiting > 0) setUnsent(waiting)
    else void leave()
  }
  const showRefused = useCallback(() => setShowsRefused(true), [])
  const hideRefused = useCallback(() => setShowsRefused(false), [])
  const redo = () => void withUndo(({ redoNewest }) => redoNewest())
  useShortcuts({
    '?': () => setShowsKeys(true),
    // Without the server there is no log at hand, only what the messages still offer.
    'Ctrl+z': () => (!online && undoLatest()) || void withUndo(({ undoNewest }) => undoNewest()),
    'Ctrl+Shift+z': redo,
    'Ctrl+y': redo,
  })
  const conflict = useStore(openConflict)

  return (
    <div className="mx-auto flex max-w-[64rem]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-80 -translate-y-20 rounded-lg bg-accent px-4 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to the tasks
      </a>
      <aside className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col px-4 pt-9 pb-5 md:flex">
        <Link to="/" search={{}} className="ml-2 self-start rounded-md">
          <Wordmark />
        </Link>
        <nav aria-label="Views" className="mt-8 space-y-0.5">
          {order.map((view) => (
            <SideLink key={view} view={view} />
          ))}
        </nav>
        <nav aria-label="What was" className="mt-5 space-y-0.5">
          {places.map(([to, name, Icon]) => (
            <Link key={to} to={to} className={sideLink}>
              <Icon aria-hidden className="size-[18px]" />
              {name}
            </Link>
          ))}
        </nav>
        <div className="mt-auto space-y-2 pt-4">
          <SyncStatus onRefused={showRefused} />
          <UserMenu onKeys={() => setShowsKeys(true)} onSignOut={signOut} />
        </div>
      </aside>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 outline-none sm:px-6 md:max-w-[46rem]">
        <EraseNotice />
        <Outlet />
      </main>
      <BottomBar onSignOut={signOut}>
        <SyncStatus onRefused={showRefused} />
      </BottomBar>
      <Toasts />
      <SyncNews onRefused={showRefused} />
      <Announcer />
      <Suspense>{conflict && <ConflictDialog conflict={conflict} />}</Suspense>
      <Suspense>{showsRefused && <RefusedPanel clock={clock} onClose={hideRefused} />}</Suspense>
      <ShortcutsPanel open={showsKeys} onClose={() => setShowsKeys(false)} />
      <Question
        open={unsent > 0}
        title="Sign out and lose what was not saved?"
        action="Sign out"
        onAction={() => {
          setUnsent(0)
          void leave()
        }}
        onCancel={() => setUnsent(0)}
      >
        {sayChanges(unsent)} {unsent === 1 ? 'has' : 'have'} not reached the server. Signing out removes
        everything from this browser.
      </Question>
    </div>
  )
}

function useCount(view: View): number | undefined {
  const { dueToday, pending, inProgress, overdue } = useLive(useTaskStore().tasks.stats())
  return {
    today: dueToday,
    open: pending + inProgress,
    overdue,
    undated: undefined,
    upcoming: undefined,
    completed: undefined,
  }[view]
}

function useIsHere(view: View): boolean {
  return useRouterState({
    select: ({ location }) =>
      location.pathname === '/' && ((location.search as { view?: View }).view ?? 'open') === view,
  })
}

const sideLink =
  'flex h-9 items-center gap-3 rounded-lg px-2.5 text-[14px] text-quiet transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink aria-[current=page]:[&_svg]:text-accent'

function SideLink({ view }: { view: View }) {
  const isHere = useIsHere(view)
  const count = useCount(view)
  const Icon = icons[view]
  return (
    <Link to="/" search={{ view }} aria-current={isHere ? 'page' : undefined} className={sideLink}>
      <Icon aria-hidden className="size-[18px]" />
      <span className="flex-1">{views[view].title}</span>
      {count !== undefined && count > 0 && (
        <span className={`text-[13px] tabular-nums ${view === 'overdue' ? 'text-danger' : ''}`}>
          <span className="sr-only">, </span>
          {count}
          <span className="sr-only">{count === 1 ? ' task' : ' tasks'}</span>
        </span>
      )}
    </Link>
  )
}

function UserMenu({ onKeys, onSignOut }: { onKeys: () => void; onSignOut: () => void }) {
  const user = useUser()
  const navigate = useNavigate()
  return (
    <PopupMenu
      align="start"
      side="top"
      trigger={
        <button
          type="button"
          className="flex w-full items-center gap-3 rounded-lg p-2 text-left hover:bg-hover data-popup-open:bg-hover"
        >
          <span
            aria-hidden
            className="flex size-8 shrink-0 items-center justify-center rounded-full bg-wash text-[13px] font-semibold text-accent"
          >
            {(user.name || user.email).slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 text-[13px] leading-tight">
            <span className="block truncate font-medium">{user.name}</span>
            <span className="block truncate text-quiet">{user.email}</span>
          </span>
        </button>
      }
    >
      <MenuItem icon={<Settings aria-hidden />} onClick={() => void navigate({ to: '/settings' })}>
        Settings
      </MenuItem>
      <MenuItem icon={<Keyboard aria-hidden />} shortcut="?" onClick={onKeys}>
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<LogOut aria-hidden />} onClick={onSignOut}>
        Sign out
      </MenuItem>
    </PopupMenu>
  )
}

const thumb =
  'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 rounded-lg text-[11px] text-quiet aria-[current=page]:font-medium aria-[current=page]:text-accent focus-visible:-outline-offset-4 [&_svg]:size-5'

function BottomBar({ onSignOut, children }: { onSignOut: () => void; children: ReactNode }) {
  const navigate = useNavigate()
  const go = (view: View) => void navigate({ to: '/', search: { view } })
  return (
    <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden">
      <div className="px-2">{children}</div>
      <nav aria-label="Views" className="flex">
        {onPhones.map((view) => (
          <ThumbLink key={view} view={view} />
        ))}
        <PopupMenu
          side="top"
          trigger={
            <button type="button" className={thumb}>
              <Ellipsis aria-hidden />
              More
            </button>
          }
        >
          {order.slice(onPhones.length).map((view) => {
            const Icon = icons[view]
            return (
              <MenuItem key={view} icon={<Icon aria-hidden />} onClick={() => go(view)}>
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
    </div>
  )
}

function ThumbLink({ view }: { view: View }) {
  const isHere = useIsHere(view)
  const Icon = icons[view]
  return (
    <Link to="/" search={{ view }} aria-current={isHere ? 'page' : undefined} className={thumb}>
      <Icon aria-hidden />
      {views[view].title}
    </Link>
  )
}
