import { z } from 'zod'

export const cleanText = z.string().refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
  message: 'Must not contain U+0000 or half of a surrogate pair.',
})

/**
 * An e-mail address as all of them are kept: of ASCII, and in small letters. (Of other letters some become ASCII as they are made
 * small, U+212A is one: then two mailboxes would be one account.)
 */
export const email = cleanText
  .pipe(z.email('Must be an e-mail address.').max(255))
  .transform((value) => value.toLowerCase())
