/** A rule, a date or a time zone that cannot be used; the message says what to give instead. */
export class RecurrenceError extends Error {
  override name = 'RecurrenceError'
}
