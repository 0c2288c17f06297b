import { createStore } from './store.ts'

/** What the address brought behind its `#`. It is for this page alone, so the address does not keep it. */
export const secret = createStore<string | undefined>(undefined)

/** What is behind the `#` of pages to which no mail leads. */
const names: Partial<Record<string, string>> = { '/device': 'code', '/sign-in': 'step' }

/** Takes what a link from a mail or a terminal brought out of the address, before anything else looks at it. */
export function takeSecret(): void {
  take()
  // The same page may already be open when the next link comes.
  addEventListener('hashchange', take)
}

function take(): void {
  const { pathname, search, hash } = location
  const value = new URLSearchParams(hash.slice(1)).get(names[pathname] ?? 'token')
  if (value === null) return
  history.replaceState(history.state, '', `${pathname}${search}`)
  secret.set(() => value)
}
