import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { account } from './account/router.ts'
import { comments } from './comments/router.ts'
import { history } from './history/router.ts'
import { lists } from './lists/router.ts'
import { sync } from './sync/router.ts'
import { tags } from './tags/router.ts'
import { tasks } from './tasks/router.ts'
import { createCallerFactory, router } from './trpc.ts'
import { views } from './views/router.ts'

export const appRouter = router({
  account,
  comments,
  history,
  lists,
  sync,
  tags,
  tasks,
  views,
})

export type AppRouter = typeof appRouter
export type Inputs = inferRouterInputs<AppRouter>
export type Outputs = inferRouterOutputs<AppRouter>

/** Calls procedures within the process, as the given context: what tests do. */
export const createCaller = createCallerFactory(appRouter)
