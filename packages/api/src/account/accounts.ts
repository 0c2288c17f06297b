import type { Operation } from '@ownlist/db'
import type { AccountChange } from './schema.ts'

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

/** The answer of a session check: who it is, and by which session. */
export interface SignedIn {
  user: User
  sessionId: string
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
  factors: Factors
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

/**
 * What the account procedures need of identity. The role that serves tasks cannot write it, so the
 * package that owns the identity tables implements this and the server brings the two together.
 */
export interface Accounts extends AccountQueries {
  /** Takes its time: not for within a transaction. */
  verifyPassword(userId: string, password: string): Promise<boolean>
  record(userId: string): Promise<AccountRecord | undefined>
  /** Does the work in one transaction, and for one operation id once; gives the first answer. */
  once<Answer>(
    userId: string,
    operation: Operation,
    work: (accounts: AccountQueries) => Promise<Answer>,
  ): Promise<{ answer: Answer }>
}

export interface AccountQueries {
  update(userId: string, change: AccountChange): Promise<User | undefined>
  /** Ends every session and sets the date of the erasure; undefined where the account is gone. */
  erase(userId: string): Promise<{ eraseAfter: string; receiptId: string } | undefined>
  /** Takes the erasure back. */
  keep(userId: string): Promise<User | undefined>
  sessions(userId: string): Promise<SessionInfo[]>
  /** Ends one session, effective at once; false where the user has no such session. */
  revokeSession(userId: string, sessionId: string): Promise<boolean>
  /** Ends all sessions but one; gives how many. */
  revokeOtherSessions(userId: string, keptSessionId: string): Promise<number>
}
