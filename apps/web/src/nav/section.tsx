import { Plus } from 'lucide-react'
import { useId, useRef, useState, type ReactNode } from 'react'
import { IconButton } from '../ui/button.tsx'
import { NameForm } from './name-form.tsx'

interface Props {
  title: string
  /** What its button and its field say. */
  add?: {
    label: string
    icon: ReactNode
    problemOf: (name: string) => string | undefined
    onAdd: (name: string) => void
  }
  /** Said where there is nothing. */
  empty?: string | undefined
  children: ReactNode
  /** What stands below all of it, and below the one to come. */
  last?: ReactNode
}

/** One part of what stands beside the tasks: lists, tags or saved views, with the way to one more. */
export function NavSection({ title, add, empty, children, last }: Props) {
  const id = useId()
  const [adding, setAdding] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <nav aria-labelledby={id} className="mt-5" data-nav-section>
      <div className="flex h-8 items-center justify-between pl-2.5 pointer-coarse:h-11">
        <h2
          id={id}
          tabIndex={-1}
          data-nav-title
          className="text-[12px] font-semibold text-quiet outline-none"
        >
          {title}
        </h2>
        {add && (
          <IconButton
            label={add.label}
            className="size-8! [&_svg]:size-4! pointer-coarse:size-11!"
            ref={button}
            onClick={() => setAdding(true)}
          >
            <Plus aria-hidden />
          </IconButton>
        )}
      </div>
      {children}
      {add && adding && (
        <NameForm
          label={add.label}
          icon={add.icon}
          problemOf={add.problemOf}
          onSave={add.onAdd}
          onDone={() => {
            if (document.activeElement?.matches('input')) button.current?.focus()
            setAdding(false)
          }}
        />
      )}
      {last}
      {empty !== undefined && !adding && <p className="px-2.5 pb-1 text-[13px] text-quiet">{empty}</p>}
    </nav>
  )
}
