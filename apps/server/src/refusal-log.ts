import type { Context } from 'hono'
import type { AppEnv } from './app.ts'

/** A request that was refused, as the log has it: no value of it, no e-mail, no token. */
export interface RefusedRequest {
  requestId: string
  address: string
  method: string
  /** Where it went, without what was asked there. */
  path: string
  status: number
  /** Why, of each call of a batch. */
  reasons: string[]
  /** Whose session or token it came with, and which e-mail it named, under other names. */
  account?: string | undefined
  email?: string | undefined
}

const refused = new Set([400, 401, 403, 405, 413, 415, 429])
// What is not there is nobody's attempt at anything; a path that no client of ours would ask for may be one.
const loggedReasons = new Set([
  'PROCEDURE_NOT_FOUND',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'PASSWORD_WRONG',
  'PROVIDER_REFUSED',
])
/** Names of what is called. Anything else in a path is somebody's text. */
const named = /^\/api\/(trpc\/[a-z]+\.[a-z]+(,[a-z]+\.[a-z]+)*|auth\/[a-z0-9/-]{1,60}|account\/export)$/i

/**
 * What stands in the log of a request, where it was refused: by authentication, by rights, by limits, or because it was not
 * what anybody here would send (OWASP ASVS 5.0, 16.3.1 to 16.3.3).
 */
export function refusalFor(c: Context<AppEnv>): RefusedRequest | undefined {
  const { status } = c.res
  const { reasons, account, email } = c.get('told')
  const isApi = c.req.path.startsWith('/api')
  const isLogged = reasons.some((reason) => loggedReasons.has(reason)) || (isApi && refused.has(status))
  if (!isLogged) return undefined
  // As it came: an escaped letter makes it another path.
  const [path = ''] = (c.env.incoming.url ?? '').split('?', 1)
  return {
    requestId: c.get('requestId'),
    address: c.get('address') ?? '',
    method: c.req.method.slice(0, 16),
    path: named.test(path) ? path : '(another)',
    status,
    reasons: [...new Set(reasons)],
    account,
    email,
  }
}
