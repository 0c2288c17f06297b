import { z } from 'zod'
import { cleanText } from './clean-text.ts'
import { isCommonPassword } from './common-passwords.ts'
import { deviceRoutes } from './devices/routes.ts'
import { email } from './email.ts'
import { factorRoutes } from './factors/routes.ts'
import { oidcRoutes } from './oidc/routes.ts'

/** NIST SP 800-63B, 3.1.1.2: any characters, no rules of composition, and none of those that everybody tries first. */
const password = cleanText.pipe(
  z
    .string()
    .refine((value) => codePoints(value.slice(0, 300)) >= 8, 'Must be at least 8 characters.')
    .refine((value) => value.length <= 256 && codePoints(value) <= 128, 'Must be at most 128 characters.')
    .refine((value) => !isCommonPassword(value), 'Too many people use this password. Choose another one.'),
)
/** A password that could never have been set is simply wrong, and takes as long to be so. */
const givenPassword = cleanText.pipe(z.string().max(256))
const token = z.string().max(256)

export const signUp = z
  .strictObject({
    email,
    password,
    name: cleanText.pipe(z.string().trim().max(255, 'Must be at most 255 characters.')).optional(),
  })
  // Whoever gives no name is called by the first part of their address.
  .transform(({ name, ...rest }) => ({ ...rest, name: name || (rest.email.split('@')[0] ?? rest.email) }))

const signIn = z.strictObject({ email, password: givenPassword })

const emailOnly = z.strictObject({ email })
/** The password of a sign-up, where its link is opened in another browser. */
const confirmation = z.strictObject({ token, password: givenPassword.optional() })
const passwordReset = z.strictObject({ token, newPassword: password })
/** Without `currentPassword` or `password`: an account that has none, in a session of the last ten minutes. */
const passwordChange = z.strictObject({
  currentPassword: givenPassword.optional(),
  newPassword: password,
})
const emailChange = z.strictObject({ newEmail: email, password: givenPassword.optional() })

/** What a route takes. All of them are called by POST with JSON; `get` where better-auth itself wants GET and a query. */
export interface Route {
  input: z.ZodType
  get?: true
  /** Only where there are providers by which people sign in. */
  oidc?: true
  /** Whom it is for, where it is not for everybody. */
  only?: Audience
  /** The input is a user code, of which another user's is none. */
  userCode?: true
  /** What is made of better-auth's answer. */
  answer?: (body: Record<string, unknown>, keys: AnswerKeys) => Record<string, unknown>
}

/** Programs: a page has no business there. Signed in: by a session. Recently signed in: with the proof of `proof.ts` besides. */
export type Audience = 'programs' | 'signedIn' | 'recentlySignedIn'

export interface AnswerKeys {
  secret: string
  baseUrl: string
}

/** Every route of identity, better-auth's and our own. All others do not exist. */
export const openRoutes = new Map<string, Route>([
  ['sign-up/email', { input: signUp }],
  ['sign-in/email', { input: signIn }],
  ['sign-out', { input: z.strictObject({}) }],
  ['send-verification-email', { input: emailOnly }],
  ['verify-email', { input: confirmation }],
  ['request-password-reset', { input: emailOnly }],
  ['reset-password', { input: passwordReset }],
  ['change-password', { input: passwordChange }],
  ['change-email', { input: emailChange }],
  ...factorRoutes,
  ...deviceRoutes,
  ...oidcRoutes,
])

function codePoints(value: string): number {
  return Array.from(value).length
}
