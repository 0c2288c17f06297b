/** Muted, and told apart on light and on dark ground. What they mean stands beside them in words. */
export const colors = [
  ['#b4553f', 'Clay'],
  ['#c08a2b', 'Ochre'],
  ['#71903c', 'Olive'],
  ['#2f9184', 'Teal'],
  ['#4a7fb5', 'Blue'],
  ['#7d6cb8', 'Violet'],
  ['#b15c8d', 'Plum'],
  ['#80796e', 'Stone'],
] as const

/** The colour of a list or a tag; a ring where it has none. */
export function Dot({ color, className = '' }: { color: string | null; className?: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden className={`size-2.5 shrink-0 ${className}`}>
      {/* An attribute, because the content security policy forbids styles that come with the page. */}
      <circle
        cx="5"
        cy="5"
        r={color ? 5 : 4.25}
        fill={color ?? 'none'}
        className={color ? '' : 'stroke-edge'}
        strokeWidth="1.5"
      />
    </svg>
  )
}
