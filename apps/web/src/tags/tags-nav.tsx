import { lazy } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { useLivePart } from '../app/live.ts'
import { changeTag, createTag } from '../lists/actions.ts'
import type { Tag } from '../lists/list.ts'
import { problemOfName } from '../lists/naming.ts'
import { useTags } from '../lists/organizers.ts'
import { useHere } from '../nav/here.ts'
import { NameForm } from '../nav/name-form.tsx'
import { NavRow } from '../nav/row.tsx'
import { NavSection } from '../nav/section.tsx'
import { useRenaming } from '../nav/use-kept-focus.ts'
import { useTaskStore } from '../session/session.ts'
import { TagMark } from './tag-chip.tsx'

const loadMenu = rarelyUsed(() => import('./tag-menu.tsx'))
const TagMenu = lazy(async () => ({ default: (await loadMenu()).TagMenu }))

/** The user's tags by name. */
export function TagsNav() {
  const tags = useTags()
  const problemOf = (name: string, self?: string) => problemOfName(name, { among: tags, most: 60, self })
  return (
    <NavSection
      title="Tags"
      add={{
        label: 'New tag',
        icon: <TagMark color={null} />,
        problemOf,
        onAdd: (name) => void createTag(name),
      }}
    >
      <ul className="space-y-0.5">
        {tags.map((tag) => (
          <TagRow key={tag.id} tag={tag} problemOf={(name) => problemOf(name, tag.id)} />
        ))}
      </ul>
    </NavSection>
  )
}

function TagRow({ tag, problemOf }: { tag: Tag; problemOf: (name: string) => string | undefined }) {
  const count = useLivePart(useTaskStore().tasks.counts(), ({ tags }) => tags.get(tag.id)?.open)
  const here = useHere() === `tag ${tag.id}`
  const { renaming, start, done } = useRenaming(tag.id)
  const { id, name, color } = tag
  const icon = <TagMark color={color} />
  if (renaming) {
    return (
      <li>
        <NameForm
          label={`Name of ${name}`}
          icon={icon}
          value={name}
          problemOf={problemOf}
          onSave={(wanted) => void changeTag(tag, { name: wanted })}
          onDone={done}
        />
      </li>
    )
  }
  return (
    <li>
      <NavRow
        id={id}
        name={name}
        icon={icon}
        search={{ tags: [id] }}
        here={here}
        count={count}
        onRename={start}
        menu={<TagMenu tag={tag} here={here} onRename={start} />}
      />
    </li>
  )
}
