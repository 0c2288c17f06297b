import { asUser, inTransaction, onceInLog, writtenRevision, type Database, type Scope } from '@ownlist/db'
import { initTRPC } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { AccountQueries, Accounts, SignedIn, User } from './account/accounts.ts'
import { AppError, asAppError } from './errors.ts'
import { id } from './input.ts'
import type { LiveUpdates } from './sync/live.ts'
import { allows, neededScope } from './token-scopes.ts'
import type { Turns } from './turns.ts'
import { findRevision } from './sync/queries.ts'

/** What a request brings along. */
export interface Context {
  database: Database
  accounts: Accounts
  /** Who asks; null for a stranger. It comes from the session or the API token alone, never from the input. */
  signedIn: SignedIn | null
  /** What the client calls itself, for the history. */
  client: string | undefined
  live: LiveUpdates
  /** Where a request has several calls: keeps its mutations in their order, and commits them together. */
  turns?: Turns | undefined
  requestId: string
  now(): Date
  /** Told of failures that nobody foresaw. The client hears only the request id. */
  onUnexpected(error: unknown, path: string | undefined): void
}

const t = initTRPC.context<Context>().create({
  errorFormatter({ error, shape, ctx, path }) {
    const failure = asAppError(error)
    const { reason, issues, current, conflicts } = failure
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
        ...(conflicts && { conflicts }),
      },
    }
  },
})

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/**
 * Refuses strangers, and API tokens without the scope, before their input is looked at. Callers within the process and
 * callers over HTTP meet the same errors. Every procedure begins here: nothing else is exported to begin with.
 */
const signedIn = t.procedure.use(async ({ ctx, path, type, next }) => {
  if (!ctx.signedIn) throw new AppError('UNAUTHENTICATED')
  const { user, via, sessionId } = ctx.signedIn
  if (via === 'token' && !allows(ctx.signedIn.scopes, neededScope(path, type)))
    throw new AppError('SCOPE_MISSING')
  /** The session's or the token's id: what the log says who it was, and by whose end streams end. */
  const signedInBy = via === 'token' ? ctx.signedIn.tokenId : ctx.signedIn.sessionId
  const isFresh = via === 'session' && ctx.signedIn.isFresh === true
  const result = await next({ ctx: { user, via, sessionId, signedInBy, isFresh } })
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

/**
 * A change to what the user owns: it happens whole or not at all, and with an operation id exactly once. The
 * user's other clients hear of it after the commit. `alone` keeps it out of a request's common transaction, for
 * what makes settings of its own.
 */
export function userMutation<Input extends z.ZodType>(input: Input, { alone = false } = {}) {
  return operation.input(withOperation(input)).use(async ({ ctx, path, getRawInput, next }) => {
    const { opId, basedOn } = ctx.operation
    const { user, via: actor, signedInBy: session, client, turns, live } = ctx
    if (alone) await turns?.commit()
    const database = (alone ? undefined : await turns?.database(user.id)) ?? ctx.database
    const scope = asUser(database, user.id, { actor, session, client, basedOn })
    const proceed = (within: Scope) => next({ ctx: { scope: within } })
    const tell = (revision: number | undefined) => {
      if (revision !== undefined) (database === ctx.database ? live : turns)?.changed(user.id, revision)
    }
    const work = async (within: Scope) => orThrow(await proceed(within)).data

    if (opId === undefined) {
      const done = await inTransaction(scope, async (within) => {
        return { answer: await work(within), revision: await writtenRevision(within) }
      })
      tell(done.revision)
      return resultOf(done.answer) as Awaited<ReturnType<typeof proceed>>
    }
    const repeatable = { opId, procedure: path, inputHash: hashOf(await getRawInput()) }
    const { answer, repeated, revision } = await onceInLog(scope, repeatable, work)
    // Whoever repeats may have been cut off by the end of the server that had the news to tell.
    tell(repeated ? await findRevision(scope) : revision)
    return resultOf(answer) as Awaited<ReturnType<typeof proceed>>
  })
}

/** How an account mutation is out of the ordinary. */
interface AccountMutation<Input> {
  /** What takes long and needs no transaction: it would keep a connection from others. */
  before?: (ctx: { accounts: Accounts; user: User; isFresh: boolean }, input: Input) => Promise<void>
  /** Whether it is only for people, who can prove once more who they are; no API token may. */
  onlyBySession?: boolean
  /** A field of the answer that is told once and kept nowhere: whoever repeats the operation finds null in its place. */
  secret?: string
}

/** A change to the account itself, which is the identity role's to write. */
export function accountMutation<Input extends z.ZodType>(
  input: Input,
  { before, onlyBySession = false, secret }: AccountMutation<z.output<Input>> = {},
) {
  return (onlyBySession ? operationBySession : operation)
    .input(withOperation(input))
    .use(async ({ ctx, path, input: given, getRawInput, next }) => {
      const { opId } = ctx.operation
      await ctx.turns?.commit()
      await before?.(ctx, given)
      const proceed = (accounts: AccountQueries) => next({ ctx: { accounts } })
      if (opId === undefined) {
        const result = await proceed(ctx.accounts)
        ctx.live.sessionsEnded(ctx.user.id)
        return result
      }
      let told: unknown
      const { answer, repeated } = await ctx.accounts.once(
        ctx.user.id,
        { opId, procedure: path, inputHash: hashOf(await getRawInput()) },
        async (accounts) => {
          told = orThrow(await proceed(accounts)).data
          return secret === undefined ? told : { ...(told as object), [secret]: null }
        },
      )
      ctx.live.sessionsEnded(ctx.user.id)
      return resultOf(repeated ? answer : told) as Awaited<ReturnType<typeof proceed>>
    })
}

/** What every mutation takes beside its own input, and what is taken off before that is looked at. */
const operationInput = z.object({
  /** Makes a call that is repeated happen once: a UUID of the client's making. */
  opId: id.optional(),
  /** The newest revision that the client had seen when it made the change. */
  basedOn: z.int().min(0).optional(),
})

const operation = signedIn
  .use(async ({ getRawInput, next }) => {
    const { data: given = {}, error } = operationInput.safeParse((await getRawInput()) ?? {})
    // What is no object at all is for the procedure's own schema to refuse.
    if (error && error.issues.some(({ path }) => path.length > 0)) throw error
    return next({ ctx: { operation: given } })
  })
  .use(({ getRawInput, next }) => next({ getRawInput: async () => withoutOperation(await getRawInput()) }))
  .use(({ ctx, batchIndex, next }) => (ctx.turns ? ctx.turns.take(batchIndex, next) : next()))

const operationBySession = operation.use(({ ctx, next }) => {
  if (ctx.via !== 'session') throw new AppError('SESSION_NEEDED')
  return next()
})

/** To the types of clients, the schema takes both. */
function withOperation<Input extends z.ZodType>(schema: Input) {
  return schema as unknown as z.ZodType<z.output<Input>, z.input<Input> & z.input<typeof operationInput>>
}

function withoutOperation(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
  const { opId: _opId, basedOn: _basedOn, ...rest } = input as Record<string, unknown>
  return rest
}

/**
 * SHA-256 of the input as it came, whatever the order of its fields. A password stays out: this is
 * kept for days, and whoever read it could try out millions in a second.
 */
function hashOf(input: unknown): Buffer {
  const ordered = JSON.stringify(input, (key, value: unknown) => {
    if (key === 'password') return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
  return createHash('sha256').update(ordered).digest()
}

/** Throwing is what rolls back. */
function orThrow<Result extends { ok: true } | { ok: false; error: Error }>(result: Result) {
  if (!result.ok) throw result.error
  return result as Extract<Result, { ok: true }>
}

/** The form in which a middleware answers by itself. */
function resultOf(data: unknown): unknown {
  return { ok: true, data, marker: 'middlewareMarker' }
}
