import type { Made } from '@ownlist/client'
import { theStore } from '../session/session.ts'
import { dismiss, notify, notifyFailure } from '../ui/toasts.ts'
import type * as Undo from './undo.ts'

/** The messages that offer to take a revision back. */
const offers = new Map<number, string>()

/**
 * Says what was done, and offers to take it back: as the server recorded it, or, where that is not known or the
 * server away, by doing the opposite.
 */
export function offerUndo(
  title: string,
  what: string,
  done: Promise<Made | undefined>,
  opposite: () => Promise<unknown>,
): void {
  async function undo() {
    const made = await done
    // Where it failed, another message has said so.
    if (!made) return
    const revision = made.revision()
    if (revision === undefined || !theStore().status.get().online) await opposite()
    else await withUndo(({ undoRevision }) => undoRevision({ revision, action: 'Undo', what }))
  }
  const id = notify({ title, undo: () => void undo() })
  void remember(done, id)
}

async function remember(done: Promise<Made | undefined>, toast: string): Promise<void> {
  const made = await done
  await made?.delivered
  const revision = made?.revision()
  if (revision !== undefined) rememberOffer(revision, toast)
  // Nothing was done that could be taken back.
  if (!made) dismiss(toast)
}

export function rememberOffer(revision: number, toast: string): void {
  offers.set(revision, toast)
}

/** Once it is taken back, by whatever way, nothing offers it any more. */
export function withdrawOffer(revision: number): void {
  const toast = offers.get(revision)
  offers.delete(revision)
  if (toast !== undefined) dismiss(toast)
}

/** What takes things back comes when it is needed: not everybody who opens the app errs. */
export async function withUndo(act: (undo: typeof Undo) => Promise<unknown>): Promise<void> {
  try {
    await act(await import('./undo.ts'))
  } catch (error) {
    notifyFailure('Cannot undo right now', error)
  }
}
