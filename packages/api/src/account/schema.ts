import { z } from 'zod'
import { id, instant, line, text, timeZone } from '../input.ts'
import { tokenScopes } from '../token-scopes.ts'

export const accountChange = z
  .strictObject({
    name: line({ min: 1, max: 255 }).optional(),
    timeZone: timeZone.optional(),
    /** ISO 8601: 1 is Monday, 7 is Sunday. */
    weekStart: z.int().min(1).max(7).optional(),
    /** A BCP 47 language tag, such as `en` or `pt-BR`. */
    locale: z
      .string()
      .regex(/^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Must be a language tag like en or pt-BR.')
      .optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give at least one field to change.',
  })

/** Nobody erases an account by mistake, nor on a device that was left open. */
export const erasure = z.strictObject({
  /** Left out where the account has none: then the session has to be one of the last ten minutes. */
  password: text({ max: 256 }).optional(),
  /** The account's e-mail address, typed anew. */
  confirm: text({ max: 255 }),
})

/** A page of what touched the account. */
export const eventFilter = z.strictObject({
  limit: z.int().min(1).max(200, 'At most 200 events on a page.').default(50),
  cursor: z.string().max(500).optional(),
})

/** What a cursor holds: when the last one was, and its id. */
export const eventPosition = z.tuple([instant, id])

/** What is asked of an export, in its address. */
export const exportRequest = z.strictObject({ at: instant.optional() })

/** One of the user's sessions, or all but the one that asks. */
export const sessionRef = z.union(
  [z.strictObject({ id }), z.strictObject({ others: z.literal(true) })],
  'Must be { id } or { others: true }.',
)

/** A token for a program. The password may be left out where the session was opened in the last ten minutes. */
export const newToken = z.strictObject({
  name: line({ min: 1, max: 100 }),
  scopes: z.array(z.enum(tokenScopes)).min(1).max(tokenScopes.length).transform(asSet),
  expiresInDays: z.int().min(1).max(366).default(90),
  password: text({ max: 256 }).optional(),
})

/** One of the user's tokens. */
export const tokenRef = z.strictObject({ id })

function asSet<T>(items: T[]): T[] {
  return [...new Set(items)].toSorted()
}

export type NewToken = Omit<z.output<typeof newToken>, 'password'>
export type AccountChange = z.output<typeof accountChange>
export type Erasure = z.output<typeof erasure>
export type EventFilter = z.output<typeof eventFilter>
export type SessionRef = z.output<typeof sessionRef>
