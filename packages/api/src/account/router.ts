import { AppError } from '../errors.ts'
import type { TokenInfo } from './accounts.ts'
import { nothing } from '../input.ts'
import { decodeCursor, encodeCursor } from '../history/cursor.ts'
import { accountMutation, router, userQuery } from '../trpc.ts'
import {
  accountChange,
  erasure,
  eventFilter,
  eventPosition,
  newToken,
  sessionRef,
  tokenRef,
} from './schema.ts'

export const account = router({
  me: userQuery(nothing).query(({ ctx }) => ctx.user),

  update: accountMutation(accountChange).mutation(async ({ ctx, input }) => {
    const user = await ctx.accounts.update(ctx.user.id, input)
    if (!user) throw new AppError('UNAUTHENTICATED')
    return user
  }),

  erase: accountMutation(erasure, {
    onlyBySession: true,
    async before({ accounts, user, isFresh }, { password, confirm }) {
      if (confirm.trim().toLowerCase() !== user.email.toLowerCase()) {
        const issues = [{ path: 'confirm', message: 'Must be the e-mail address of this account.' }]
        throw new AppError('BAD_INPUT', { issues })
      }
      // Whoever has a password gives it, however new the session: this is the last thing that is done.
      const missing = await accounts.prove({ user, isFresh }, password, { always: true })
      if (missing) throw new AppError(missing)
    },
  }).mutation(async ({ ctx }) => {
    const asked = await ctx.accounts.erase(ctx.user.id, by(ctx))
    if (!asked) throw new AppError('UNAUTHENTICATED')
    return asked
  }),

  keep: accountMutation(nothing).mutation(async ({ ctx }) => {
    const user = await ctx.accounts.keep(ctx.user.id, by(ctx))
    if (!user) throw new AppError('UNAUTHENTICATED')
    return user
  }),

  sessions: userQuery(nothing).query(async ({ ctx }) => {
    const sessions = await ctx.accounts.sessions(ctx.user.id)
    return { items: sessions.map((session) => ({ ...session, current: session.id === ctx.sessionId })) }
  }),

  security: userQuery(nothing).query(async ({ ctx }) => {
    const security = await ctx.accounts.security(ctx.user.id)
    if (!security) throw new AppError('UNAUTHENTICATED')
    return security
  }),

  events: userQuery(eventFilter).query(async ({ ctx, input: { limit, cursor } }) => {
    const after = cursor === undefined ? undefined : positionOf(cursor)
    const found = await ctx.accounts.events(ctx.user.id, { limit: limit + 1, after })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return { items, nextCursor: last && found.length > limit ? encodeCursor([last.at, last.id]) : null }
  }),

  revokeSession: accountMutation(sessionRef).mutation(async ({ ctx, input }) => {
    if ('others' in input)
      return { revoked: await ctx.accounts.revokeOtherSessions(ctx.user.id, ctx.sessionId ?? null) }
    const revoked = await ctx.accounts.revokeSession(ctx.user.id, input.id, by(ctx))
    if (!revoked) throw new AppError('SESSION_NOT_FOUND')
    return { revoked: 1 }
  }),

  tokens: userQuery(nothing).query(async ({ ctx }) => ({ items: await ctx.accounts.tokens(ctx.user.id) })),

  createToken: accountMutation(newToken, {
    onlyBySession: true,
    secret: 'token',
    async before({ accounts, user, isFresh }, { password }) {
      const missing = await accounts.prove({ user, isFresh }, password)
      if (missing) throw new AppError(missing)
    },
  }).mutation(async ({ ctx, input: { password: _password, ...token } }): Promise<NewTokenInfo> => {
    const made = await ctx.accounts.createToken(ctx.user.id, token, by(ctx))
    if (!made) throw new AppError('TOO_MANY_TOKENS')
    return made
  }),

  revokeToken: accountMutation(tokenRef).mutation(async ({ ctx, input }) => {
    if (!(await ctx.accounts.revokeToken(ctx.user.id, input.id, by(ctx))))
      throw new AppError('TOKEN_NOT_FOUND')
    return { revoked: 1 }
  }),
})

/** By which session; a token has none. */
function by({ sessionId }: { sessionId?: string | undefined }) {
  return sessionId === undefined ? undefined : { sessionId }
}

function positionOf(cursor: string) {
  const [at, id] = decodeCursor(eventPosition, cursor)
  return { at, id }
}
/** Null instead of the token: this is a repetition, and it was told the first time. */
type NewTokenInfo = TokenInfo & { token: string | null }
