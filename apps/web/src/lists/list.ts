import type { Outputs } from '@ownlist/api'

export type List = Outputs['sync']['pull']['lists'][number]
export type Tag = Outputs['sync']['pull']['tags'][number]
export type SavedView = Outputs['sync']['pull']['views'][number]
