import { z } from 'zod'

/** Text that PostgreSQL can keep and that comes back as it was. */
export const cleanText = z.string().refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
  message: 'Must not contain U+0000 or half of a surrogate pair.',
})
