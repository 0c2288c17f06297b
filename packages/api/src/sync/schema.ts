import { z } from 'zod'

/** What a client asks for: everything, what changed after a revision that it has, or the next page. */
export const syncPull = z
  .strictObject({
    /** The revision that an earlier pull ended with. */
    since: z.int().min(0).optional(),
    cursor: z.string().max(500).optional(),
    /** Rows on a page. */
    limit: z.int().min(1).max(5_000, 'At most 5,000 rows on a page.').default(2_500),
  })
  .refine(({ since, cursor }) => since === undefined || cursor === undefined, {
    path: ['since'],
    message: 'Give since or cursor, not both.',
  })

/** The last revision that was heard of, as the id of its event. What is no revision counts as none. */
export const syncChanges = z.strictObject({ lastEventId: z.string().max(1_000).nullish() })
