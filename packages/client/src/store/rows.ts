import type { Outputs } from '@ownlist/api'

/** Everything that a user owns and this device holds, as a pull brings it: what others hang on comes first. */
export const kinds = ['lists', 'tags', 'views', 'tasks', 'comments'] as const

export type Kind = (typeof kinds)[number]
export type RowOf = { [K in Kind]: Outputs['sync']['pull'][K][number] }

export type Task = RowOf['tasks']
export type List = RowOf['lists']
export type Tag = RowOf['tags']
export type View = RowOf['views']
export type Comment = RowOf['comments']

/** Rows of every kind, by their ids. */
export type Rows = { [K in Kind]: Map<string, RowOf[K]> }
export type ReadonlyRows = { readonly [K in Kind]: ReadonlyMap<string, RowOf[K]> }

/** Some rows of some kinds. */
export type Found = { [K in Kind]?: RowOf[K][] }
export type Ids = { [K in Kind]?: string[] }

/** Rows as the server has them; `only` when there are no others. */
export interface RowChange {
  put: Found
  remove: Ids
  only: boolean
}

/** Rows that look different, of each kind, as they looked before. */
export type Changed = { readonly [K in Kind]: ReadonlyMap<string, RowOf[K] | undefined> }

/** One of something for each kind. */
export function eachKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>
}

export function noRows(): Rows {
  return eachKind(() => new Map<string, never>())
}

/** All rows there are, as a change that leaves no others. */
export function wholeOf(rows: ReadonlyRows): RowChange {
  return { put: eachKind((kind) => [...rows[kind].values()]) as Found, remove: {}, only: true }
}

/** The ids that a change is about. */
export function idsIn({ put, remove }: Pick<RowChange, 'put' | 'remove'>): Ids {
  return eachKind((kind) => [...(put[kind] ?? []).map(({ id }) => id), ...(remove[kind] ?? [])])
}

export function countOf(some: { [K in Kind]?: { length: number } }): number {
  return kinds.reduce((sum, kind) => sum + (some[kind]?.length ?? 0), 0)
}
