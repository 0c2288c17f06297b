import type { Operation } from '@ownlist/db'
import type { TokenScope } from '../token-scopes.ts'
import type { AccountChange, NewToken } from './schema.ts'

/** The user as the user sees themselves. */
export interface User {
  id: string
  email: string
  name: string
  timeZone: string
  weekStart: number
  locale: string
  /** When the account will be erased, where that was asked for. */
  eraseAfter: string | null
}

/** The answer of the check of a request: who it is, and by what. A token may do what its scopes say. */
export type SignedIn = { user: User } & (
  | { via: 'session'; sessionId: string }
  | { via: 'token'; sessionId?: never; tokenId: string; scopes: TokenScope[] }
)

/** An API token as its owner sees it again: not the token itself, which nobody does. */
export interface TokenInfo {
  id: string
  name: string
  scopes: TokenScope[]
  /** The last four characters of the token. */
  lastFour: string
  createdAt: string
  expiresAt: string
  /** To ten minutes; null where it was never used. */
  lastUsedAt: string | null
}

export interface SessionInfo {
  id: string
  createdAt: string
  lastUsedAt: string
  expiresAt: string
  ipAddress: string | null
  userAgent: string | null
}

/** What identity knows of an account, for its owner. No secret is in it. */
export interface AccountRecord {
  image: string | null
  isVerified: boolean
  createdAt: string
  updatedAt: string
  /** By what it can be signed in to. */
  signIns: { provider: string; createdAt: string }[]
  sessions: SessionInfo[]
  tokens: TokenInfo[]
}

/**
 * What the account procedures need of identity. The role that serves tasks cannot write it, so the
 * package that owns the identity tables implements this and the server brings the two together.
 */
export interface Accounts extends AccountQueries {
  /** Takes its time: not for within a transaction. */
  verifyPassword(userId: string, password: string): Promise<boolean>
  record(userId: string): Promise<AccountRecord | undefined>
  /** Does the work in one transaction, and for one operation id once; gives the first answer, and whether it is an earlier one. */
  once<Answer>(
    userId: string,
    operation: Operation,
    work: (accounts: AccountQueries) => Promise<Answer>,
  ): Promise<{ answer: Answer; repeated: boolean }>
}

export interface AccountQueries {
  update(userId: string, change: AccountChange): Promise<User | undefined>
  /** Ends every session and API token and sets the date of the erasure; undefined where the account is gone. */
  erase(userId: string): Promise<{ eraseAfter: string; receiptId: string } | undefined>
  /** Takes the erasure back. */
  keep(userId: string): Promise<User | undefined>
  sessions(userId: string): Promise<SessionInfo[]>
  /** Ends one session, effective at once; false where the user has no such session. */
  revokeSession(userId: string, sessionId: string): Promise<boolean>
  /** Ends all sessions but one, or all; gives how many. */
  revokeOtherSessions(userId: string, keptSessionId: string | null): Promise<number>
  /** Whether the session was opened in the last ten minutes. */
  isFresh(userId: string, sessionId: string): Promise<boolean>
  tokens(userId: string): Promise<TokenInfo[]>
  /** Undefined where the user has as many as there may be. */
  createToken(userId: string, token: NewToken): Promise<(TokenInfo & { token: string }) | undefined>
  /** Ends a token, effective at once; false where the user has no such token. */
  revokeToken(userId: string, tokenId: string): Promise<boolean>
}
