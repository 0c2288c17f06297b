import { pino, type Logger } from 'pino'
import type { Env } from './env.ts'

export function createLog(level: Env['LOG_LEVEL']): Logger {
  return pino({ level, base: undefined, serializers: { err: errorInLog } })
}

/**
 * What the log says of an error: what it is, where it came up, and what it says, unless that may be what a user wrote. PostgreSQL's
 * `detail` has the row that it refused, a mail server's answer has the address, and what is no JSON is quoted.
 */
export function errorInLog(error: unknown): Record<string, unknown> {
  // A thrown text may be anything.
  if (!(error instanceof Error)) return { type: typeof error }
  const known = error as Error & Record<(typeof telling)[number], unknown>
  const stack = error.stack?.split('\n').filter((line) => frame.test(line))
  return {
    type: error.name,
    ...(!mayQuote(known) && { message: error.message.replaceAll(address, '…@…') }),
    ...Object.fromEntries(
      telling.flatMap((name) => (isPlain(known[name]) ? [[name, known[name]] as const] : [])),
    ),
    ...(stack && { stack: stack.map((line) => line.trim()) }),
    ...(error.cause !== undefined && { cause: errorInLog(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(errorInLog) }),
  }
}

/** Of PostgreSQL: code, table and constraint; of mail servers: command and responseCode; of tRPC and the system: code. */
const telling = ['code', 'schema', 'table', 'constraint', 'command', 'responseCode', 'reason'] as const
const frame = /^\s+at /
const address = /[^\s<>"'@]+@[^\s<>"'@]+/g

/** Such messages have parts of what was given: of values (SQLSTATE class 22) or of statements, of texts, of a mail server. */
function mayQuote(error: Error & { code?: unknown; response?: unknown; responseCode?: unknown }): boolean {
  const isOfValue = typeof error.code === 'string' && /^(22|42601)/.test(error.code)
  return isOfValue || error instanceof SyntaxError || 'response' in error || 'responseCode' in error
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= 128)
}
