import { z } from 'zod'
import { id, instant, revision } from '../input.ts'

const changeKind = z.enum(['created', 'updated', 'deleted'])

/** Whatever keeps a history, by the name of its table. */
export const entityName = z.enum(['lists', 'tags', 'views', 'tasks', 'comments'])

const cursor = z.string().max(500).optional()

/** Which revisions: those that changed such a row, in such a way. */
export const historyFilter = z
  .strictObject({
    entity: entityName.optional(),
    entityId: id.optional(),
    kind: changeKind.optional(),
    limit: z.int().min(1).max(200, 'At most 200 revisions on a page.').default(50),
    cursor,
  })
  .refine(({ entity, entityId }) => entity !== undefined || entityId === undefined, {
    path: ['entity'],
    message: 'Say of which kind the row is.',
  })

export const revisionKey = z.strictObject({ revision, cursor })

export const undoing = z.strictObject({
  revision,
  /** What to do with fields that were changed again since: say which and do nothing, leave them, or set them back too. */
  ifConflict: z.enum(['ask', 'skip', 'overwrite']).default('ask'),
})

export const deletedRow = z.strictObject({ entity: entityName, id })

export const asOfMoment = z.strictObject({
  /** An instant, or the last revision that counts; 0 is before the first. */
  at: z.union([instant, z.int().min(0)], 'Must be an instant like 2026-11-21T09:00:00Z or a revision.'),
  limit: z.int().min(1).max(500, 'At most 500 tasks on a page.').default(100),
  cursor,
})

export type ChangeKind = z.output<typeof changeKind>
export type EntityName = z.output<typeof entityName>
export type HistoryFilter = z.output<typeof historyFilter>
export type RevisionKey = z.output<typeof revisionKey>
export type Undoing = z.output<typeof undoing>
export type DeletedRow = z.output<typeof deletedRow>
export type AsOfMoment = z.output<typeof asOfMoment>
