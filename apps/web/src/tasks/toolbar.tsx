import { ArrowDownUp, Search, SlidersHorizontal, X } from 'lucide-react'
import { lazy, type Ref } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { IconButton } from '../ui/button.tsx'
import { MenuChoice, MenuLine, PopupMenu } from '../ui/menu.tsx'
import type { Place } from './place.ts'
import { isNarrowed } from './place.ts'
import { sortingOf, sortNames, type Order, type Sort, type ViewSearch } from './views.ts'

const loadFilter = rarelyUsed(() => import('./filter-menu.tsx'))
const FilterMenu = lazy(async () => ({ default: (await loadFilter()).FilterMenu }))

interface Props {
  search: ViewSearch
  place: Place
  query: string
  searchRef: Ref<HTMLInputElement>
  onSearch: (change: Partial<ViewSearch>) => void
  onQuery: (query: string) => void
  onSave: () => void
}

export function Toolbar({ search, place, query, searchRef, onSearch, onQuery, onSave }: Props) {
  const saved = place.kind === 'saved' ? place.saved.filter : undefined
  const { sort, order } = sortingOf(search, saved)
  const usual = sortingOf({ ...search, sort: undefined, order: undefined }, saved)
  const narrowed = isNarrowed(search)
  return (
    <div className="flex items-center gap-1">
      <div className="relative min-w-0 flex-1 sm:w-52 sm:flex-none">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-quiet pointer-coarse:top-3.5"
        />
        <input
          ref={searchRef}
          type="search"
          aria-label="Search all tasks"
          placeholder="Search"
          autoComplete="off"
          maxLength={200}
          value={query}
          className="h-9 w-full rounded-lg bg-sunken pr-8 pointer-coarse:h-11 pointer-coarse:pr-11 pl-8.5 text-[14px] [&::-webkit-search-cancel-button]:hidden"
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            if (query) onQuery('')
            else event.currentTarget.blur()
          }}
        />
        {query && (
          <IconButton label="Clear search" className="absolute! top-0 right-0" onClick={() => onQuery('')}>
            <X aria-hidden className="size-4!" />
          </IconButton>
        )}
      </div>
      <PopupMenu
        trigger={
          <IconButton label={narrowed ? 'Filter, on' : 'Filter'} className={narrowed ? 'text-accent!' : ''}>
            <SlidersHorizontal aria-hidden />
          </IconButton>
        }
      >
        <FilterMenu search={search} place={place} onSearch={onSearch} onSave={onSave} />
      </PopupMenu>
      <PopupMenu
        trigger={
          <IconButton label={`Sort: ${sortNames[sort]}`} className={search.sort ? 'text-accent!' : ''}>
            <ArrowDownUp aria-hidden />
          </IconButton>
        }
      >
        <MenuChoice
          label="Sort by"
          value={sort}
          choices={Object.entries(sortNames) as [Sort, string][]}
          onChange={(chosen) =>
            onSearch(
              chosen === usual.sort
                ? { sort: undefined, order: undefined }
                : { sort: chosen, order: undefined },
            )
          }
        />
        <MenuLine />
        <MenuChoice<Order>
          label="Direction"
          value={order}
          choices={[
            ['asc', 'Ascending'],
            ['desc', 'Descending'],
          ]}
          onChange={(chosen) => onSearch({ sort, order: chosen })}
        />
      </PopupMenu>
    </div>
  )
}
