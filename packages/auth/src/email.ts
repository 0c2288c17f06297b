import { z } from 'zod'
import { cleanText } from './clean-text.ts'

/**
 * An e-mail address as all of them are kept: of ASCII, and in small letters. (Of other letters some become ASCII as they are made
 * small, U+212A is one: then two mailboxes would be one account.)
 */
export const email = cleanText
  .pipe(z.email('Must be an e-mail address.').max(255))
  .transform((value) => value.toLowerCase())
