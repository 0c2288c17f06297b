import { BusyError } from '@ownlist/db'

/**
 * A mutex for each key: work of the same key is done in the order in which it came, and what has another key does not wait
 * for it. Where too many wait already, nobody else is taken.
 */
export function createKeyedMutex({ mostWaiting }: { mostWaiting: number }) {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>()

  return {
    /** @throws BusyError where too many wait already */
    async take<T>(key: string, work: () => Promise<T>): Promise<T> {
      const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 }
      if (line.length > mostWaiting) throw new BusyError('too many of the same at once')
      lines.set(key, line)
      line.length++
      const mine = line.last.then(work)
      // Whether it failed is nobody's business but its own.
      line.last = mine.catch(() => {})
      try {
        return await mine
      } finally {
        line.length--
        if (line.length === 0) lines.delete(key)
      }
    },
  }
}
