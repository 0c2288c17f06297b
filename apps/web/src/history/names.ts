import { createStore } from '../app/store.ts'

type Named = 'tasks' | 'lists' | 'tags'

/**
 * How rows that others point at are called now, as far as this device knows them. The log has their ids; a sentence
 * needs their names. Whoever opens the user's store says where to look.
 */
export const names = createStore<(kind: Named, id: string) => string | undefined>(() => undefined)

const gone = { tasks: 'a task that is gone', lists: 'a list that is gone', tags: 'a tag that is gone' }

/** Its name, or what can be said of something that is gone. */
export function nameOf(kind: Named, id: string): string {
  return names.get()(kind, id) ?? gone[kind]
}

/** The same within a sentence: the list “Home”. */
export function quotedName(kind: Named, id: string, before = ''): string {
  const name = names.get()(kind, id)
  return name === undefined ? gone[kind] : `${before}“${name}”`
}
