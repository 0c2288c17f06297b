import { OwnlistError } from '../errors.ts'
import type { Tables } from './ports.ts'

/** Says in our words why something could not be kept. */
export function explained(tables: Tables): Tables {
  return {
    ...tables,
    async run(mode, work) {
      try {
        return await tables.run(mode, work)
      } catch (error) {
        throw storageError(error)
      }
    },
  }
}

export function closedError(): OwnlistError {
  return new OwnlistError('STORE_CLOSED', 'You are signed out here.')
}

function storageError(cause: unknown): OwnlistError {
  if (cause instanceof OwnlistError) return cause
  // A DOMException in older browsers, a class of its own in newer ones.
  const isFull = cause instanceof Error && cause.name === 'QuotaExceededError'
  return isFull
    ? new OwnlistError('STORAGE_FULL', 'There is no room left on this device. This was not saved.', { cause })
    : new OwnlistError('STORAGE_FAILED', 'This device could not save this.', { cause })
}
