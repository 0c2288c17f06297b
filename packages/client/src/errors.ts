import type { Conflict, InputIssue, Outputs, Reason } from '@ownlist/api'
import { TRPCClientError } from '@trpc/client'

/** What the routes of second factors and passkeys refuse with, beside the reasons of procedures. */
export const factorReasons = [
  'PASSWORD_WRONG',
  'PASSWORD_NEEDED',
  'CODE_WRONG',
  'SECOND_STEP_OVER',
  'TOO_MANY_TRIES',
  'TOTP_ON',
  'TOTP_OFF',
  'PASSKEY_REFUSED',
  'PASSKEY_NOT_FOUND',
  'PASSKEY_EXISTS',
  'TOO_MANY_PASSKEYS',
  'LAST_SIGN_IN',
] as const

/** The server's reasons, and those that only a client can know. */
export type FailureReason =
  | Reason
  | (typeof factorReasons)[number]
  /** Refusals of identity: docs/errors.md says what to do about each. */
  | 'TOKEN_INVALID'
  | 'EMAIL_NOT_VERIFIED'
  | 'EMAIL_TAKEN'
  | 'MAIL_OFF'
  | 'OFFLINE'
  | 'CANCELLED'
  /** The user has refused to sign this device in, or has not said anything in time. */
  | 'DEVICE_DENIED'
  | 'DEVICE_EXPIRED'
  /** There is no room on this device: what was to be kept is not. */
  | 'STORAGE_FULL'
  | 'STORAGE_FAILED'
  /** The store belongs to somebody who has signed out. */
  | 'STORE_CLOSED'

/** What went wrong, in a form that a program can decide by and a person can read. */
export class OwnlistError extends Error {
  override name = 'OwnlistError'
  readonly reason: FailureReason
  /** What is wrong with which field, where the input was not right. */
  readonly issues: InputIssue[]
  /** The task as it is now, where a change was based on an earlier revision. */
  readonly current: Outputs['tasks']['get'] | undefined
  /** What was changed again since, where an undo would set it back. */
  readonly conflicts: Conflict[]
  /** What to tell an administrator; undefined where the server was never reached. */
  readonly requestId: string | undefined
  /** Milliseconds after which the server asks to be tried again. */
  readonly retryAfter: number | undefined

  constructor(
    reason: FailureReason,
    message: string,
    details: Partial<
      Pick<OwnlistError, 'issues' | 'current' | 'conflicts' | 'requestId' | 'retryAfter' | 'cause'>
    > = {},
  ) {
    super(message, { cause: details.cause })
    this.reason = reason
    this.issues = details.issues ?? []
    this.current = details.current
    this.conflicts = details.conflicts ?? []
    this.requestId = details.requestId
    this.retryAfter = details.retryAfter
  }
}

/** Any failure of a call as an OwnlistError; what is none of ours has the reason INTERNAL. */
export function errorOf(error: unknown): OwnlistError {
  if (error instanceof OwnlistError) return error
  if (!(error instanceof TRPCClientError)) return unknownError(error)
  if (isAbort(error.cause ?? error))
    return new OwnlistError('CANCELLED', 'The request was cancelled.', { cause: error })

  const data = error.data as ErrorData | undefined | null
  const response = error.meta?.['response'] as Response | undefined
  const retryAfter = seconds(response?.headers.get('retry-after'))
  if (data?.reason) {
    const { reason, ...details } = data
    return new OwnlistError(reason, error.message, { ...details, retryAfter, cause: error })
  }
  // A proxy answered in the server's place, or nobody did.
  if (response && response.status < 500) return unknownError(error)
  return new OwnlistError('OFFLINE', 'The server cannot be reached. Check your connection.', {
    retryAfter,
    cause: error,
  })
}

interface ErrorData {
  reason?: Reason
  issues?: InputIssue[]
  current?: Outputs['tasks']['get']
  conflicts?: Conflict[]
  requestId?: string
}

function unknownError(cause: unknown): OwnlistError {
  if (isAbort(cause)) return new OwnlistError('CANCELLED', 'The request was cancelled.', { cause })
  return new OwnlistError('INTERNAL', 'Something went wrong.', { cause })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** A `Retry-After` of seconds, in milliseconds. */
export function seconds(header: string | null | undefined): number | undefined {
  const value = Number(header ?? NaN)
  return Number.isFinite(value) ? value * 1000 : undefined
}
