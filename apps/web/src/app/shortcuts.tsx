import { useEffect } from 'react'
import { Panel } from '../ui/dialog.tsx'

const shortcuts: [keys: string[], what: string][] = [
  [['N'], 'Add a task'],
  [['/'], 'Search'],
  [['J', 'K'], 'Next and previous task, also ↓ and ↑'],
  [['X'], 'Complete or reopen, also Space'],
  [['Enter'], 'Open the details'],
  [['E'], 'Rename'],
  [['S'], 'Start, or not started'],
  [['Alt', '↑ ↓'], 'Move a task, in “My order”'],
  [['Del'], 'Delete'],
  [['Ctrl', 'Z'], 'Undo what you did last, again and again'],
  [['Ctrl', 'Shift', 'Z'], 'Redo'],
  [['Ctrl', 'Enter'], 'Save the details'],
  [['F6'], 'To the messages'],
  [['?'], 'These shortcuts'],
]

export function ShortcutsPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Panel title="Keyboard shortcuts" open={open} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2.5 px-5 pt-1 pb-6 text-[14px]">
        {shortcuts.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="min-w-7 rounded-md border border-line bg-sunken px-1.5 py-0.5 text-center font-sans text-[12px]"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-quiet">{what}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

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
