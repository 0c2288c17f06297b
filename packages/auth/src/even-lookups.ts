import type { kyselyAdapter } from '@better-auth/kysely-adapter'

type Adapter = ReturnType<ReturnType<typeof kyselyAdapter>>

/** No user has it. */
const nobody = '00000000-0000-0000-0000-000000000000'

/**
 * better-auth looks for a user and then for what they sign in with. Where there is no such user, this looks for nobody's: whether
 * an e-mail has an account is not told by the time of a statement either.
 */
export function withEvenLookups(adapter: Adapter): Adapter {
  return {
    ...adapter,
    async findOne(input) {
      const found = await adapter.findOne(input)
      if (found === null && input.join?.['account'])
        await adapter.findMany({ model: 'account', where: [{ field: 'userId', value: nobody }] })
      return found as never
    },
  }
}
