import { Link } from '@tanstack/react-router'

const pages = [
  ['/settings', 'General'],
  ['/settings/security', 'Security'],
] as const

/** The heading of the settings, and the ways between their pages. */
export function SettingsHead() {
  return (
    <>
      <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">Settings</h1>
      <nav aria-label="Settings" className="mt-4 flex gap-1">
        {pages.map(([to, name]) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true }}
            className="inline-flex min-h-10 items-center rounded-lg px-3 text-[14px] text-quiet hover:bg-hover hover:text-ink aria-[current=page]:bg-wash aria-[current=page]:font-medium aria-[current=page]:text-accent"
          >
            {name}
          </Link>
        ))}
      </nav>
    </>
  )
}
