import { allows, AppError, exportAccount, exportRequest } from '@ownlist/api'
import { createSemaphore, type Auth } from '@ownlist/auth'
import { asUser, findReceipt, type Database } from '@ownlist/db'
import { Hono } from 'hono'
import type { AppEnv } from './app.ts'
import { refuseForeignReaders } from './guards.ts'
import type { ServerLimits } from './limits.ts'
import { spool } from './spool.ts'

/** Exports that are made at once: each takes a core and a connection while it is. */
const exportsAtOnce = 2

/** What an export counts as, in calls. */
const exportCost = 50

/** What belongs to an account and is no procedure: a file, and the receipt of somebody who has no account any more. */
export function accountRoutes({
  database,
  auth,
  limits,
  baseUrl,
  now = () => new Date(),
}: {
  database: Database
  auth: Auth
  limits: ServerLimits
  baseUrl: string
  now?: (() => Date) | undefined
}) {
  const routes = new Hono<AppEnv>()
  const { take: inTurn } = createSemaphore({ atOnce: exportsAtOnce, mostWaiting: Infinity })

  routes.get('/api/account/export', refuseForeignReaders(baseUrl), async (c) => {
    const { headers, method, signal } = c.req.raw
    // Hono answers HEAD by GET, and a file would be made to be thrown away.
    if (method !== 'GET') throw new AppError('METHOD_REFUSED')
    const signedIn = await auth.check(headers)
    // It holds what the user owns and what is known of the account, so a token needs to be for both.
    if (
      signedIn?.via === 'token' &&
      !(['read', 'account'] as const).every((scope) => allows(signedIn.scopes, scope))
    )
      throw new AppError('SCOPE_MISSING')
    if (!signedIn) throw new AppError('UNAUTHENTICATED')
    await limits.account(c, signedIn.user.id, exportCost)
    const { at } = exportRequest.parse(c.req.query())

    const { user } = signedIn
    const time = now()
    const { size, body } = await inTurn(async () => {
      if (signal.aborted) throw new AppError('CANCELLED')
      // Not before: those who wait hold nothing.
      const record = await auth.accounts.record(user.id)
      if (!record) throw new AppError('UNAUTHENTICATED')
      return spool(exportAccount(asUser(database, user.id), { at, now: time, record, user }))
    })
    const day = (at ?? time.toISOString()).slice(0, 10)
    return c.body(body, 200, {
      'content-type': 'application/zip',
      'content-length': String(size),
      'content-disposition': `attachment; filename="ownlist-${day}.zip"`,
    })
  })

  routes.get('/api/erasures/:id', async (c) => {
    const id = c.req.param('id')
    const receipt = isUuid.test(id) ? await findReceipt(database, id) : undefined
    if (!receipt) throw new AppError('ERASURE_NOT_FOUND')
    return c.json(receipt)
  })

  return routes
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
