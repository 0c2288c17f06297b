import { setTimeout as sleep } from 'node:timers/promises'

/** Lets all writers rest together: what was written last has nothing after it that would make up for silence. */
export class Pause {
  #busy = 0
  #resumed: PromiseWithResolvers<void> | undefined

  async turn(work: () => Promise<void>): Promise<void> {
    await this.#resumed?.promise
    this.#busy++
    try {
      await work()
    } finally {
      this.#busy--
    }
  }

  /** Nobody begins anything any more. */
  begin(): void {
    this.#resumed ??= Promise.withResolvers<void>()
  }

  /** What had begun is answered, however often it takes to be sent. */
  async settled(): Promise<void> {
    while (this.#busy > 0) await sleep(5)
  }

  end(): void {
    this.#resumed?.resolve()
    this.#resumed = undefined
  }
}
