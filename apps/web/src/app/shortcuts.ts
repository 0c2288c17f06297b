import { useEffect } from 'react'

/** Single keys that work anywhere on the page but where somebody types or answers a question. */
export function useShortcuts(acts: Record<string, () => void>) {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.altKey || isTaken(event.target)) return
      // With Shift, or with Caps Lock, the key comes as a capital.
      const withCtrl = `Ctrl+${event.shiftKey ? 'Shift+' : ''}${event.key.toLowerCase()}`
      const act = acts[event.ctrlKey || event.metaKey ? withCtrl : event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  })
}

function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable], [role="dialog"], [role="alertdialog"], [role="menu"]',
    ) !== null
  )
}
