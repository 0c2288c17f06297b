import { AsyncLocalStorage } from 'node:async_hooks'
import type { sessionCheck } from './session.ts'

/** What is known of the request that is being answered, for what better-auth calls on its way. */
export interface RequestScope {
  /** Who it comes from; looked up once. */
  who: () => ReturnType<ReturnType<typeof sessionCheck>>
  /** The password hash that stood when it was shown who wants to sign in; null where there was none. */
  knownHash?: string | null
  /** When the session began that lets in the one to be made. */
  beganAt?: Date
}

export const requestScope = new AsyncLocalStorage<RequestScope>()
