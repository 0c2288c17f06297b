import { generateNKeysBetween } from 'fractional-indexing'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * A position before every earlier one, without reading any: a fractional index whose integer part
 * falls as time goes on (it is -milliseconds; seven digits of base 62 last until 2081), so new tasks
 * come first. Two random digits keep tasks of the same millisecond apart.
 */
export function positionAtTop(now: Date): string {
  let value = 62 ** 7 - now.getTime()
  let integer = ''
  for (let i = 0; i < 7; i++) {
    integer = digits.charAt(value % 62) + integer
    value = Math.floor(value / 62)
  }
  // A fraction must not end in zero.
  return `T${integer}${randomDigit(0)}${randomDigit(1)}`
}

/** Positions in order between two; null is the open end. Where the two are equal nothing lies between. */
export function positionsBetween(before: string | null, after: string | null, count: number): string[] {
  return generateNKeysBetween(before, after, count)
}

function randomDigit(from: number): string {
  return digits.charAt(from + Math.floor(Math.random() * (62 - from)))
}
