import type { Door } from './doors.fixture.ts'

/** A field of an input that takes a string, and the input with another string in it. */
export interface Leaf {
  door: Door
  /** Such as `filter.due.before` or `tagIds.0`. */
  path: string
  /** The field's own name, under which an answer would show it. */
  name: string
  takes: 'id' | 'date' | 'choice' | 'text'
  with(value: string): unknown
}

/** Every field of every door that takes a string, once. */
export function leavesOf(doors: Door[]): Leaf[] {
  const leaves = new Map<string, Leaf>()
  for (const door of doors) {
    for (const { input } of door.payloads) {
      for (const [path, value] of strings(input, [])) {
        // One item of a list stands for all of them.
        const key = `${door.name} ${path.join('.')}`
        if (path.some((part) => /^[1-9]/.test(part))) continue
        // A field that takes several kinds of text takes any: `at` is a date or an instant.
        const takes = isDay.test(value)
          ? 'date'
          : isId.test(value)
            ? 'id'
            : isChoice.test(value)
              ? 'choice'
              : 'text'
        if (leaves.get(`${key} ${takes}`)) continue
        leaves.set(`${key} ${takes}`, {
          door,
          path: path.join('.'),
          name: path.findLast((part) => !/^\d+$/.test(part)) ?? '',
          takes,
          with: (other) => replacedAt(input, path, other),
        })
      }
    }
  }
  return [...leaves.values()]
}

const isDay = /^\d{4}-\d\d-\d\d/
/** One of a few words that a field knows. A language has two letters, and a password has blanks. */
const isChoice = /^[a-z_]{3,}$/
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function strings(input: unknown, path: string[]): [path: string[], value: string][] {
  if (typeof input === 'string') return [[path, input]]
  if (input === null || typeof input !== 'object') return []
  return Object.entries(input).flatMap(([key, value]) => strings(value, [...path, key]))
}

function replacedAt(input: unknown, [key, ...rest]: string[], value: string): unknown {
  if (key === undefined) return value
  if (Array.isArray(input))
    return input.map((item, at) => (String(at) === key ? replacedAt(item, rest, value) : item))
  const object = input as Record<string, unknown>
  return { ...object, [key]: replacedAt(object[key], rest, value) }
}

/** Every value that stands under this name anywhere in an answer. */
export function valuesUnder(name: string, answer: unknown): unknown[] {
  if (answer === null || typeof answer !== 'object') return []
  return Object.entries(answer).flatMap(([key, value]) => [
    ...(key === name && !Array.isArray(answer) ? [value] : []),
    ...valuesUnder(name, value),
  ])
}
