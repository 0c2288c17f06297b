/** Milliseconds for which an answer is given again. */
const keptFor = 1_000

/**
 * An answer to whoever asks whether the server is ready. Anybody may, as often as they like, so it is looked for once a second
 * at most, and once for all who ask meanwhile.
 */
export function readiness(
  look: () => Promise<boolean>,
  now: () => number = () => performance.now(),
): () => Promise<boolean> {
  let last: { answer: Promise<boolean>; until: number } | undefined
  return async () => {
    if (!last || now() >= last.until) {
      const answer = look()
      const looking = { answer, until: Infinity }
      last = looking
      void answer.finally(() => (looking.until = now() + keptFor)).catch(() => {})
    }
    return last.answer
  }
}
