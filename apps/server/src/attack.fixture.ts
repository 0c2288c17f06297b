import type { TestDatabase } from '@ownlist/testing'
import type { AnyTRPCRouter } from '@trpc/server'
import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'

/** What an attacker may have got hold of: everything of a victim that is an identifier and not a secret. */
export interface Loot {
  ids: string[]
  numbers: number[]
  cursors: string[]
  words: string[]
}

export interface Transport<Attacker> {
  name: string
  /** Everything that comes back: status, headers and body; undefined where it cannot make the call. */
  ask(attacker: Attacker | null, procedure: Procedure, input: unknown): Promise<string> | undefined
}

export interface Procedure {
  path: string
  type: 'query' | 'mutation' | 'subscription'
  inputs: z.ZodType[]
}

export interface Report {
  procedures: number
  attempts: number
  bytes: number
  findings: string[]
}

export function proceduresOf(router: AnyTRPCRouter): Procedure[] {
  const all = router._def.procedures as unknown as Record<string, { _def: Omit<Procedure, 'path'> }>
  return Object.entries(all).map(([path, { _def }]) => ({ path, type: _def.type, inputs: _def.inputs }))
}

/**
 * Calls every procedure with everything that can be made of the loot: as nobody, as another user,
 * and as another user who has nothing but ids that never were. Tells of every canary that came
 * back, of every difference between "not yours" and "not there", and of every row that changed.
 */
export async function attack<Attacker>({
  procedures,
  database,
  victimId,
  canaries,
  loot,
  transports,
  newAttacker,
}: {
  procedures: Procedure[]
  database: TestDatabase
  victimId: string
  canaries: string[]
  loot: Loot
  transports: Transport<Attacker>[]
  newAttacker: () => Promise<Attacker>
}): Promise<Report> {
  const report: Report = { procedures: procedures.length, attempts: 0, bytes: 0, findings: [] }
  const before = await rowsOf(database, victimId)

  for (const procedure of procedures) {
    const { path } = procedure
    const inputs = procedure.inputs.length === 1 ? inputsOf(procedure.inputs[0], loot) : []
    if (inputs.length === 0) report.findings.push(`${path}: no input could be made for it`)
    for (const transport of transports) {
      // New ones each time: an attacker may have made tasks with the last ones.
      const unknown = new Map<unknown, string | number>([
        ...loot.ids.map((id) => [id, randomUUID()] as const),
        ...loot.numbers.map((number) => [number, number + 1_000_000] as const),
      ])
      const [eve, mallory] = [await newAttacker(), await newAttacker()]
      let refusal: string | undefined
      for (const input of inputs) {
        const what = `${path} ${JSON.stringify(input)} (${transport.name})`
        const tell = (who: string, answer: string | undefined) => {
          if (answer === undefined) return
          report.attempts++
          report.bytes += Buffer.byteLength(answer)
          const text = `${answer}\n${decoded(answer)}`
          for (const canary of canaries) {
            if (text.includes(canary)) report.findings.push(`${what}: ${who} saw ${canary}`)
          }
        }

        const toNobody = await transport.ask(null, procedure, input)
        tell('a stranger', toNobody)
        if (toNobody !== undefined && !toNobody.includes('UNAUTHENTICATED')) {
          report.findings.push(`${what}: a stranger was not refused`)
        }
        refusal ??= toNobody && comparable(toNobody, unknown)
        if (toNobody !== undefined && comparable(toNobody, unknown) !== refusal) {
          report.findings.push(`${what}: strangers are refused in other words`)
        }

        const foreign = await transport.ask(eve, procedure, input)
        tell('another user', foreign)
        const never = await transport.ask(mallory, procedure, replaced(input, unknown))
        tell('another user', never)
        if (foreign !== undefined && comparable(foreign, unknown) !== comparable(never ?? '', unknown)) {
          report.findings.push(`${what}: not the same as for ids that never were: ${foreign} ${never}`)
        }
      }
    }
  }

  for (const [table, rows] of await rowsOf(database, victimId)) {
    if (rows !== before.get(table)) report.findings.push(`rows of ${table} changed`)
  }
  return report
}

/** Inputs that the schema takes, with the loot wherever an identifier or a text may stand. */
export function inputsOf(schema: z.ZodType | undefined, loot: Loot): unknown[] {
  if (schema === undefined) return []
  const made = candidates(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, '', loot)
  const taken = made.filter((input) => schema.safeParse(input).success)
  return [...new Map(taken.map((input) => [JSON.stringify(input), input])).values()]
}

interface JsonSchema {
  type?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minimum?: number
}

function candidates(schema: JsonSchema, name: string, loot: Loot): unknown[] {
  if (schema.const !== undefined) return [schema.const]
  if (schema.enum) return schema.enum
  if (schema.anyOf) return schema.anyOf.flatMap((one) => candidates(one, name, loot))
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(
        ([key, value]) => [key, candidates(value, key, loot)] as const,
      )
      const [required, optional] = [true, false].map((wanted) =>
        properties.filter(
          ([key, [first]]) => first !== undefined && (schema.required ?? []).includes(key) === wanted,
        ),
      )
      const least = Object.fromEntries((required ?? []).map(([key, [value]]) => [key, value]))
      // Some objects want at least one of their optional fields.
      const more = Object.fromEntries((optional ?? []).slice(0, 1).map(([key, [value]]) => [key, value]))
      return [
        least,
        ...properties.flatMap(([key, values]) =>
          values.flatMap((value) => [
            { ...least, [key]: value },
            { ...least, ...more, [key]: value },
          ]),
        ),
      ]
    }
    case 'array': {
      const items = candidates(schema.items ?? {}, name, loot)
      return [...items.map((item) => [item]), items]
    }
    case 'integer':
    case 'number':
      return name === 'number' ? loot.numbers : [Math.max(schema.minimum ?? 1, 1)]
    case 'boolean':
      return [true, false]
    case 'null':
      return [null]
    case 'string':
      if (schema.format === 'uuid') return loot.ids
      if (schema.format === 'date') return ['2026-11-21']
      if (schema.format === 'date-time') return ['2026-11-21T09:00:00Z']
      return name === 'cursor' ? loot.cursors : ['UTC', 'en', ...loot.words]
    default:
      return []
  }
}

function replaced(input: unknown, by: Map<unknown, string | number>): unknown {
  if (Array.isArray(input)) return input.map((item) => replaced(item, by))
  if (input !== null && typeof input === 'object') {
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, replaced(value, by)]))
  }
  return by.get(input) ?? input
}

/** An answer without what differs between any two: other ids, times, positions and cursors. */
function comparable(answer: string, unknown: Map<unknown, string | number>): string {
  let text = answer
  for (const [from, to] of unknown) {
    if (typeof from === 'string') text = text.replaceAll(from, 'asked').replaceAll(String(to), 'asked')
    else text = text.replaceAll(`"number":${Number(to)}`, `"number":${Number(from)}`)
  }
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'time')
    .replaceAll(/"(position|nextCursor|token|lastFour)":"[^"]*"/g, '$1')
}

/** Cursors hide values in base64: whatever looks like it is read as well. */
function decoded(answer: string): string {
  return [...answer.matchAll(/[\w+/-]{16,}/g)]
    .map(([text]) => Buffer.from(text, 'base64').toString())
    .join('\n')
}

/** Everything the database holds of a user, table by table, found in the catalogue. */
async function rowsOf(database: TestDatabase, userId: string): Promise<Map<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'user_id'`,
  )
  const rows = new Map<string, string>()
  for (const { name } of [...tables, { name: 'users' }]) {
    const [row] = await database.query<{ hash: string }>(
      `select count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as hash
       from "${name}" t where ${name === 'users' ? 'id' : 'user_id'} = $1`,
      [userId],
    )
    rows.set(name, row?.hash ?? '')
  }
  return rows
}

export function newCanary(): string {
  return `canary${randomBytes(12).toString('hex')}`
}
