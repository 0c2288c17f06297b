/** The user as a request brings them along. */
export interface SessionUser {
  id: string
  email: string
  name: string
  timeZone: string
  weekStart: number
  locale: string
  /** When the account will be erased, where that was asked for. */
  eraseAfter: string | null
}

/** What is read of `users u` for it. */
export const userColumns =
  'u.id, u.email, u.name, u.time_zone, u.week_start, u.locale, u.erase_after' as const

export interface UserRow {
  id: string
  email: string
  name: string
  time_zone: string
  week_start: number
  locale: string
  erase_after: Date | null
}

export function userOf(row: UserRow): SessionUser {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    timeZone: row.time_zone,
    weekStart: row.week_start,
    locale: row.locale,
    eraseAfter: row.erase_after?.toISOString() ?? null,
  }
}
