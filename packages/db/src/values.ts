import pg from 'pg'

/** How values of a result become JavaScript: a parser for each type's text form. */
export interface ValueParsers {
  getTypeParser(oid: number, format?: string): (text: string) => unknown
}

const { DATE, INT8, TIMESTAMPTZ } = pg.types.builtins

/**
 * A `timestamptz` as ISO 8601 text in UTC with all its microseconds: a JavaScript Date would lose
 * three digits, and making one costs half of a list's time.
 */
export function isoTimestamp(text: string): string {
  if (text.endsWith('+00') && text[10] === ' ') return `${text.slice(0, 10)}T${text.slice(11, -3)}Z`
  if (text === 'infinity' || text === '-infinity') return text
  // Only a session whose time zone is not UTC comes here.
  const match = /^(\d{4,})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-])(\d\d)(?::?(\d\d))?$/.exec(text)
  if (!match) throw new Error(`not a timestamp that Ownlist can read: ${text}`)
  const [, year, month, day, time, fraction = '', sign, hours, minutes = '00'] = match
  const instant = new Date(`${year}-${month}-${day}T${time}${sign}${hours}:${minutes}`)
  return `${instant.toISOString().slice(0, 19)}${fraction}Z`
}

/** Text for timestamps and days, numbers for bigint: what an owned table's queries get. */
export const textValues: ValueParsers = parsers({
  [TIMESTAMPTZ]: isoTimestamp,
  [DATE]: (text) => text,
  [INT8]: safeInteger,
})

/** Dates for timestamps: what better-auth expects. */
export const dateValues: ValueParsers = parsers({ [INT8]: safeInteger })

function parsers(own: Record<number, (text: string) => unknown>): ValueParsers {
  return {
    getTypeParser: (oid, format) =>
      own[oid] ??
      (pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as (text: string) => unknown),
  }
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`an integer beyond JavaScript's safe range: ${text}`)
  return value
}
