import { useEffect, useId, useRef, useState, type ReactNode } from 'react'

interface Props {
  label: string
  icon: ReactNode
  value?: string
  /** Why it cannot be called so. */
  problemOf: (name: string) => string | undefined
  onSave: (name: string) => void
  onDone: () => void
}

/** A name typed where it will stand. Enter keeps it, so does going elsewhere; Esc gives it up. */
export function NameForm({ label, icon, value = '', problemOf, onSave, onDone }: Props) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(value)
  const [problem, setProblem] = useState<string>()
  const stage = useRef<'opening' | 'open' | 'ended'>('opening')

  useEffect(() => {
    input.current?.select()
    // The menu that this was opened from gives the focus back to its button as it closes.
    const timer = setTimeout(() => {
      input.current?.focus()
      stage.current = 'open'
    }, 50)
    return () => clearTimeout(timer)
  }, [])

  function end() {
    stage.current = 'ended'
    onDone()
  }

  function save() {
    const wanted = name.trim()
    if (stage.current === 'ended') return
    if (wanted === '' || wanted === value) return end()
    const found = problemOf(wanted)
    if (found) return setProblem(found)
    onSave(wanted)
    end()
  }

  return (
    <form
      className="py-0.5"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <div className="flex h-9 items-center gap-3 rounded-lg bg-raised px-2.5 ring-1 ring-edge focus-within:ring-2 focus-within:ring-accent pointer-coarse:h-11">
        <span className="flex w-[18px] shrink-0 justify-center">{icon}</span>
        <label htmlFor={id} className="sr-only">
          {label}
        </label>
        <input
          ref={input}
          id={id}
          value={name}
          autoComplete="off"
          placeholder={label}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          className="min-w-0 flex-1 bg-transparent text-[14px] outline-none"
          onChange={(event) => {
            setName(event.target.value)
            setProblem(undefined)
          }}
          onKeyDown={(event) => {
            // What the page makes of these keys is not meant here.
            event.stopPropagation()
            if (event.key === 'Escape') end()
          }}
          onBlur={() => {
            if (stage.current === 'open' && document.hasFocus() && !problem) save()
          }}
        />
      </div>
      <p id={`${id}-problem`} role="alert" className="px-2.5 pt-1 text-[13px] text-danger empty:hidden">
        {problem}
      </p>
    </form>
  )
}
