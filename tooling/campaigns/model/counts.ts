/** How often what happened. */
export type Counts = Record<string, number>

/** Counts one more; gives how many there are now. */
export function count(counts: Counts, what: string, more = 1): number {
  return (counts[what] = (counts[what] ?? 0) + more)
}
