import type { Task } from '../tasks/task.ts'
import { dismiss, notify, notifyFailure } from '../ui/toasts.tsx'
import type * as Undo from './undo.ts'

/** The messages that offer to take a revision back. */
const offers = new Map<number, string>()

/** Says what was done, and offers to take it back as the server recorded it. */
export function offerUndo(title: string, what: string, done: Promise<Task | undefined>): void {
  async function undo() {
    const saved = await done
    // Where it failed, another message has said so.
    if (!saved) return
    await withUndo(({ undoRevision }) => undoRevision({ revision: saved.revision, action: 'Undo', what }))
  }
  const id = notify({ title, action: { label: 'Undo', run: () => void undo() } })
  void remember(done, id)
}

async function remember(done: Promise<Task | undefined>, toast: string): Promise<void> {
  const saved = await done
  if (saved) rememberOffer(saved.revision, toast)
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
