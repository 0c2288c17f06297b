import { pseudonym } from './pseudonym.ts'
import type { sessionCheck } from './session.ts'

/** A session that begins, as the log has it. */
export interface SignedIn {
  /** The route that made it, such as `/sign-in/email`. */
  by: string
  account: string
  address: string | null
}

/** What the log knows a request by, what the request was refused for, and under which names for whom. */
export interface Told {
  requestId: string
  reasons: string[]
  account?: string | undefined
  email?: string | undefined
}

export interface Routes {
  check: ReturnType<typeof sessionCheck>
  handle: (request: Request, clientAddress: string, told?: Told) => Promise<Response>
}

/** The same routes; who hands over a `told` finds in it why a request was refused, and for whom. */
export function withReasons<T extends Routes>({ handle, ...routes }: T, secret: string) {
  const { check } = routes
  /** What stands for an account in the log. */
  const accountInLog = (userId: string) => pseudonym('account', userId, secret)

  return {
    ...routes,
    accountInLog,
    async handle(request: Request, clientAddress: string, told?: Told): Promise<Response> {
      const response = await handle(request, clientAddress, told)
      if (!told) return response
      const code = await codeOf(response)
      if (code === undefined) return response
      told.reasons.push(code)
      const who = response.status < 500 ? await check(request.headers).catch(() => null) : null
      if (who) told.account = accountInLog(who.user.id)
      return response
    },
  }
}

/** Why a request is refused: as the answer says or, where a browser comes back from a provider, as where it is sent. */
async function codeOf(response: Response): Promise<string | undefined> {
  if (response.ok) return undefined
  const to = response.headers.get('location')
  if (to !== null) return /[?&]error=/.test(to) ? 'PROVIDER_REFUSED' : undefined
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return body && typeof body === 'object' && 'code' in body ? String(body.code) : undefined
}
