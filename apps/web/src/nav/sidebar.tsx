import { Link } from '@tanstack/react-router'
import { History, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Wordmark } from '../app/wordmark.tsx'
import { ListsNav } from '../lists/lists-nav.tsx'
import { ViewsNav } from '../saved/views-nav.tsx'
import { TagsNav } from '../tags/tags-nav.tsx'
import { sideLink } from './row.tsx'
import { SmartLists } from './smart-lists.tsx'

export const places = [
  ['/history', 'History', History],
  ['/trash', 'Trash', Trash2],
] as const

/** What stands beside the tasks where there is room for it. What is many scrolls; who one is stays in sight. */
export function Sidebar({ children }: { children: ReactNode }) {
  return (
    <aside className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col px-4 pt-9 pb-5 md:flex">
      <Link to="/" search={{}} className="ml-2 self-start rounded-md">
        <Wordmark />
      </Link>
      <div className="-mx-2 mt-6 min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 py-2 [mask-image:linear-gradient(to_bottom,black_calc(100%-1rem),transparent)] [scrollbar-width:thin]">
        <Everything />
      </div>
      <div className="space-y-2 pt-3">{children}</div>
    </aside>
  )
}

/** All places that there are: in the sidebar, and on a phone in a sheet of its own. */
export function Everything() {
  return (
    <>
      <SmartLists />
      <ListsNav />
      <TagsNav />
      <ViewsNav />
      <nav aria-label="What was" className="mt-5 space-y-0.5">
        {places.map(([to, name, Icon]) => (
          <Link key={to} to={to} className={sideLink}>
            <Icon aria-hidden className="size-[18px]" />
            {name}
          </Link>
        ))}
      </nav>
    </>
  )
}
