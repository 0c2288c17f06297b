import { AppError } from '../errors.ts'
import type { TokenInfo } from './accounts.ts'
import { nothing } from '../input.ts'
import { accountMutation, router, userQuery } from '../trpc.ts'
import { accountChange, erasure, newToken, sessionRef, tokenRef } from './schema.ts'

export const account = router({
  me: userQuery(nothing).query(({ ctx }) => ctx.user),

  update: accountMutation(accountChange).mutation(async ({ ctx, input }) => {
    const user = await ctx.accounts.update(ctx.user.id, input)
    if (!user) throw new AppError('UNAUTHENTICATED')
    return user
  }),

  erase: accountMutation(erasure, {
    onlyBySession: true,
    async before({ accounts, user }, { password, confirm }) {
      if (confirm.trim().toLowerCase() !== user.email.toLowerCase()) {
        const issues = [{ path: 'confirm', message: 'Must be the e-mail address of this account.' }]
        throw new AppError('BAD_INPUT', { issues })
      }
      if (!(await accounts.verifyPassword(user.id, password))) throw new AppError('PASSWORD_WRONG')
    },
  }).mutation(async ({ ctx }) => {
    const asked = await ctx.accounts.erase(ctx.user.id)
    if (!asked) throw new AppError('UNAUTHENTICATED')
    return asked
  }),

  keep: accountMutation(nothing).mutation(async ({ ctx }) => {
    const user = await ctx.accounts.keep(ctx.user.id)
    if (!user) throw new AppError('UNAUTHENTICATED')
    return user
  }),

  sessions: userQuery(nothing).query(async ({ ctx }) => {
    const sessions = await ctx.accounts.sessions(ctx.user.id)
    return { items: sessions.map((session) => ({ ...session, current: session.id === ctx.sessionId })) }
  }),

  revokeSession: accountMutation(sessionRef).mutation(async ({ ctx, input }) => {
    if ('others' in input)
      return { revoked: await ctx.accounts.revokeOtherSessions(ctx.user.id, ctx.sessionId ?? null) }
    if (!(await ctx.accounts.revokeSession(ctx.user.id, input.id))) throw new AppError('SESSION_NOT_FOUND')
    return { revoked: 1 }
  }),

  tokens: userQuery(nothing).query(async ({ ctx }) => ({ items: await ctx.accounts.tokens(ctx.user.id) })),

  createToken: accountMutation(newToken, {
    onlyBySession: true,
    secret: 'token',
    async before({ accounts, user, sessionId }, { password }) {
      if (password === undefined) {
        if (sessionId === undefined || !(await accounts.isFresh(user.id, sessionId)))
          throw new AppError('PASSWORD_NEEDED')
      } else if (!(await accounts.verifyPassword(user.id, password))) throw new AppError('PASSWORD_WRONG')
    },
  }).mutation(async ({ ctx, input: { password: _password, ...token } }): Promise<NewTokenInfo> => {
    const made = await ctx.accounts.createToken(ctx.user.id, token)
    if (!made) throw new AppError('TOO_MANY_TOKENS')
    return made
  }),

  revokeToken: accountMutation(tokenRef).mutation(async ({ ctx, input }) => {
    if (!(await ctx.accounts.revokeToken(ctx.user.id, input.id))) throw new AppError('TOKEN_NOT_FOUND')
    return { revoked: 1 }
  }),
})

/** Null instead of the token: this is a repetition, and it was told the first time. */
type NewTokenInfo = TokenInfo & { token: string | null }
