import { createStore, useStore } from './store.ts'

const store = createStore({ message: '', turn: 0 })

/** Says something to people who hear the page; others see what happened. */
export function announce(message: string): void {
  store.set(({ turn }) => ({ message, turn: turn + 1 }))
}

export function Announcer() {
  const { message, turn } = useStore(store)
  return (
    <output aria-live="polite" className="sr-only">
      {/* A new element each time, so that the same words are spoken again. */}
      <span key={turn}>{message}</span>
    </output>
  )
}
