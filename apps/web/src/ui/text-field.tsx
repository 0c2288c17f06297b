import { useId, type ComponentProps, type ReactNode } from 'react'

interface Props extends ComponentProps<'input'> {
  label: string
  hint?: ReactNode
  error?: string | undefined
}

/** As a `ref`: what one came to type into has the focus as it appears. */
export function takeFocus(input: HTMLInputElement | null): void {
  input?.focus()
}

/** A labelled line of text. Its message has room from the start, so nothing jumps when it appears. */
export function TextField({ label, hint, error, className = '', ...props }: Props) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-[13px] font-medium">
        {label}
      </label>
      <input
        id={id}
        className="field"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-says`}
        {...props}
      />
      <p
        id={`${id}-says`}
        aria-live="polite"
        className={`mt-1 min-h-5 text-[13px] ${error === undefined ? 'text-quiet' : 'text-danger'}`}
      >
        {error ?? hint}
      </p>
    </div>
  )
}
