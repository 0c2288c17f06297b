import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import { cleanText } from '../clean-text.ts'

const password = cleanText.pipe(z.string().max(256)).optional()
/** With the spaces that apps show in the middle. */
const code = z
  .string()
  .max(16)
  .transform((value) => value.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Must be the six digits that the app shows.'))
const recoveryCode = z
  .string()
  .max(40)
  .regex(/^[A-Za-z2-7 -]+$/, 'Must be one of the recovery codes, such as k3xq-7fzn-2mwa-p5dt-uc6h-r4ev.')
const pendingToken = cleanText.pipe(z.string().min(1).max(100))
const name = cleanText.pipe(
  z
    .string()
    .trim()
    .min(1, 'Must not be empty.')
    .refine((value) => Array.from(value).length <= 100, 'Must be at most 100 characters.'),
)

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'Must be base64url.')
const credential = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: cleanText.pipe(z.string().max(40)).nullish(),
  // What an authenticator says beyond what was asked is not looked at.
  clientExtensionResults: z.looseObject({}),
}
// Browsers may add fields to these, so unknown ones are dropped instead of refused.
const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(10_000),
    attestationObject: base64url(100_000),
    transports: z
      .array(cleanText.pipe(z.string().max(40)))
      .max(10)
      .optional(),
  }),
})
const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(10_000),
    authenticatorData: base64url(10_000),
    signature: base64url(10_000),
    userHandle: base64url(100).nullish(),
  }),
})

export const inputs = {
  nothing: z.strictObject({}),
  /** Without the password the session must be fresh. */
  confirmed: z.strictObject({ password }),
  code: z.strictObject({ code }),
  secondStep: z.strictObject({ token: pendingToken, code, trustDevice: z.boolean().optional() }),
  recovery: z.strictObject({ token: pendingToken, code: recoveryCode }),
  registration: z.strictObject({ response: registration, name: name.optional() }),
  assertion: z.strictObject({ response: assertion }),
  passkeyName: z.strictObject({ id: z.uuid(), name }),
  passkeyRef: z.strictObject({ id: z.uuid(), password }),
}

/** The parsed forms as @simplewebauthn/server has them: it reads no more than what was parsed. */
export function asRegistration({
  response,
  ...rest
}: z.output<typeof registration>): RegistrationResponseJSON {
  const { transports, ...attested } = response
  return {
    id: rest.id,
    rawId: rest.rawId,
    type: rest.type,
    clientExtensionResults: {},
    response: { ...attested, ...(transports && { transports }) },
  }
}

export function asAssertion({ response, ...rest }: z.output<typeof assertion>): AuthenticationResponseJSON {
  const { userHandle, ...signed } = response
  return {
    id: rest.id,
    rawId: rest.rawId,
    type: rest.type,
    clientExtensionResults: {},
    response: { ...signed, ...(typeof userHandle === 'string' && { userHandle }) },
  }
}
