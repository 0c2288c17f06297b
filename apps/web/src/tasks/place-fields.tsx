import { Inbox, Tag } from 'lucide-react'
import type { ReactNode } from 'react'
import { ListPicker } from '../lists/list-picker.tsx'
import { useOrganizers } from '../lists/organizers.ts'
import { TagChip } from '../tags/tag-chip.tsx'
import { TagPicker } from '../tags/tag-picker.tsx'
import { Dot } from '../ui/colors.tsx'
import { chip } from './quick-add.tsx'
import type { Task } from './task.ts'

interface Props {
  draft: Pick<Task, 'listId' | 'tagIds'>
  onList: (listId: string | null) => void
  onTags: (tagIds: string[]) => void
  theirs: (field: 'listId' | 'tagIds') => ReactNode
}

/** Where a task stands: its list and its tags. */
export function PlaceFields({ draft: { listId, tagIds }, onList, onTags, theirs }: Props) {
  const { lists, tags } = useOrganizers()
  const list = listId === null ? undefined : lists.get(listId)
  const name = list?.name ?? 'Inbox'
  const chosen = tagIds.flatMap((id) => tags.get(id) ?? [])
  const names = chosen.map((tag) => tag.name).join(', ')
  return (
    <>
      <dt className="text-quiet">List</dt>
      <dd>
        <ListPicker
          listId={listId}
          onChange={onList}
          trigger={
            <button
              type="button"
              className={`${chip(list !== undefined)} -ml-2.5 max-w-full`}
              aria-label={`List: ${name}`}
            >
              {list ? <Dot color={list.color} /> : <Inbox aria-hidden className="size-4 shrink-0" />}
              <span className="truncate">{name}</span>
            </button>
          }
        />
        {theirs('listId')}
      </dd>
      <dt className="text-quiet">Tags</dt>
      <dd>
        <TagPicker
          tagIds={tagIds}
          onChange={(ids) => onTags(ids.toSorted())}
          trigger={
            <button
              type="button"
              className={`${chip(false)} -ml-2.5 h-auto! min-h-9 max-w-full flex-wrap py-1`}
              aria-label={`Tags: ${names || 'none'}`}
            >
              {chosen.length === 0 && <Tag aria-hidden className="size-4 shrink-0" />}
              {chosen.length === 0 ? 'No tags' : chosen.map((tag) => <TagChip key={tag.id} tag={tag} />)}
            </button>
          }
        />
        {theirs('tagIds')}
      </dd>
    </>
  )
}
