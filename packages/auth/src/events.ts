import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'

/** What can happen to how an account is got into. The database takes any such word, so that an older server reads on. */
export const securityEventKinds = [
  'signed-up',
  'signed-in',
  'email-verified',
  'email-change-asked',
  'email-changed',
  'password-changed',
  'password-reset-asked',
  'password-reset',
  'session-revoked',
  'sessions-revoked',
  'erasure-asked',
  'erasure-taken-back',
  'two-factor-enabled',
  'two-factor-disabled',
  'recovery-codes-made',
  'recovery-code-used',
  'passkey-added',
  'passkey-removed',
  'token-created',
  'token-revoked',
  'device-approved',
  'provider-linked',
  'provider-unlinked',
] as const

export type SecurityEventKind = (typeof securityEventKinds)[number]

export interface NewSecurityEvent {
  userId: string
  kind: SecurityEventKind
  /** From where: as given, else as the session has it. */
  ipAddress?: string | null | undefined
  userAgent?: string | null | undefined
  sessionId?: string | undefined
  /** For the owner of the account to read. No secret, and no more than 2 KB. */
  detail?: Record<string, string | number | boolean | string[]> | undefined
}

export interface SecurityEvent {
  id: string
  kind: string
  at: string
  ipAddress: string | null
  userAgent: string | null
  detail: Record<string, unknown>
}

/** Where a page of events ended. */
export interface EventPosition {
  at: string
  id: string
}

/** Writes down what happened. In the transaction that does it, so that neither is ever there without the other. */
export async function recordEvent(
  db: Kysely<DB>,
  { userId, kind, ipAddress, userAgent, sessionId, detail = {} }: NewSecurityEvent,
): Promise<void> {
  await sql`
    insert into security_events (user_id, kind, ip_address, user_agent, detail)
    select ${userId}::uuid, ${kind}::text,
      coalesce(${ipAddress || null}::text, (select ip_address from sessions where id = ${sessionId ?? null}::uuid)),
      coalesce(${userAgent || null}::text, (select user_agent from sessions where id = ${sessionId ?? null}::uuid)),
      ${JSON.stringify(detail)}::jsonb`.execute(db)
}

/** The newest first, `limit` of them after a position. */
export async function listEvents(
  db: Kysely<DB>,
  userId: string,
  { limit, after }: { limit: number; after?: EventPosition | undefined },
): Promise<SecurityEvent[]> {
  const { rows } = await sql<SecurityEvent>`
    select id, kind, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      ip_address as "ipAddress", user_agent as "userAgent", detail
    from security_events
    where user_id = ${userId}
      and (${after === undefined} or (at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by at desc, id desc limit ${limit}`.execute(db)
  return rows
}

/** All of them, the newest first, in pages that are read one by one: there may be very many. */
export async function* eventPages(
  db: Kysely<DB>,
  userId: string,
  limit = 500,
): AsyncGenerator<SecurityEvent[]> {
  let after: EventPosition | undefined
  for (;;) {
    const page = await listEvents(db, userId, { limit, after })
    if (page.length > 0) yield page
    if (page.length < limit) return
    after = page.at(-1)
  }
}
