import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import { EraseNotice } from '../account/erase-notice.tsx'
import { openConflict } from '../history/conflict.ts'
import { withUndo } from '../history/offer.ts'
import { BottomBar } from '../nav/bottom-bar.tsx'
import { Sidebar } from '../nav/sidebar.tsx'
import { UserMenu } from '../nav/user-menu.tsx'
import { useUser } from '../session/me.ts'
import { leave, useTaskStore } from '../session/session.ts'
import { SyncNews, SyncStatus } from '../sync/sync-status.tsx'
import { useClock } from '../tasks/clock.ts'
import { undoLatest } from '../ui/toasts.ts'
import { Announcer } from './announcer.tsx'
import { useLivePart } from './live.ts'
import { rarelyUsed, useLater } from './later.ts'
import { useShortcuts } from './shortcuts.ts'
import { useStore } from './store.ts'

// A page without messages is better than none: without a network they may not come.
const Toasts = lazy(async (): Promise<{ default: () => ReactNode }> => {
  try {
    return { default: (await import('../ui/toast-stack.tsx')).Toasts }
  } catch {
    return { default: () => null }
  }
})

const ConflictDialog = lazy(async () => ({
  default: (await import('../history/conflict-dialog.tsx')).ConflictDialog,
}))

const loadKeys = rarelyUsed(() => import('./shortcuts-panel.tsx'))
const ShortcutsPanel = lazy(async () => ({ default: (await loadKeys()).ShortcutsPanel }))

const loadQuestion = rarelyUsed(() => import('./sign-out-question.tsx'))
const SignOutQuestion = lazy(async () => ({ default: (await loadQuestion()).SignOutQuestion }))

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
  const hideKeys = useCallback(() => setShowsKeys(false), [])
  useLater()
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
      <Sidebar>
        <SyncStatus onRefused={showRefused} />
        <UserMenu onKeys={() => setShowsKeys(true)} onSignOut={signOut} />
      </Sidebar>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 outline-none sm:px-6 md:max-w-[46rem]">
        <EraseNotice />
        <Outlet />
      </main>
      <BottomBar onSignOut={signOut}>
        <SyncStatus onRefused={showRefused} />
      </BottomBar>
      <Suspense>
        <Toasts />
      </Suspense>
      <SyncNews onRefused={showRefused} />
      <Announcer />
      <Suspense>{conflict && <ConflictDialog conflict={conflict} />}</Suspense>
      <Suspense>{showsRefused && <RefusedPanel clock={clock} onClose={hideRefused} />}</Suspense>
      <Suspense>{showsKeys && <ShortcutsPanel onClose={hideKeys} />}</Suspense>
      <Suspense>
        {unsent > 0 && (
          <SignOutQuestion
            unsent={unsent}
            onSignOut={() => {
              setUnsent(0)
              void leave()
            }}
            onCancel={() => setUnsent(0)}
          />
        )}
      </Suspense>
    </div>
  )
}
