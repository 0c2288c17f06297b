export { describeRule } from './describe.ts'
export { type Due, dueOf, localOf } from './due.ts'
export { RecurrenceError } from './error.ts'
export { type Series, firstOccurrence, nextOccurrence, occurrencesBetween, parseRule } from './series.ts'
