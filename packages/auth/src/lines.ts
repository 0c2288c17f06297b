import { BusyError } from '@ownlist/db'

/**
 * Lines of work that has to be done one after the other where it has the same key; what has another does not wait for it. A
 * line in which too many wait already takes nobody else.
 */
export function createLines({ mostWaiting }: { mostWaiting: number }) {
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
