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
  | { via: 'session'; sessionId: string; isFresh?: boolean }
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
  signIns: SignIn[]
  sessions: SessionInfo[]
  factors: Factors
  /** The newest first, page by page: read once, and not before it is needed. */
  securityEvents: AsyncIterable<SecurityEvent[]>
  tokens: TokenInfo[]
}

/** What an account is signed in to with beside its password. */
interface Factors {
  /** Since when the code of an app is asked for; null: it is not. */
  totpSince: string | null
  recoveryCodesLeft: number
  passkeys: { id: string; name: string; createdAt: string; lastUsedAt: string | null; backedUp: boolean }[]
  /** Browsers that are asked for the password alone. */
  trustedDevices: {
    createdAt: string
    lastUsedAt: string | null
    expiresAt: string
    ipAddress: string | null
    userAgent: string | null
  }[]
}

interface SignIn {
  provider: string
  createdAt: string
}

/** How an account is got into. */
export interface Security {
  isVerified: boolean
  hasPassword: boolean
  signIns: SignIn[]
  /** Whether this server sends mail: without it no address is confirmed. */
  sendsMail: boolean
}

/** Something that touched how the account is got into. */
export interface SecurityEvent {
  id: string
  kind: string
  at: string
  ipAddress: string | null
  userAgent: string | null
  detail: Record<string, unknown>
}

interface EventPage {
  limit: number
  after?: { at: string; id: string } | undefined
}

/** By whom a change is made, for the record. */
interface By {
  sessionId: string
}

/**
 * What the account procedures need of identity. The role that serves tasks cannot write it, so the
 * package that owns the identity tables implements this and the server brings the two together.
 */
export interface Accounts extends AccountQueries {
  /**
   * Whether they show who they are, by the password or by having signed in within the last ten minutes; `always`: an account
   * that has a password gives it. Gives what is missing. Takes its time: not for within a transaction.
   */
  prove(
    asker: { user: { id: string }; isFresh: boolean },
    password: string | undefined,
    proof?: { always: boolean },
  ): Promise<'PASSWORD_WRONG' | 'PASSWORD_NEEDED' | undefined>
  record(userId: string): Promise<AccountRecord | undefined>
  security(userId: string): Promise<Security | undefined>
  /** The newest first. */
  events(userId: string, page: EventPage): Promise<SecurityEvent[]>
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
  erase(userId: string, by?: By): Promise<{ eraseAfter: string; receiptId: string } | undefined>
  /** Takes the erasure back. */
  keep(userId: string, by?: By): Promise<User | undefined>
  sessions(userId: string): Promise<SessionInfo[]>
  /** Ends one session, effective at once; false where the user has no such session. */
  revokeSession(userId: string, sessionId: string, by?: By): Promise<boolean>
  /** Ends all sessions but one, or all; gives how many. */
  revokeOtherSessions(userId: string, keptSessionId: string | null): Promise<number>
  tokens(userId: string): Promise<TokenInfo[]>
  /** Undefined where the user has as many as there may be. */
  createToken(
    userId: string,
    token: NewToken,
    by?: { sessionId: string },
  ): Promise<(TokenInfo & { token: string }) | undefined>
  /** Ends a token, effective at once; false where the user has no such token. */
  revokeToken(userId: string, tokenId: string, by?: { sessionId: string }): Promise<boolean>
}
