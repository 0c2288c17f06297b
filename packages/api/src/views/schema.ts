import { z } from 'zod'
import { icon, id, line, move, ref, revision, saysSomething } from '../input.ts'
import { viewFilter } from '../tasks/schema.ts'

const fields = {
  name: line({ min: 1, max: 120 }),
  icon: icon.nullable().optional(),
  /** What tasks.list takes; a change replaces it whole. */
  filter: viewFilter,
}

export const viewKey = z.strictObject({ id })

/** It comes to stand behind `after`: first where that is null, last where it is left out. */
export const newView = z.strictObject({ ...fields, id: id.optional(), after: id.nullable().optional() })

export const viewChange = z
  .strictObject({
    ...fields,
    id,
    name: fields.name.optional(),
    filter: viewFilter.optional(),
    ifRevision: revision.optional(),
  })
  .refine(saysSomething, { message: 'Give at least one field to change.' })

export const viewMove = move

export const viewRef = ref

export type NewView = z.output<typeof newView>
export type ViewChange = z.output<typeof viewChange>
export type ViewMove = z.output<typeof viewMove>
export type ViewRef = z.output<typeof viewRef>
