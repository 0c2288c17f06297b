import type { kyselyAdapter } from '@better-auth/kysely-adapter'
import { hashToken } from './token.ts'

type Adapter = ReturnType<ReturnType<typeof kyselyAdapter>>
type Where = NonNullable<Parameters<Adapter['findMany']>[0]['where']>

/**
 * better-auth keeps session tokens in clear. Between it and the database this adapter hashes them:
 * what goes in is hashed, and the clear token is given back only to the caller who brought it.
 */
export function withHashedTokens(adapter: Adapter): Adapter {
  const { transaction } = adapter

  return {
    ...adapter,
    async create(input) {
      if (input.model !== 'session') return adapter.create(input)
      const token = (input.data as { token?: unknown }).token
      const created = await adapter.create({ ...input, data: hashField(input.data) })
      return { ...(created as object), token } as never
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

function hashField<T extends object>(data: T): T {
  return 'token' in data && typeof data.token === 'string' ? { ...data, token: hashToken(data.token) } : data
}

function hashUpdate<T extends { model: string; update: Record<string, unknown> }>(input: T): T {
  return input.model === 'session' ? { ...input, update: hashField(input.update) } : input
}

function hashWhere<T extends { model: string; where?: Where | undefined }>(input: T): T {
  if (input.model !== 'session' || !input.where) return input
  const where = input.where.map((condition) => {
    if (condition.field !== 'token') return condition
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
  if (model !== 'session' || !found) return found
  const asked = where.find(({ field, operator }) => field === 'token' && (operator ?? 'eq') === 'eq')
  return { ...found, token: asked?.value }
}
