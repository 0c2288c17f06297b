import type { List, SavedView, Tag } from '../lists/list.ts'
import type { Organizers } from '../lists/organizers.ts'
import { views, type View, type ViewSearch } from './views.ts'

/** What the screen is about: one of the smart lists, a list, a tag or a saved view; `gone` where there is none such. */
export type Place =
  | { kind: 'view'; view: View }
  | { kind: 'list'; list: List }
  | { kind: 'tag'; tag: Tag }
  | { kind: 'saved'; saved: SavedView }
  | { kind: 'gone'; what: 'list' | 'tag' | 'view' }

export function placeOf(
  { view, list, tags, saved }: ViewSearch,
  known: Organizers,
  savedViews: readonly SavedView[],
): Place {
  if (saved) {
    const found = savedViews.find(({ id }) => id === saved)
    return found ? { kind: 'saved', saved: found } : { kind: 'gone', what: 'view' }
  }
  if (view) return { kind: 'view', view }
  if (list) {
    const found = known.lists.get(list)
    return found ? { kind: 'list', list: found } : { kind: 'gone', what: 'list' }
  }
  const [only, ...others] = tags ?? []
  if (only === undefined || others.length > 0) return { kind: 'view', view: 'open' }
  const found = known.tags.get(only)
  return found ? { kind: 'tag', tag: found } : { kind: 'gone', what: 'tag' }
}

/** The heading of its screen. */
export function titleOf(place: Place): string {
  switch (place.kind) {
    case 'view':
      return views[place.view].title
    case 'list':
      return place.list.name
    case 'tag':
      return `#${place.tag.name}`
    case 'saved':
      return place.saved.name
    case 'gone':
      return `This ${place.what} is gone`
  }
}

/** What is said where there is nothing to show. */
export function emptinessOf(place: Place): readonly [title: string, text: string] {
  switch (place.kind) {
    case 'view':
      return views[place.view].empty
    case 'list':
      return ['Nothing in this list', 'What you add here is kept in it.']
    case 'tag':
      return ['Nothing with this tag', 'What you add here gets it.']
    case 'saved':
      return ['Nothing in this view', 'No task is as its filter wants it.']
    case 'gone':
      return ['There is nothing here', 'It was deleted. The trash keeps it for a while.']
  }
}

/** Whether something is filtered that the place itself does not say. */
export function isNarrowed({ list, tags, priority, view, saved }: ViewSearch): boolean {
  if (priority !== undefined) return true
  if (saved || view) return list !== undefined || tags !== undefined
  return tags !== undefined && (list !== undefined || tags.length > 1)
}
