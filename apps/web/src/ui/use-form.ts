import { errorOf, type OwnlistError } from '@ownlist/client'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import { sayFailure } from './say-failure.ts'

/** What a form needs while it is filled in and sent: its values, what is wrong with which, and whether it is under way. */
export function useForm<T extends Record<string, string>>(
  initial: T,
  send: (values: T, clear: () => void) => Promise<unknown>,
) {
  const ref = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(initial)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<OwnlistError>()

  // Whoever does not see the message is led to what it is about.
  useEffect(() => {
    if (failure) ref.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [failure])

  /** What the server says is wrong with the field that it calls by one of these names. */
  function issue(...names: string[]): string | undefined {
    return failure?.issues.find(({ path }) => names.includes(path))?.message
  }

  function set(name: keyof T & string, value: string) {
    setValues((before) => ({ ...before, [name]: value }))
    setFailure(undefined)
  }

  function reset() {
    setValues(initial)
  }

  async function submit() {
    if (busy) return
    setBusy(true)
    setFailure(undefined)
    try {
      await send(values, reset)
    } catch (error) {
      setFailure(errorOf(error))
    } finally {
      setBusy(false)
    }
  }

  return {
    values,
    busy,
    failure,
    issue,
    set,
    /** What is wrong with none of the fields. */
    problem: failure && failure.issues.length === 0 ? sayFailure(failure) : undefined,
    /** The properties of the field of this name; `others` are names that the server has for it. */
    field: (name: keyof T & string, ...others: string[]) => ({
      name,
      value: values[name],
      error: issue(name, ...others),
      onChange: (event: { target: { value: string } }) => set(name, event.target.value),
    }),
    reset,
    form: {
      ref,
      onSubmit(event: SubmitEvent) {
        event.preventDefault()
        void submit()
      },
    },
  }
}
