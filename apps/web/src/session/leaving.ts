import { errorOf, signOut, type FailureReason } from '@ownlist/client'

const key = 'ownlist.leaving'
const unheard = new Set<FailureReason>(['OFFLINE', 'DATABASE_UNAVAILABLE', 'INTERNAL'])
let under: Promise<void> | undefined
/** Where nothing can be stored, the page remembers. */
let marked = false

/** Remembers that the server still has a session that somebody has ended here. */
export function markLeaving(): void {
  marked = true
  try {
    localStorage.setItem(key, 'yes')
  } catch {
    // Then it lasts as long as the page.
  }
}

/** Tells the server what it could not be told: nobody who signed out is signed in again by coming back. */
export async function finishLeaving(): Promise<void> {
  if (!isMarked()) return
  under ??= end().finally(() => (under = undefined))
  await under
}

async function end(): Promise<void> {
  try {
    await signOut(location.origin)
  } catch (error) {
    // What the server answered, even by refusing, it has heard.
    if (unheard.has(errorOf(error).reason)) throw error
  }
  marked = false
  try {
    localStorage.removeItem(key)
  } catch {
    // Nothing was stored then.
  }
}

function isMarked(): boolean {
  try {
    return marked || localStorage.getItem(key) !== null
  } catch {
    return marked
  }
}
