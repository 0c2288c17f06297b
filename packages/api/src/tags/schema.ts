import { z } from 'zod'
import { color, id, line, ref, revision, saysSomething } from '../input.ts'

const name = line({ min: 1, max: 60 })

export const tagKey = z.strictObject({ id })

export const newTag = z.strictObject({ id: id.optional(), name, color: color.nullable().optional() })

export const tagChange = z
  .strictObject({
    id,
    name: name.optional(),
    color: color.nullable().optional(),
    ifRevision: revision.optional(),
  })
  .refine(saysSomething, { message: 'Give at least one field to change.' })

export const tagRef = ref

export type NewTag = z.output<typeof newTag>
export type TagChange = z.output<typeof tagChange>
export type TagRef = z.output<typeof tagRef>
