export interface Repeated {
  /** Does it now, or once more right after it is done, where it is under way. */
  soon(): void
  /** Waits for what is under way. */
  stop(): Promise<void>
}

/** Does something again and again, never twice at once; a failure is told, and the next turn comes as ever. */
export function repeat(
  work: () => Promise<void>,
  pause: () => number,
  onError: (error: unknown) => void,
): Repeated {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let stopped = false

  function turn(): void {
    clearTimeout(timer)
    again = false
    running = once()
  }

  async function once(): Promise<void> {
    await work().catch(onError)
    running = undefined
    if (stopped) return
    if (again) turn()
    else wait()
  }

  function wait(): void {
    timer = setTimeout(turn, pause()).unref()
  }

  function soon(): void {
    if (stopped) return
    if (running) again = true
    else turn()
  }

  wait()
  return {
    soon,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
