import { Bookmark } from 'lucide-react'
import { useLists, useTags } from '../lists/organizers.ts'
import { TagMark } from '../tags/tag-chip.tsx'
import { Dot } from '../ui/colors.tsx'
import { MenuCheck, MenuGroup } from '../ui/menu-parts.tsx'
import { MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx'
import { PriorityMark } from './marks.tsx'
import type { Place } from './place.ts'
import type { ViewSearch } from './views.ts'

interface Props {
  search: ViewSearch
  place: Place
  onSearch: (change: Partial<ViewSearch>) => void
  onSave: () => void
}

/** What the tasks of a screen are narrowed by; and the way to keep that as a view. */
export function FilterMenu({ search, place, onSearch, onSave }: Props) {
  const lists = useLists().filter(({ archivedAt }) => archivedAt === null)
  const tags = useTags()
  const chosen = search.tags ?? []
  // A list has its own screen, and so has the Inbox: another one chosen there would be another place.
  const choosesList = place.kind !== 'list' && !(place.kind === 'view' && place.view === 'inbox')

  function choose(id: string, on: boolean) {
    const next = on ? [...chosen, id] : chosen.filter((one) => one !== id)
    onSearch({
      tags: next.length > 0 ? next : undefined,
      ...(next.length < 2 && { match: undefined }),
    })
  }

  return (
    <>
      <MenuItem icon={<Bookmark aria-hidden />} onClick={onSave}>
        Save as view …
      </MenuItem>
      <MenuLine />
      <MenuChoice
        label="Priority"
        value={search.priority ?? 'any'}
        choices={[
          ['any', 'Any'],
          ['high', 'High', <PriorityMark key="3" priority="high" />],
          ['medium', 'Medium', <PriorityMark key="2" priority="medium" />],
          ['low', 'Low', <PriorityMark key="1" priority="low" />],
          ['none', 'None', <PriorityMark key="0" priority={null} />],
        ]}
        onChange={(priority) => onSearch({ priority: priority === 'any' ? undefined : priority })}
      />
      {tags.length > 0 && (
        <>
          <MenuLine />
          <MenuGroup label="Tags">
            {tags.map(({ id, name, color }) => (
              <MenuCheck
                key={id}
                icon={<TagMark color={color} />}
                checked={chosen.includes(id)}
                onChange={(on) => choose(id, on)}
              >
                {name}
              </MenuCheck>
            ))}
          </MenuGroup>
        </>
      )}
      {chosen.length > 1 && (
        <MenuChoice
          label="A task has"
          value={search.match ?? 'any'}
          choices={[
            ['any', 'Any of them'],
            ['all', 'All of them'],
          ]}
          onChange={(match) => onSearch({ match: match === 'all' ? match : undefined })}
        />
      )}
      {choosesList && lists.length > 0 && (
        <>
          <MenuLine />
          <MenuChoice
            label="List"
            value={search.list ?? 'any'}
            choices={[
              ['any', 'Any'],
              ...lists.map(({ id, name, color }) => [id, name, <Dot key={id} color={color} />] as const),
            ]}
            onChange={(list) => onSearch({ list: list === 'any' ? undefined : list })}
          />
        </>
      )}
    </>
  )
}
