import { useEffect, useRef } from 'react'

/**
 * Calls as long as the end of a list is in sight, or nearly: what comes next is there before one arrives.
 *
 * @param pages how much of the list is there
 */
export function useEnd(more: boolean, pages: number | undefined, onEnd: () => void) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const target = end.current
    if (!more || !pages || !target) return
    // Observed anew with every page: an end that is in sight again before anybody looked has never left it.
    const observer = new IntersectionObserver(
      (entries) => {
        // Several may have gathered while the page was busy: the last one says how it is.
        if (entries.at(-1)?.isIntersecting) onEnd()
      },
      { rootMargin: '600px' },
    )
    observer.observe(target)
    return () => observer.disconnect()
  }, [more, pages, onEnd])
  return end
}
