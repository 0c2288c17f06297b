import { errorOf, type Made } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { ownlist } from '../app/client.ts'
import { offerUndo, withUndo } from '../history/offer.ts'
import { theStore } from '../session/session.ts'
import { notify, notifyFailure } from '../ui/toasts.ts'
import type { List, SavedView, Tag } from './list.ts'
import type { SavedFilter } from '../tasks/views.ts'

// Like what is done to tasks (tasks/actions.ts): kept on this device before it is shown, delivered when there is a
// server.

export function createList(name: string): Promise<Made | undefined> {
  const last = theStore().lists.query().get().at(-1)
  return saying(`The list “${name}” was not created`, () =>
    theStore().lists.create({ name, after: last?.id ?? null }),
  )
}

export function changeList({ id, name }: List, change: { name?: string; color?: string | null }) {
  return saying(`“${name}” was not changed`, () => theStore().lists.update({ id, ...change }))
}

export function archiveList({ id, name }: List, archived: boolean): void {
  const store = theStore()
  const said = archived ? 'Archived' : 'Unarchived'
  const done = saying(`“${name}” was not ${said.toLowerCase()}`, () => store.lists.archive({ id, archived }))
  offerUndo(`${said} the list “${name}”`, `${said.toLowerCase()} the list “${name}”`, done, () =>
    saying(`“${name}” stayed as it is`, () => store.lists.archive({ id, archived: !archived })),
  )
}

/** Deletes a list; its tasks go to the Inbox or with it. */
export function deleteList({ id, name }: List, tasks: 'keep' | 'delete'): void {
  const what = `the list “${name}”`
  const done = saying(`${what} was not deleted`, () => theStore().lists.delete({ id, tasks }))
  offerBack('lists', id, what, done)
}

export function createTag(name: string): Promise<Made | undefined> {
  return saying(`The tag “${name}” was not created`, () => theStore().tags.create({ name }))
}

export function changeTag({ id, name }: Tag, change: { name?: string; color?: string | null }) {
  return saying(`“${name}” was not changed`, () => theStore().tags.update({ id, ...change }))
}

export function deleteTag({ id, name }: Tag): void {
  const what = `the tag “${name}”`
  const done = saying(`${what} was not deleted`, () => theStore().tags.delete({ id }))
  offerBack('tags', id, what, done)
}

export function saveView(name: string, filter: SavedFilter): Promise<Made | undefined> {
  const last = theStore().views.query().get().at(-1)
  return saying(`The view “${name}” was not saved`, () =>
    theStore().views.create({ name, filter, after: last?.id ?? null }),
  )
}

export function changeView({ id, name }: SavedView, change: { name?: string; filter?: SavedFilter }) {
  return saying(`“${name}” was not changed`, () => theStore().views.update({ id, ...change }))
}

export function deleteView({ id, name }: SavedView): void {
  const what = `the view “${name}”`
  const done = saying(`${what} was not deleted`, () => theStore().views.delete({ id }))
  offerBack('views', id, what, done)
}

let moves: Promise<unknown> = Promise.resolve()

/** Moves a list or a saved view by one place among those that are shown. Each press counts from where the last one led. */
export function moveBy(kind: 'lists' | 'views', id: string, by: 1 | -1): void {
  moves = moves.then(() => moveNow(kind, id, by))
}

async function moveNow(kind: 'lists' | 'views', id: string, by: 1 | -1): Promise<void> {
  const store = theStore()
  const rows =
    kind === 'lists'
      ? store.lists
          .query()
          .get()
          .filter(({ archivedAt }) => archivedAt === null)
      : store.views.query().get()
  const from = rows.findIndex((row) => row.id === id)
  const to = from + by
  if (from < 0 || to < 0 || to >= rows.length) return
  const after = (by === 1 ? rows[to] : rows[to - 1])?.id ?? null
  const name = rows[from]?.name ?? ''
  const moved = await saying(`“${name}” was not moved`, () => store[kind].reorder({ id, after }))
  if (moved) announce(`${name}: place ${to + 1} of ${rows.length}`)
}

/** Says what was deleted, and offers to take it back: only the server knows all that hung on it. */
function offerBack(
  entity: 'lists' | 'tags' | 'views',
  id: string,
  what: string,
  done: Promise<Made | undefined>,
): void {
  offerUndo(`Deleted ${what}`, `deleted ${what}`, done, async () => {
    if (!theStore().status.get().online)
      notify({ title: 'This is taken back as soon as the server can be reached.' })
    const made = await done
    if (!made || (await made.delivered)) return
    await withUndo(async ({ undoRevision }) => {
      const { items } = await ownlist.history.list.query({ entity, entityId: id, kind: 'deleted', limit: 1 })
      const revision = items[0]?.revision
      if (revision !== undefined) await undoRevision({ revision, action: 'Undo', what: `deleted ${what}` })
    })
  })
}

async function saying(what: string, act: () => Promise<Made>): Promise<Made | undefined> {
  try {
    return await act()
  } catch (error) {
    // Whoever has just signed out knows.
    if (errorOf(error).reason !== 'STORE_CLOSED')
      notifyFailure(`${what.slice(0, 1).toUpperCase()}${what.slice(1)}`, error, () => void saying(what, act))
    return undefined
  }
}
