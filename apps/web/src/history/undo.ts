import { errorOf } from '@ownlist/client'
import { ownlist } from '../app/client.ts'
import { theStore } from '../session/session.ts'
import { clock } from '../tasks/clock.ts'
import { changesUnderWay } from '../tasks/actions.ts'
import { notify, notifyFailure } from '../ui/toasts.ts'
import { openConflict, type Undoable } from './conflict.ts'
import { refreshHistory } from './log.ts'
import { rememberOffer, withdrawOffer } from './offer.ts'
import { directionOf, stacksOf, type Revision } from './revision.ts'
import { sayRevision, sayUndone } from './sentences.ts'
import { inSentence } from './words.ts'

/** Takes a revision back whole. Where something was changed again since, it asks; gives whether it happened. */
export async function undoRevision(
  target: Undoable,
  ifConflict: 'ask' | 'skip' | 'overwrite' = 'ask',
): Promise<boolean> {
  const { revision, action, what } = target
  const done = action === 'Undo' ? 'Undone' : 'Redone'
  withdrawOffer(revision)
  try {
    const { revision: made, undone, skipped } = await ownlist.history.undo.mutate({ revision, ifConflict })
    const back: Undoable = { revision: made ?? 0, action: action === 'Undo' ? 'Redo' : 'Undo', what }
    const toast = notify({
      title: undone === 0 ? `Nothing to ${action.toLowerCase()}: ${what}` : `${done}: ${what}`,
      ...(skipped > 0 && { description: saySkipped(skipped, undone) }),
      ...(made !== null && { action: { label: back.action, run: () => void undoRevision(back) } }),
    })
    if (made !== null) rememberOffer(made, toast)
    return true
  } catch (error) {
    const { reason, conflicts } = errorOf(error)
    if (reason === 'UNDO_CONFLICT') openConflict.set(() => ({ target, conflicts }))
    else
      notifyFailure(`Not ${done.toLowerCase()}: ${what}`, error, () => void undoRevision(target, ifConflict))
    return false
  } finally {
    theStore().wake()
    await refreshHistory()
  }
}

/** Ctrl+Z: the newest thing that this session did and has not taken back. */
export function undoNewest(): Promise<void> {
  return inTurn('undo')
}

/** Ctrl+Shift+Z: the newest thing that it took back. */
export function redoNewest(): Promise<void> {
  return inTurn('redo')
}

let turns: Promise<void> = Promise.resolve()

/** Each press waits for the one before: the next is found in what that one left. */
function inTurn(stack: 'undo' | 'redo'): Promise<void> {
  turns = turns.then(() => takeNewest(stack))
  return turns
}

async function takeNewest(stack: 'undo' | 'redo'): Promise<void> {
  try {
    // What is on its way is newer than anything the log has yet.
    await changesUnderWay()
    const { items } = await ownlist.history.list.query({ limit: 50 })
    const newest = stacksOf(items)[stack].at(-1)
    if (newest) {
      const { action, what } = offerOf(newest, new Map(items.map((item) => [item.revision, item])))
      await undoRevision(undoableOf(newest, action, what))
    } else notify({ title: `Nothing to ${stack}`, timeout: 3000 })
  } catch (error) {
    notifyFailure(`Cannot ${stack} right now`, error)
  }
}

/** What can be done about a revision: what was taken back is brought again, by taking back the taking back. */
export function offerOf(
  revision: Revision,
  known: ReadonlyMap<number, Revision>,
): Pick<Undoable, 'action' | 'what'> & { direction: ReturnType<typeof directionOf> } {
  const direction = directionOf(revision, known)
  const takesBack = (direction !== 'undo') === (revision.undoneBy === null)
  return {
    direction,
    action: takesBack ? 'Undo' : 'Redo',
    what: direction === 'do' ? inSentence(sayRevision(revision, clock())) : sayTaken(revision, known),
  }
}

export function undoableOf(revision: Revision, action: Undoable['action'], what: string): Undoable {
  return {
    revision: revision.undoneBy ?? revision.revision,
    action,
    what,
    titles: new Map(revision.changes.map(({ id, title }) => [id, title])),
  }
}

/** What an undo took back, or a redo brought again: as that revision itself is called, where it is known. */
function sayTaken(revision: Revision, known: ReadonlyMap<number, Revision>): string {
  const target = revision.undoes === null ? undefined : known.get(revision.undoes)
  if (!target) return sayUndone(revision, clock())
  return target.undoes === null ? inSentence(sayRevision(target, clock())) : sayTaken(target, known)
}

function saySkipped(skipped: number, undone: number): string {
  return `${skipped} of ${skipped + undone} tasks stayed as ${skipped === 1 ? 'it is' : 'they are'}, because ${
    skipped === 1 ? 'it was' : 'they were'
  } changed since.`
}
