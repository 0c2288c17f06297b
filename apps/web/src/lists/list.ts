export type { List, Tag, View as SavedView } from '@ownlist/client'
