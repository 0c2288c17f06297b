import { z } from 'zod'

/**
 * Text as PostgreSQL stores it unchanged: U+0000 cannot be stored and a lone surrogate would be
 * replaced without a word, so both are refused. Lengths count code points, as `char_length` does.
 */
export function text({ min = 0, max }: { min?: number; max: number }) {
  return z.string().check((ctx) => {
    const value = ctx.value
    const say = (message: string) => ctx.issues.push({ code: 'custom', message, input: value })
    // A code point is at most two units, so a text this long need not be counted.
    const length = value.length > max * 2 ? Infinity : countCodePoints(value)
    if (length > max) say(`Must be at most ${max} characters.`)
    else if (length < min) say(min === 1 ? 'Must not be empty.' : `Must be at least ${min} characters.`)
    else if (value.includes('\u0000')) say('Must not contain the character U+0000.')
    else if (!value.isWellFormed()) say('Must be well-formed Unicode: it contains half of a surrogate pair.')
  })
}

/** A line of text: surrounding white space does not count. */
export function line(limits: { min?: number; max: number }) {
  return z.string().trim().pipe(text(limits))
}

export const id = z.uuid('Must be a UUID.').toLowerCase()

/** A calendar day, years 1 to 9999: `2026-11-21`. */
export const day = z.iso.date('Must be a day like 2026-11-21.').refine((value) => value >= '0001', {
  message: 'Must be a day between the years 1 and 9999.',
})

/** An instant with its offset from UTC, years 1 to 9999: `2026-11-21T09:00:00Z`. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Must be an instant like 2026-11-21T09:00:00Z.' })
  .refine((value) => isWithin(Date.parse(value)), { message: 'Must be between the years 1 and 9999.' })
  .refine((value) => !/\.\d{7}/.test(value), { message: 'Must not be finer than a microsecond.' })
  // PostgreSQL reads none beyond that, and no place on earth is further from UTC than fourteen hours.
  .refine((value) => !/[+-](1[6-9]|2\d):\d\d$/.test(value), {
    message: 'Must be less than 16 hours away from UTC.',
  })

/** A name of the IANA time zone database: `Europe/Paris`. */
export const timeZone = z.string().refine((name) => name.length <= 64 && isTimeZone(name), {
  message: 'Must be a time zone like Europe/Paris.',
})

/** The revision a change is based on; the change is refused when the row has a later one. */
export const revision = z.int().min(1)

/** A colour as CSS writes it, in full and in lower case: `#1f883d`. */
export const color = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'Must be a colour like #1f883d.')
  .toLowerCase()

/** An emoji, or the name of an icon that clients agree on. */
export const icon = line({ min: 1, max: 32 })

/** Puts a row right behind another, or first where `after` is null. */
export const move = z
  .strictObject({ id, after: id.nullable() })
  .refine((place) => place.after !== place.id, { path: ['after'], message: 'Nothing goes behind itself.' })

/** A row to act upon, with the revision it was seen at where that matters. */
export const ref = z.strictObject({ id, ifRevision: revision.optional() })

/** Whether an object says anything: a change of nothing is a mistake. */
export function saysSomething({
  id: _id,
  ifRevision: _ifRevision,
  ...change
}: Record<string, unknown>): boolean {
  return Object.values(change).some((value) => value !== undefined)
}

/** One value or several, as a list. */
export function oneOrMore<T extends z.ZodType>(item: T, max: number) {
  return z.union([z.array(item).min(1).max(max), item.transform((value) => [value])])
}

export const nothing = z.strictObject({}).prefault({})

const firstInstant = Date.parse('0001-01-01T00:00:00Z')
const afterLastInstant = Date.parse('+010000-01-01T00:00:00Z')

function isWithin(time: number): boolean {
  return time >= firstInstant && time < afterLastInstant
}

const knownTimeZones = new Set<string>(['UTC'])

function isTimeZone(name: string): boolean {
  if (knownTimeZones.has(name)) return true
  // Intl also takes offsets such as +02:00, which are no time zones: they know no summer.
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    knownTimeZones.add(name)
    return true
  } catch {
    return false
  }
}

function countCodePoints(value: string): number {
  let count = 0
  for (const _ of value) count++
  return count
}
