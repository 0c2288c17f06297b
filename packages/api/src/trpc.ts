import { asUser, inTransaction, type Database } from '@ownlist/db'
import { initTRPC } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { z } from 'zod'
import type { Accounts, SignedIn } from './account/accounts.ts'
import { AppError, asAppError } from './errors.ts'

/** What a request brings along. */
export interface Context {
  database: Database
  accounts: Accounts
  /** Who asks; null for a stranger. It comes from the session alone, never from the input. */
  signedIn: SignedIn | null
  requestId: string
  now(): Date
  /** Told of failures that nobody foresaw. The client hears only the request id. */
  onUnexpected(error: unknown, path: string | undefined): void
}

const t = initTRPC.context<Context>().create({
  errorFormatter({ error, shape, ctx, path }) {
    const failure = asAppError(error)
    const { reason, issues, current } = failure
    if (reason === 'INTERNAL') ctx?.onUnexpected(error, path)
    return {
      code: shape.code,
      message: failure.message,
      data: {
        reason,
        httpStatus: getHTTPStatusCodeFromError(failure),
        requestId: ctx?.requestId,
        ...(issues && { issues }),
        ...(current !== undefined && { current }),
      },
    }
  },
})

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/**
 * Refuses strangers before their input is looked at. Callers within the process and callers over HTTP meet the
 * same errors.
 */
const signedIn = t.procedure.use(async ({ ctx, next }) => {
  if (!ctx.signedIn) throw new AppError('UNAUTHENTICATED')
  const { user, sessionId } = ctx.signedIn
  const result = await next({ ctx: { user, sessionId } })
  if (!result.ok) throw asAppError(result.error)
  return result
})

/**
 * Every procedure states its input, so unknown fields are refused everywhere and none takes anything
 * but JSON. (tRPC accepts multipart forms, which another site can send, where no input is stated.)
 */
export function userQuery<Input extends z.ZodType>(input: Input) {
  return signedIn
    .input(input)
    .use(({ ctx, next }) => next({ ctx: { scope: asUser(ctx.database, ctx.user.id) } }))
}

/** A change to what the user owns: one transaction, so it happens whole or not at all. */
export function userMutation<Input extends z.ZodType>(input: Input) {
  return signedIn.input(input).use(({ ctx, next }) =>
    inTransaction(asUser(ctx.database, ctx.user.id), async (scope) => {
      const result = await next({ ctx: { scope } })
      // Throwing is what rolls back.
      if (!result.ok) throw result.error
      return result
    }),
  )
}

/** A change to the account itself, which is the identity role's to write. */
export function accountMutation<Input extends z.ZodType>(input: Input) {
  return signedIn.input(input)
}
