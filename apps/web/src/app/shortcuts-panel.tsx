import { Panel } from '../ui/dialog.tsx'

const shortcuts: [keys: string[], what: string][] = [
  [['N'], 'Add a task'],
  [['/'], 'Search'],
  [['J', 'K'], 'Next and previous task, also ↓ and ↑'],
  [['X'], 'Complete or reopen, also Space'],
  [['Enter'], 'Open the details'],
  [['E'], 'Rename'],
  [['S'], 'Start, or not started'],
  [['Alt', '↑ ↓'], 'Move a task, in “My order”; a list, a saved view'],
  [['Alt', '→ ←'], 'Put a task below the one above, and back'],
  [['→', '←'], 'Show subtasks, and fold them up'],
  [['F2'], 'Rename a list, a tag, a saved view'],
  [['Del'], 'Delete'],
  [['Ctrl', 'Z'], 'Undo what you did last, again and again'],
  [['Ctrl', 'Shift', 'Z'], 'Redo'],
  [['Ctrl', 'Enter'], 'Save the details'],
  [['F6'], 'To the messages'],
  [['?'], 'These shortcuts'],
]

export function ShortcutsPanel({ onClose }: { onClose: () => void }) {
  return (
    <Panel title="Keyboard shortcuts" open onClose={onClose}>
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
