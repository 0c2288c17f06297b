import { z } from 'zod'
import type { AnswerKeys, Route } from '../requests.ts'
import { signToken } from '../token.ts'

const clientId = z.string().min(1).max(64)

/** However it was typed: small letters, and a hyphen in the middle or a space. */
const userCode = z
  .string()
  .max(32)
  .transform((typed) => typed.replace(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().regex(/^[A-HJ-NP-Z2-9]{8}$/, 'Must be the code that the device shows, like ABCD-2345.'))

const named = { only: 'signedIn', userCode: true } as const

/** RFC 8628: a device asks and waits, its user looks and approves. */
export const deviceRoutes: [string, Route][] = [
  // No scope and no user: what it asks for is a session, and whose it will be is for whoever approves to say.
  ['device/code', { input: z.strictObject({ client_id: clientId }), only: 'programs', answer: asked }],
  [
    'device/token',
    {
      input: z.strictObject({
        grant_type: z.literal('urn:ietf:params:oauth:grant-type:device_code'),
        device_code: z.string().min(1).max(128),
        client_id: clientId,
      }),
      only: 'programs',
      answer: redeemed,
    },
  ],
  [
    'device',
    {
      input: z.strictObject({ userCode }).transform((given) => ({ user_code: given.userCode })),
      get: true,
      ...named,
      answer: looked,
    },
  ],
  ['device/approve', { input: z.strictObject({ userCode }), ...named, answer: told }],
  ['device/deny', { input: z.strictObject({ userCode }), ...named, answer: told }],
]

/** The code goes behind #, which no server logs. */
function asked(body: Record<string, unknown>, { baseUrl }: AnswerKeys): Record<string, unknown> {
  const { user_code: code } = body
  if (typeof code !== 'string') return told(body)
  const shown = hyphenated(code)
  const complete = new URL('/device', baseUrl)
  complete.hash = `code=${shown}`
  return { ...body, user_code: shown, verification_uri_complete: complete.href }
}

/** better-auth gives the session's token without the signature, and without one it is of no use. */
function redeemed(body: Record<string, unknown>, { secret }: AnswerKeys): Record<string, unknown> {
  const { access_token: token } = body
  if (typeof token !== 'string') return told(body)
  const { scope: _scope, ...rest } = body
  return { ...rest, access_token: signToken(token, secret) }
}

/** Where somebody else has looked at it before, it is nobody's business what it is. */
function looked(body: Record<string, unknown>): Record<string, unknown> {
  const { user_code: code, status, client_id: client } = body
  if (typeof code !== 'string') return told(body)
  const { ipAddress = null, userAgent = null, askedAt = null } = body
  return { userCode: hyphenated(code), status, clientId: client ?? null, ipAddress, userAgent, askedAt }
}

/** The RFC's `error`, and beside it what every other refusal has. */
function told(body: Record<string, unknown>): Record<string, unknown> {
  const { error, error_description: message } = body
  return typeof error === 'string' ? { code: error.toUpperCase(), message, ...body } : body
}

function hyphenated(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
