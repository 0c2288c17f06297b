import { z } from 'zod'
import { color, icon, id, line, move, ref, revision, saysSomething } from '../input.ts'

const fields = {
  name: line({ min: 1, max: 120 }),
  color: color.nullable().optional(),
  icon: icon.nullable().optional(),
}

/** Archived lists, the others, or all where it is left out. */
export const listFilter = z.strictObject({ archived: z.boolean().optional() })

export const listKey = z.strictObject({ id })

/** It comes to stand behind `after`: first where that is null, last where it is left out. */
export const newList = z.strictObject({ ...fields, id: id.optional(), after: id.nullable().optional() })

export const listChange = z
  .strictObject({ ...fields, id, name: fields.name.optional(), ifRevision: revision.optional() })
  .refine(saysSomething, { message: 'Give at least one field to change.' })

export const listArchival = z.strictObject({ id, archived: z.boolean(), ifRevision: revision.optional() })

export const listMove = move

/** `keep` puts the list's tasks into the Inbox; `delete` deletes them with all that hangs on them. */
export const listDeletion = ref.extend({ tasks: z.enum(['keep', 'delete']).default('keep') })

export type ListFilter = z.output<typeof listFilter>
export type NewList = z.output<typeof newList>
export type ListChange = z.output<typeof listChange>
export type ListArchival = z.output<typeof listArchival>
export type ListMove = z.output<typeof listMove>
export type ListDeletion = z.output<typeof listDeletion>
