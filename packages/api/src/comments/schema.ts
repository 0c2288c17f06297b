import { z } from 'zod'
import { id, ref, revision, text } from '../input.ts'

/** Markdown. White space at its ends counts, but is not all there is: neither to JavaScript nor to PostgreSQL. */
const body = text({ min: 1, max: 10_000 }).refine((value) => !/^[\s\u0085\u180e]*$/.test(value), {
  message: 'Must not be empty.',
})

export const commentFilter = z.strictObject({
  taskId: id,
  limit: z.int().min(1).max(500, 'At most 500 comments on a page.').default(100),
  cursor: z.string().max(500).optional(),
})

export const commentKey = z.strictObject({ id })

export const newComment = z.strictObject({ id: id.optional(), taskId: id, body })

export const commentChange = z.strictObject({ id, body, ifRevision: revision.optional() })

export const commentRef = ref

export type CommentFilter = z.output<typeof commentFilter>
export type NewComment = z.output<typeof newComment>
export type CommentChange = z.output<typeof commentChange>
export type CommentRef = z.output<typeof commentRef>
