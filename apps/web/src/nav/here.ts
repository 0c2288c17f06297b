import { useRouterState } from '@tanstack/react-router'
import type { ViewSearch } from '../tasks/views.ts'

/** What the page shows, as one word: `view today`, `list …`, `tag …`, `saved …`; nothing on other pages. */
export function useHere(): string | undefined {
  return useRouterState({
    select: ({ location }) => (location.pathname === '/' ? hereOf(location.search as ViewSearch) : undefined),
  })
}

function hereOf({ view, list, tags, saved }: ViewSearch): string {
  if (saved) return `saved ${saved}`
  if (view) return `view ${view}`
  if (list) return `list ${list}`
  return tags?.length === 1 ? `tag ${tags[0]}` : 'view open'
}
