import type { kyselyAdapter } from '@better-auth/kysely-adapter'
import { hashToken } from './token.ts'

type Adapter = ReturnType<ReturnType<typeof kyselyAdapter>>
type Where = NonNullable<Parameters<Adapter['findMany']>[0]['where']>

/** What better-auth would keep in clear although it signs somebody in: the field of each model. */
const secrets: Record<string, string> = { session: 'token', deviceCode: 'deviceCode' }

/**
 * better-auth keeps session tokens and device codes in clear. Between it and the database this adapter hashes them:
 * what goes in is hashed, and the clear token is given back only to the caller who brought it.
 */
export function withHashedTokens(adapter: Adapter): Adapter {
  const { transaction } = adapter

  return {
    ...adapter,
    async create(input) {
      const secret = secrets[input.model]
      if (secret === undefined) return adapter.create(input)
      const clear = (input.data as Record<string, unknown>)[secret]
      const created = await adapter.create({ ...input, data: hashField(input.data, secret) })
      return { ...(created as object), [secret]: clear } as never
    },
    async findOne(input) {
      return restore(await adapter.findOne(hashWhere(input)), input) as never
    },
    async update(input) {
      return restore(await adapter.update(hashUpdate(hashWhere(input))), input) as never
    },
    findMany: (input) => adapter.findMany(hashWhere(input)),
    count: (input) => adapter.count(hashWhere(input)),
    updateMany: (input) => adapter.updateMany(hashUpdate(hashWhere(input))),
    delete: (input) => adapter.delete(hashWhere(input)),
    deleteMany: (input) => adapter.deleteMany(hashWhere(input)),
    consumeOne: (input) => adapter.consumeOne(hashWhere(input)),
    incrementOne: (input) => adapter.incrementOne(hashWhere(input)),
    transaction: (work) => transaction((inner) => work(withHashedTokens(inner as Adapter))),
  }
}

function hashField<T extends object>(data: T, secret: string): T {
  const value = (data as Record<string, unknown>)[secret]
  return typeof value === 'string' ? { ...data, [secret]: hashToken(value) } : data
}

function hashUpdate<T extends { model: string; update: Record<string, unknown> }>(input: T): T {
  const secret = secrets[input.model]
  return secret === undefined ? input : { ...input, update: hashField(input.update, secret) }
}

function hashWhere<T extends { model: string; where?: Where | undefined }>(input: T): T {
  const secret = secrets[input.model]
  if (secret === undefined || !input.where) return input
  const where = input.where.map((condition) => {
    if (condition.field !== secret) return condition
    const { value } = condition
    return {
      ...condition,
      value: Array.isArray(value) ? value.map((item) => hashToken(String(item))) : hashToken(String(value)),
    }
  })
  return { ...input, where }
}

/** The caller who asked by token gets that token back in the place of its hash. */
function restore(found: unknown, { model, where }: { model: string; where: Where }): unknown {
  const secret = secrets[model]
  if (secret === undefined || !found) return found
  const asked = where.find(({ field, operator }) => field === secret && (operator ?? 'eq') === 'eq')
  return { ...found, [secret]: asked?.value }
}
