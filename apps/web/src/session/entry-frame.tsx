import { Link } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { Wordmark } from '../app/wordmark.tsx'

interface Props {
  title: string
  lead: ReactNode
  children?: ReactNode
  /** What else one may have come for. */
  other?: ReactNode
  /** Whether this took the place of something else: then it is read from its beginning. */
  takesFocus?: boolean
}

/** One narrow column, for what stands outside of the app. */
export function EntryFrame({ title, lead, children, other, takesFocus = false }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = title === 'Welcome back' ? 'Ownlist' : `${title} · Ownlist`
    if (takesFocus) heading.current?.focus()
  }, [title, takesFocus])
  return (
    <main
      id="main"
      className="mx-auto flex min-h-dvh w-full max-w-[23rem] flex-col justify-center px-5 py-10"
    >
      <Wordmark />
      <h1
        ref={heading}
        tabIndex={-1}
        className="mt-10 font-serif text-[30px] leading-tight tracking-[-0.01em] outline-none"
      >
        {title}
      </h1>
      <p className="mt-1.5 text-quiet">{lead}</p>
      {children}
      {other && <p className="mt-6 text-[14px] text-quiet">{other}</p>}
    </main>
  )
}

const look = 'font-medium text-accent underline underline-offset-3'

export function EntryLink({
  to,
  children,
}: {
  to: '/' | '/sign-in' | '/sign-up' | '/forgot'
  children: ReactNode
}) {
  return (
    <Link to={to} search={{}} className={look}>
      {children}
    </Link>
  )
}

/** A button that reads like a link, within a sentence. */
export function EntryButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className={look} onClick={onClick}>
      {children}
    </button>
  )
}

/** What is wrong with the whole of a form. Its room is there from the start. */
export function EntryProblem({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="min-h-6 text-[14px] text-danger">
      {children}
    </p>
  )
}
