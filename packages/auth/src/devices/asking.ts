import type { DB } from '@ownlist/db'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { sql, type Kysely } from 'kysely'
import { recordEvent } from '../events.ts'
import { requestScope, type RequestScope } from '../request-scope.ts'
import { hashToken } from '../token.ts'

/**
 * What better-auth's plugin does not keep: from where a code was asked for, which is what tells somebody's own terminal
 * from a stranger's (RFC 8628, 5.4), that it was approved, and how old the session is that approved it. The terminal's is as
 * old: else whoever has a session could have a new one for ever.
 */
export function askingHooks(db: Kysely<DB>, addressHeader: string): Required<BetterAuthPlugin>['hooks'] {
  const on = (path: string, handler: (context: After) => Promise<object | void>) => ({
    matcher: (ctx: { path?: string | undefined }) => ctx.path === path,
    handler: createAuthMiddleware(async (ctx) => {
      const { returned } = ctx.context
      // What was refused has left nothing behind.
      if (returned instanceof APIError || !returned || typeof returned !== 'object') return undefined
      const userAgent = ctx.headers?.get('user-agent') || null
      const ipAddress = ctx.headers?.get(addressHeader) || null
      const given = { ...(ctx.query as object), ...(ctx.body as object) } as After['given']
      const answer = await handler({ returned, given, ipAddress, userAgent })
      return answer && ctx.json(answer)
    }),
  })

  const before = (path: string, handler: (scope: RequestScope, given: Given) => Promise<void>) => ({
    matcher: (ctx: { path?: string | undefined }) => ctx.path === path,
    handler: createAuthMiddleware(async (ctx) => {
      const scope = requestScope.getStore()
      if (scope) await handler(scope, ctx.body as Given)
    }),
  })

  return {
    before: [
      before('/device/approve', async ({ who }, { userCode }) => {
        const approver = await who()
        if (approver?.via !== 'session') return
        await sql`
          update device_codes set began_at = ${approver.beganAt}
          where user_code = ${userCode} and user_id = ${approver.user.id} and status = 'pending'`.execute(db)
      }),
      before('/device/token', async (scope, given) => {
        // Before the code is taken: whoever sets a new password after this ends the session.
        const { rows } = await sql<{ beganAt: Date; knownHash: string | null }>`
          select d.began_at as "beganAt", a.password_hash as "knownHash"
          from device_codes d left join accounts a on a.user_id = d.user_id and a.provider_id = 'credential'
          where d.device_code_hash = ${hashToken(given.device_code ?? '')} and d.began_at is not null`.execute(
          db,
        )
        Object.assign(scope, rows[0])
      }),
    ],
    after: [
      on('/device/code', async ({ returned, ipAddress, userAgent }) => {
        await sql`
          update device_codes set ip_address = ${ipAddress}, user_agent = ${userAgent}
          where device_code_hash = ${hashToken(returned.device_code ?? '')}`.execute(db)
      }),
      on('/device', async ({ returned, given }) => {
        // Where better-auth tells no program, somebody else is looking at it.
        if (returned.client_id === undefined) return undefined
        const { rows } = await sql<Asker>`
          select ip_address as "ipAddress", user_agent as "userAgent", created_at as "askedAt"
          from device_codes where user_code = ${given.user_code}`.execute(db)
        return { ...returned, ...rows[0] }
      }),
      on('/device/approve', async ({ given, ipAddress, userAgent }) => {
        const { rows } = await sql<Asker & { userId: string }>`
          select user_id as "userId", ip_address as "ipAddress", user_agent as "userAgent"
          from device_codes where user_code = ${given.userCode} and user_id is not null`.execute(db)
        for (const { userId, ...terminal } of rows) {
          const detail = { ipAddress: terminal.ipAddress ?? '', userAgent: terminal.userAgent ?? '' }
          await recordEvent(db, { userId, kind: 'device-approved', ipAddress, userAgent, detail })
        }
      }),
    ],
  }
}

interface Given {
  user_code?: string
  userCode?: string
  device_code?: string
}

interface After {
  returned: { device_code?: string; client_id?: string }
  given: Given
  ipAddress: string | null
  userAgent: string | null
}

interface Asker {
  ipAddress: string | null
  userAgent: string | null
  askedAt?: Date
}
