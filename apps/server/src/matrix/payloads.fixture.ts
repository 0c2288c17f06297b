import { z } from 'zod'

/** What an attacker may have got hold of: everything of a victim that names something and is no secret. */
export interface Loot {
  ids: string[]
  /** Numbers of tasks, and revisions, from ranges that nobody else's reach. */
  numbers: number[]
  revisions: number[]
  cursors: string[]
  emails: string[]
  /** Codes that their devices show. */
  codes: string[]
  words: string[]
  /** Calls of the victim that the server keeps, with the operation ids that they were made under. */
  operations: { path: string; input: Record<string, unknown>; opId: string }[]
}

/** By whom people may sign in at the servers of the matrix. */
export const providerId = 'house'

export const kinds = [
  'foreign id',
  'foreign id inside an array',
  'foreign id inside an object',
  'foreign cursor',
  'foreign revision',
  'foreign operation id',
  'foreign address',
  'other',
] as const

export type Kind = (typeof kinds)[number]

export interface Payload {
  kind: Kind
  input: unknown
}

interface Made {
  value: unknown
  kind: Kind
}

interface JsonSchema {
  /** Several where a plain text may be null. */
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minimum?: number
}

/** Inputs that the schema takes, with the loot wherever something of that kind may stand; none twice. */
export function payloadsOf(schema: z.ZodType, loot: Loot): Payload[] {
  const made = candidates(jsonSchemaOf(schema), '', 'foreign id', loot)
  const taken = made.filter(({ value }) => schema.safeParse(value).success)
  return [
    ...new Map(taken.map(({ value, kind }) => [JSON.stringify(value), { kind, input: value }])).values(),
  ]
}

/** The victim's operation ids: with the very call that they stand for, and with others. */
export function operationPayloads(path: string, payloads: Payload[], loot: Loot): Payload[] {
  const own = loot.operations.filter((operation) => operation.path === path)
  const [first] = payloads
  return [
    ...own.map(({ input, opId }) => ({ ...input, opId })),
    ...loot.operations
      .slice(0, 1)
      .map(({ opId }) => ({ ...(first?.input as object), opId, basedOn: loot.revisions[0] })),
  ].map((input) => ({ kind: 'foreign operation id', input }))
}

/** At most so many of each kind, spread over all of them; another `turn` takes others. */
export function sample(payloads: Payload[], ofEachKind: number, turn: number): Payload[] {
  return kinds.flatMap((kind) => {
    const all = payloads.filter((payload) => payload.kind === kind)
    const step = Math.max(1, Math.ceil(all.length / ofEachKind))
    return all.filter((_, at) => at % step === turn % step)
  })
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
}

/** The same input with what is the victim's put in the place of what never was. */
export function replaced(input: unknown, by: ReadonlyMap<unknown, unknown>): unknown {
  if (Array.isArray(input)) return input.map((item) => replaced(item, by))
  if (input !== null && typeof input === 'object') {
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, replaced(value, by)]))
  }
  return by.get(input) ?? input
}

function candidates(schema: JsonSchema, name: string, idKind: Kind, loot: Loot): Made[] {
  const plain = (values: unknown[], kind: Kind = 'other') => values.map((value) => ({ value, kind }))
  if (schema.const !== undefined) return plain([schema.const])
  if (schema.enum) return plain(schema.enum)
  if (schema.anyOf) return schema.anyOf.flatMap((one) => candidates(one, name, idKind, loot))
  const { type } = schema
  if (Array.isArray(type))
    return type.flatMap((one) => candidates({ ...schema, type: one }, name, idKind, loot))
  switch (type) {
    case 'object':
      return objects(schema, name, loot)
    case 'array': {
      const items = candidates(schema.items ?? {}, name, 'foreign id inside an array', loot)
      const ids = items.filter(({ kind }) => kind !== 'other')
      const several = ids.length > 1 ? ids : items
      return [
        ...items.map(({ value, kind }) => ({ value: [value], kind })),
        { value: several.map(({ value }) => value), kind: several[0]?.kind ?? 'other' },
      ]
    }
    case 'integer':
    case 'number':
      if (name === 'number') return plain(loot.numbers, 'foreign id')
      if (/^(since|at|revision|ifRevision|basedOn)$/.test(name))
        return plain(loot.revisions, 'foreign revision')
      return plain([Math.max(schema.minimum ?? 1, 1)])
    case 'boolean':
      return plain([true, false])
    case 'null':
      return plain([null])
    case 'string':
      return strings(schema, name, idKind, loot)
    default:
      return []
  }
}

function strings({ format }: JsonSchema, name: string, idKind: Kind, loot: Loot): Made[] {
  const plain = (values: unknown[], kind: Kind = 'other') => values.map((value) => ({ value, kind }))
  if (format === 'uuid') return plain(loot.ids, idKind)
  if (format === 'date') return plain(['2026-11-21'])
  if (format === 'date-time') return plain(['2026-11-21T09:00:00Z'])
  if (/email|confirm/i.test(name)) return plain(loot.emails, 'foreign address')
  if (/password/i.test(name)) return plain(['not the password'])
  if (name === 'cursor') return plain(loot.cursors, 'foreign cursor')
  if (name === 'rule') return plain(['FREQ=DAILY'])
  if (name === 'lastEventId') return plain(loot.revisions.map(String), 'foreign revision')
  if (name === 'color') return plain(['#1f883d'])
  if (name === 'userCode') return plain(loot.codes, idKind)
  // Of an authenticator app, and one that was written down.
  if (name === 'code') return plain(['123456', 'k3xq-7fzn-2mwa-p5dt'])
  if (name === 'provider') return plain([providerId, ...loot.words])
  // Where any text is taken for an id, an id is tried as well.
  const named = /id$|token|_code/i.test(name) ? plain(loot.ids, idKind) : []
  return [...named, ...plain(['UTC', 'en', ...loot.words])]
}

function objects(schema: JsonSchema, name: string, loot: Loot): Made[] {
  const idKind: Kind = name === '' ? 'foreign id' : 'foreign id inside an object'
  const properties = Object.entries(schema.properties ?? {}).map(
    ([key, value]) => [key, candidates(value, key, idKind, loot)] as const,
  )
  const isRequired = (key: string) => (schema.required ?? []).includes(key)
  const firsts = properties.flatMap(([key, [first]]) => (first ? [[key, first] as const] : []))
  const least = firsts.filter(([key]) => isRequired(key))
  // Some objects want at least one of their optional fields.
  const more = firsts.filter(([key]) => !isRequired(key)).slice(0, 1)
  const build = (fields: (readonly [string, Made])[]): Made => ({
    value: Object.fromEntries(fields.map(([key, { value }]) => [key, value])),
    kind: fields.findLast(([, { kind }]) => kind !== 'other')?.[1].kind ?? 'other',
  })
  return [
    build(least),
    ...properties.flatMap(([key, values]) =>
      values.flatMap((made) => [build([...least, [key, made]]), build([...least, ...more, [key, made]])]),
    ),
  ]
}
