import { useEffect, useRef } from 'react'

/** Calls as long as the end of a list is in sight, or nearly: what comes next is there before one arrives. */
export function useEnd(more: boolean, onEnd: () => void) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const target = end.current
    if (!more || !target) return
    // Observed anew whenever `onEnd` changes, so a page that did not fill the screen is followed by another.
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onEnd()
      },
      { rootMargin: '600px' },
    )
    observer.observe(target)
    return () => observer.disconnect()
  }, [more, onEnd])
  return end
}
