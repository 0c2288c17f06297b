import { z } from 'zod'

// A field longer than this is no address and no name; better-auth itself sets no limits.
const clean = z.string().refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
  message: 'Must not contain U+0000 or half of a surrogate pair.',
})
const email = clean
  .pipe(z.email('Must be an e-mail address.').max(255))
  .transform((value) => value.toLowerCase())
const password = clean.pipe(
  z
    .string()
    .refine((value) => codePoints(value.slice(0, 300)) >= 8, 'Must be at least 8 characters.')
    .refine((value) => value.length <= 256 && codePoints(value) <= 128, 'Must be at most 128 characters.'),
)

const signUp = z
  .strictObject({
    email,
    password,
    name: clean.pipe(z.string().trim().max(255, 'Must be at most 255 characters.')).optional(),
  })
  // Whoever gives no name is called by the first part of their address.
  .transform(({ name, ...rest }) => ({ ...rest, name: name || (rest.email.split('@')[0] ?? rest.email) }))

const signIn = z.strictObject({
  email,
  // A password that could never have been set is simply wrong, and takes as long to be so.
  password: clean.pipe(z.string().max(256)),
})

/** Every route of better-auth that is open, with what it takes. All others do not exist. */
export const openRoutes = new Map<string, z.ZodType>([
  ['sign-up/email', signUp],
  ['sign-in/email', signIn],
  ['sign-out', z.strictObject({})],
])

function codePoints(value: string): number {
  return Array.from(value).length
}
