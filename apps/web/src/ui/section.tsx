import { useId, type ReactNode } from 'react'

/** A part of a page of settings. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="mt-9">
      <h2 id={id} className="mb-4 border-b border-line pb-2 text-[15px] font-semibold">
        {title}
      </h2>
      {children}
    </section>
  )
}
