import { useQuery } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Navigate,
  useRouterState,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { errorOf } from '@ownlist/client'
import { lazy, Suspense } from 'react'
import { farewell } from '../account/farewell.ts'
import { readHistorySearch } from '../history/search.ts'
import { meOptions, UserContext } from '../session/me.ts'
import { session, StoreContext } from '../session/session.ts'
import { TasksScreen } from '../tasks/tasks-screen.tsx'
import { readViewSearch } from '../tasks/views.ts'
import { Button } from '../ui/button.tsx'
import { rarelyUsed } from './later.ts'
import { Shell } from './shell.tsx'
import { useStore } from './store.ts'

const FarewellScreen = lazy(async () => ({
  default: (await import('../account/farewell-screen.tsx')).FarewellScreen,
}))

export const loadSignIn = rarelyUsed(() => import('../session/sign-in.tsx'))

/** For who is not signed in. */
const entries = {
  '/sign-in': lazy(async () => ({ default: (await loadSignIn()).SignIn })),
  '/sign-up': lazy(async () => ({ default: (await import('../session/sign-up.tsx')).SignUp })),
  '/forgot': lazy(async () => ({ default: (await import('../session/forgot.tsx')).Forgot })),
}

const LinkScreen = lazy(async () => ({
  default: (await import('../mail-links/link-screens.tsx')).LinkScreen,
}))

const root = createRootRoute({
  component: Gate,
  errorComponent: Broken,
  notFoundComponent: () => (
    <Message title="There is nothing here">
      <Link to="/" search={{}} className="text-accent underline underline-offset-3">
        To your tasks
      </Link>
    </Message>
  ),
})

const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: TasksScreen,
    validateSearch: readViewSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../account/settings.tsx'), 'Settings'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/security',
    component: lazyRouteComponent(() => import('../security/security-screen.tsx'), 'SecurityScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/history',
    component: lazyRouteComponent(() => import('../history/history-screen.tsx'), 'HistoryScreen'),
    validateSearch: readHistorySearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/trash',
    component: lazyRouteComponent(() => import('../history/trash-screen.tsx'), 'TrashScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/device',
    component: lazyRouteComponent(() => import('../devices/device-screen.tsx'), 'DeviceScreen'),
  }),
  ...(['/sign-in', '/sign-up', '/forgot'] as const).map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => <Navigate to="/" search={{}} /> }),
  ),
  // The gate shows these itself: they are for whoever comes.
  ...(['/reset', '/verify', '/change-email'] as const).map((path) =>
    createRoute({ getParentRoute: () => root, path }),
  ),
])

export const router = createRouter({ routeTree: routes, defaultPreload: false, scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Shows the app to who is signed in and the way in to others, at any address: signing in needs no detour. */
function Gate() {
  const { data, error, isPending, refetch, isFetching } = useQuery(meOptions)
  const current = useStore(session)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const leaving = useStore(farewell)
  if (leaving) {
    return (
      <Suspense>
        <FarewellScreen {...leaving} />
      </Suspense>
    )
  }
  if (path === '/reset' || path === '/verify' || path === '/change-email') {
    return (
      <Suspense>
        <LinkScreen path={path} />
      </Suspense>
    )
  }
  if (isPending) return null
  if (data) {
    // A moment later this is the user's own.
    if (current?.userId !== data.id) return null
    return (
      <UserContext value={data}>
        <StoreContext value={current.store}>
          <Shell key={data.id} />
        </StoreContext>
      </UserContext>
    )
  }
  if (data === null) {
    const Entry = entries[path === '/sign-up' || path === '/forgot' ? path : '/sign-in']
    return (
      <Suspense>
        <Entry />
      </Suspense>
    )
  }
  return (
    <Message title="Ownlist cannot be reached">
      <p>{errorOf(error).message}</p>
      <Button className="mt-5" disabled={isFetching} onClick={() => void refetch()}>
        {isFetching ? 'Trying …' : 'Try again'}
      </Button>
    </Message>
  )
}

function Broken({ reset }: ErrorComponentProps) {
  return (
    <Message title="Something went wrong">
      <p>Your tasks are safe. Going on usually helps; loading the page again does, too.</p>
      <Button className="mt-5" onClick={reset}>
        Go on
      </Button>
    </Message>
  )
}

function Message({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <main
      id="main"
      className="mx-auto flex min-h-[80dvh] max-w-sm flex-col justify-center px-5 text-center text-quiet"
    >
      <h1 className="mb-2 font-serif text-[24px] text-ink">{title}</h1>
      {children}
    </main>
  )
}
