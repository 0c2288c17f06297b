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
import { SignIn, SignUp } from '../session/entry.tsx'
import { meOptions, UserContext } from '../session/me.ts'
import { session, StoreContext } from '../session/session.ts'
import { TasksScreen } from '../tasks/tasks-screen.tsx'
import { readViewSearch } from '../tasks/views.ts'
import { Button } from '../ui/button.tsx'
import { Shell } from './shell.tsx'
import { useStore } from './store.ts'

const FarewellScreen = lazy(async () => ({
  default: (await import('../account/farewell-screen.tsx')).FarewellScreen,
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
    path: '/sign-in',
    component: () => <Navigate to="/" search={{}} />,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-up',
    component: () => <Navigate to="/" search={{}} />,
  }),
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
  if (data === null) return path === '/sign-up' ? <SignUp /> : <SignIn />
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
