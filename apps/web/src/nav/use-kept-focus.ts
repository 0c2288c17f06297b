import { useLayoutEffect, useRef, useState } from 'react'

/** Keeps the focus on a row that moves to another place, or is drawn anew: the browser loses it with the element. */
export function useKeptFocus(change: unknown): (id: string) => void {
  const wanted = useRef<string>(undefined)
  useLayoutEffect(() => {
    const id = wanted.current
    if (id === undefined) return
    wanted.current = undefined
    // The same row may be in the sidebar and in the sheet; one of the two can be seen.
    const rows = [...document.querySelectorAll<HTMLElement>(`[data-nav="${id}"]`)]
    rows.findLast(({ offsetParent }) => offsetParent !== null)?.focus()
    // Looked for after what changed is drawn, and not before.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [change])
  return (id) => {
    wanted.current = id
  }
}

/** Whether a row is being renamed. Who does that by keyboard is back on it afterwards. */
export function useRenaming(id: string) {
  const [renaming, setRenaming] = useState(false)
  const keepFocus = useKeptFocus(renaming)
  return {
    renaming,
    start: () => setRenaming(true),
    done: () => {
      if (document.activeElement?.matches('input')) keepFocus(id)
      setRenaming(false)
    },
  }
}
