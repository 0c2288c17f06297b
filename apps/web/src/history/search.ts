/** The screen's state that stands in the address. */
export interface HistorySearch {
  /** The moment that is looked back at, as an instant; without it the history itself is shown. */
  at?: string | undefined
}

export function readHistorySearch({ at }: Record<string, unknown>): HistorySearch {
  const isInstant =
    typeof at === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z$/.test(at) &&
    !isNaN(Date.parse(at))
  // Left out, the router would fill in what stands in the address.
  return { at: isInstant ? at : undefined }
}
