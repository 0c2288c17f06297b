import type { DB } from '@ownlist/db'
import type { BetterAuthPlugin } from 'better-auth'
import { deviceAuthorization } from 'better-auth/plugins/device-authorization'
import type { Kysely } from 'kysely'
import { askingHooks } from './asking.ts'

/** Programs that may ask to be signed in. The page that approves tells which it was, so no stranger picks the name. */
const programs = new Set(['ownlist-cli'])

/**
 * Signing in on a device that has no browser (RFC 8628). The device code has 256 bits and is hashed at rest; the
 * user code is 8 of 32 letters and digits that nobody mistakes for each other: no I, O, 0 or 1.
 */
export function devicePlugin(
  { db, baseUrl }: { db: Kysely<DB>; baseUrl: string },
  addressHeader: string,
): BetterAuthPlugin {
  const plugin = deviceAuthorization({
    verificationUri: new URL('/device', baseUrl).href,
    // OWASP ASVS 5.0, 10.4.3.
    expiresIn: '10m',
    interval: '5s',
    deviceCodeLength: 43,
    userCodeLength: 8,
    validateClient: (clientId) => programs.has(clientId),
    schema: {
      deviceCode: {
        modelName: 'device_codes',
        fields: {
          deviceCode: 'device_code_hash',
          userCode: 'user_code',
          userId: 'user_id',
          expiresAt: 'expires_at',
          lastPolledAt: 'last_polled_at',
          pollingInterval: 'polling_interval',
          clientId: 'client_id',
        },
      },
    },
  })
  return { ...plugin, hooks: askingHooks(db, addressHeader) }
}
