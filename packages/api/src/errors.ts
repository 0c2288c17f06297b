import { BusyError, DatabaseUnavailableError, OperationReusedError, RateLimitedError } from '@ownlist/db'
import { TRPCError } from '@trpc/server'
import { z } from 'zod'

type Code = TRPCError['code']

/**
 * Everything a client may be told, in one closed table: the reason, tRPC's code (which sets the HTTP
 * status), and words for people. docs/errors.md explains each; a test holds the two together.
 */
export const reasons = {
  BAD_INPUT: ['BAD_REQUEST', 'Some of the input is not right.'],
  BAD_JSON: ['BAD_REQUEST', 'The request body is not valid JSON.'],
  BATCH_TOO_LARGE: ['BAD_REQUEST', 'At most 20 calls fit into one batch.'],
  CURSOR_INVALID: ['BAD_REQUEST', 'This cursor does not belong to this list. Start again without one.'],
  UNAUTHENTICATED: ['UNAUTHORIZED', 'Sign in first.'],
  PASSWORD_WRONG: ['FORBIDDEN', 'The password is wrong.'],
  PASSWORD_NEEDED: ['FORBIDDEN', 'Give your password, or sign in again: this session is not new.'],
  SCOPE_MISSING: ['FORBIDDEN', 'This API token was not made for that.'],
  SESSION_NEEDED: ['FORBIDDEN', 'No API token may do this. Sign in.'],
  ORIGIN_REFUSED: ['FORBIDDEN', 'This request comes from another site.'],
  PROCEDURE_NOT_FOUND: ['NOT_FOUND', 'There is no such procedure.'],
  TASK_NOT_FOUND: ['NOT_FOUND', 'There is no such task.'],
  LIST_NOT_FOUND: ['NOT_FOUND', 'There is no such list.'],
  TAG_NOT_FOUND: ['NOT_FOUND', 'There is no such tag.'],
  VIEW_NOT_FOUND: ['NOT_FOUND', 'There is no such view.'],
  COMMENT_NOT_FOUND: ['NOT_FOUND', 'There is no such comment.'],
  PARENT_NOT_FOUND: ['NOT_FOUND', 'There is no such task to put this one under.'],
  REVISION_NOT_FOUND: ['NOT_FOUND', 'There is no such revision.'],
  ERASURE_NOT_FOUND: ['NOT_FOUND', 'There is no such receipt, or the erasure has not begun.'],
  SESSION_NOT_FOUND: ['NOT_FOUND', 'There is no such session.'],
  TOKEN_NOT_FOUND: ['NOT_FOUND', 'There is no such API token.'],
  METHOD_REFUSED: ['METHOD_NOT_SUPPORTED', 'This procedure is called with another method.'],
  TASK_EXISTS: ['CONFLICT', 'A task with this id exists already.'],
  ID_TAKEN: ['CONFLICT', 'Something with this id exists already.'],
  NAME_TAKEN: ['CONFLICT', 'This name is in use already.'],
  TASK_BELOW_ITSELF: ['CONFLICT', 'A task cannot be put under itself or one of its subtasks.'],
  TOO_DEEP: ['CONFLICT', 'Subtasks go eight levels deep at most.'],
  TOO_MANY_TAGS: ['CONFLICT', 'At most 50 tags on a task.'],
  TOO_MANY_TASKS: ['CONFLICT', 'More than 1,000 tasks match. At most 1,000 can be changed at once.'],
  MATCHES_DIFFER: ['CONFLICT', 'Another number of tasks matches than was confirmed.'],
  TOO_MANY_TOKENS: ['CONFLICT', 'At most 100 API tokens. Revoke some first.'],
  NOT_RECURRING: ['CONFLICT', 'This task does not come again.'],
  OCCURRENCE_EXISTS: ['CONFLICT', 'This occurrence of the series is there already.'],
  REVISION_CONFLICT: ['CONFLICT', 'This was changed in the meantime.'],
  UNDO_CONFLICT: ['CONFLICT', 'What is to be undone was changed again since.'],
  WRITE_CONFLICT: ['CONFLICT', 'Another change came in between. Try again.'],
  HISTORY_TOO_OLD: ['PRECONDITION_FAILED', 'The history does not go back that far.'],
  SYNC_TOO_OLD: [
    'PRECONDITION_FAILED',
    'The log does not reach back to this revision. Start over without one.',
  ],
  OPERATION_REUSED: ['UNPROCESSABLE_CONTENT', 'This operation id was used before, for something else.'],
  BODY_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The request is larger than 1 MiB.'],
  TYPE_REFUSED: ['UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json.'],
  RATE_LIMITED: ['TOO_MANY_REQUESTS', 'Too many requests. Wait a moment and try again.'],
  CANCELLED: ['CLIENT_CLOSED_REQUEST', 'The request was cancelled.'],
  TOO_SLOW: ['SERVICE_UNAVAILABLE', 'This took too long and was stopped. Nothing was changed.'],
  BUSY: ['SERVICE_UNAVAILABLE', 'Too many people are signing in at this moment. Try again shortly.'],
  DATABASE_UNAVAILABLE: ['SERVICE_UNAVAILABLE', 'The database is away for a moment. Try again shortly.'],
  INTERNAL: ['INTERNAL_SERVER_ERROR', 'Something went wrong.'],
} as const satisfies Record<string, readonly [Code, string]>

export type Reason = keyof typeof reasons

/** What is wrong with one field: its path in the input, and what to do. */
export interface InputIssue {
  path: string
  message: string
}

/** Fields of a row that were changed again after the revision that is to be undone. */
export interface Conflict {
  entity: string
  id: string
  title: string | null
  fields: string[]
}

export interface ErrorDetails {
  issues?: InputIssue[]
  conflicts?: Conflict[]
  /** The row as it is now, where a change was based on an earlier one. */
  current?: unknown
  /** Whole seconds after which it is worth another try. */
  retryAfter?: number
  cause?: unknown
}

/** An expected failure, with one of the reasons above. */
export class AppError extends TRPCError {
  readonly reason: Reason
  readonly issues: InputIssue[] | undefined
  readonly current: unknown
  readonly conflicts: Conflict[] | undefined
  readonly retryAfter: number | undefined

  constructor(reason: Reason, { issues, current, conflicts, retryAfter, cause }: ErrorDetails = {}) {
    const [code, message] = reasons[reason]
    super({ code, message, cause })
    this.reason = reason
    this.issues = issues
    this.current = current
    this.conflicts = conflicts
    this.retryAfter = retryAfter
  }
}

/**
 * Any error as one that may be shown. What is not foreseen here becomes INTERNAL: no message of the
 * database, of a library or of JavaScript ever reaches a client.
 */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const cause = error instanceof TRPCError ? error.cause : error
  if (cause instanceof AppError) return cause
  if (cause instanceof z.core.$ZodError)
    return new AppError('BAD_INPUT', { issues: inputIssues(cause), cause })
  if (cause instanceof OperationReusedError) return new AppError('OPERATION_REUSED', { cause })
  if (cause instanceof DatabaseUnavailableError) return new AppError('DATABASE_UNAVAILABLE', { cause })
  if (cause instanceof BusyError) return new AppError('BUSY', { cause })
  if (cause instanceof RateLimitedError)
    return new AppError('RATE_LIMITED', { cause, retryAfter: cause.retryAfter })
  const reason = reasonOfDatabase(cause) ?? (error instanceof TRPCError ? reasonOfCall(error) : undefined)
  return new AppError(reason ?? 'INTERNAL', { cause: error })
}

/** Broken constraints that a request can cause in spite of valid input, by name. */
const reasonOfConstraint: Record<string, Reason> = {
  tasks_pkey: 'TASK_EXISTS',
  tasks_list_id_fkey: 'LIST_NOT_FOUND',
  tasks_parent_id_fkey: 'PARENT_NOT_FOUND',
  tasks_tag_ids_fkey: 'TAG_NOT_FOUND',
  tasks_occurrence_check: 'BAD_INPUT',
  tasks_user_id_occurrence_key: 'OCCURRENCE_EXISTS',
  tasks_parent_cycle_check: 'TASK_BELOW_ITSELF',
  tasks_depth_check: 'TOO_DEEP',
  tasks_tag_ids_check: 'TOO_MANY_TAGS',
  lists_pkey: 'ID_TAKEN',
  tags_pkey: 'ID_TAKEN',
  views_pkey: 'ID_TAKEN',
  comments_pkey: 'ID_TAKEN',
  lists_user_id_name_key: 'NAME_TAKEN',
  tags_user_id_name_key: 'NAME_TAKEN',
  views_user_id_name_key: 'NAME_TAKEN',
  comments_task_id_fkey: 'TASK_NOT_FOUND',
  // The account was erased while the request was under way.
  tasks_user_id_fkey: 'UNAUTHENTICATED',
  user_clocks_user_id_fkey: 'UNAUTHENTICATED',
}

function reasonOfDatabase(error: unknown): Reason | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  switch (error.code) {
    case '23503':
    case '23505':
    case '23514':
      return 'constraint' in error ? reasonOfConstraint[String(error.constraint)] : undefined
    case '40001': // serialization_failure
    case '40P01': // deadlock_detected
      return 'WRITE_CONFLICT'
    case '57014': // query_canceled, by statement_timeout
    case '55P03': // lock_not_available, by lock_timeout
      return 'TOO_SLOW'
    default:
      return undefined
  }
}

/** tRPC's own refusals, made before any procedure runs. */
function reasonOfCall(error: TRPCError): Reason | undefined {
  switch (error.code) {
    case 'PARSE_ERROR':
      return 'BAD_JSON'
    case 'NOT_FOUND':
      return 'PROCEDURE_NOT_FOUND'
    case 'METHOD_NOT_SUPPORTED':
      return 'METHOD_REFUSED'
    case 'UNSUPPORTED_MEDIA_TYPE':
      return 'TYPE_REFUSED'
    case 'PAYLOAD_TOO_LARGE':
      return 'BODY_TOO_LARGE'
    case 'CLIENT_CLOSED_REQUEST':
      return 'CANCELLED'
    case 'BAD_REQUEST':
      return /batch/i.test(error.message) ? 'BATCH_TOO_LARGE' : 'BAD_JSON'
    default:
      return undefined
  }
}

function inputIssues(error: z.core.$ZodError): InputIssue[] {
  return error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.join('.'),
    message:
      issue.code === 'unrecognized_keys'
        ? `Unknown field: ${issue.keys.slice(0, 5).join(', ').slice(0, 200)}.`
        : issue.message.slice(0, 300),
  }))
}
