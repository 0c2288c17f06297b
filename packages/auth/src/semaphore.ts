import { BusyError } from '@ownlist/db'

/**
 * A counting semaphore with a bounded queue: so many pieces of work run at once, the others wait in the order in which they
 * came, and where too many wait already the next is told at once.
 */
export function createSemaphore({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    /** Whether nobody else can get a turn at the moment. */
    isBusy: () => waiting.length >= mostWaiting,

    /** @throws BusyError where too many wait already */
    take: async <T>(work: () => Promise<T>): Promise<T> => {
      if (running < atOnce) running++
      else if (waiting.length >= mostWaiting) throw new BusyError('too many at once')
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
