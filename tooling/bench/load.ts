import autocannon from 'autocannon'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HttpRequest } from './requests.ts'

export interface Load {
  url: string
  /** Sent one after the other, again and again, by every connection. */
  requests: HttpRequest[]
  connections: number
  /** Seconds. */
  duration: number
}

/** As many requests as the server answers, from a process of their own; gives requests per second. */
export async function saturate(load: Load): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.send(load)
  const [{ answered, failed, seconds }] = (await once(child, 'message')) as [Outcome]
  child.kill()
  if (failed > 0 || answered === 0) {
    throw new Error(
      `${failed} of ${answered + failed} requests failed at ${load.url}${load.requests[0]?.path}`,
    )
  }
  return answered / seconds
}

interface Outcome {
  answered: number
  failed: number
  seconds: number
}

if (import.meta.main) {
  process.once('message', (message: Load) => void answer(message))
}

async function answer(load: Load): Promise<void> {
  const { '2xx': answered, non2xx, errors, timeouts, duration } = await autocannon(load)
  process.send?.({ answered, failed: non2xx + errors + timeouts, seconds: duration } satisfies Outcome)
}
