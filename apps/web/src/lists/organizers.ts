import { useMemo } from 'react'
import { useLive } from '../app/live.ts'
import { useTaskStore } from '../session/session.ts'
import type { List, SavedView, Tag } from './list.ts'

/** What tasks point at, by its id. */
export interface Organizers {
  lists: ReadonlyMap<string, List>
  tags: ReadonlyMap<string, Tag>
}

/** The user's lists and tags. The same maps until one of them changes, so that rows need not be drawn again. */
export function useOrganizers(): Organizers {
  const lists = useLists()
  const tags = useTags()
  return useMemo(() => ({ lists: byId(lists), tags: byId(tags) }), [lists, tags])
}

/** All lists in the user's order, the archived among them. */
export function useLists(): readonly List[] {
  const store = useTaskStore()
  return useLive(useMemo(() => store.lists.query(), [store]))
}

/** All tags by name. */
export function useTags(): readonly Tag[] {
  const store = useTaskStore()
  return useLive(useMemo(() => store.tags.query(), [store]))
}

/** All saved views in the user's order. */
export function useSavedViews(): readonly SavedView[] {
  const store = useTaskStore()
  return useLive(useMemo(() => store.views.query(), [store]))
}

function byId<T extends { id: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.id, row]))
}
