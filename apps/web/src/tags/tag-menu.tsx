import { useNavigate } from '@tanstack/react-router'
import { Pencil, Trash2 } from 'lucide-react'
import { changeTag, deleteTag } from '../lists/actions.ts'
import type { Tag } from '../lists/list.ts'
import { ColorChoice } from '../nav/color-choice.tsx'
import { MenuItem, MenuLine } from '../ui/menu.tsx'

interface Props {
  tag: Tag
  /** It is what the page shows. */
  here: boolean
  onRename: () => void
}

/** What can be done with a tag. */
export function TagMenu({ tag, here, onRename }: Props) {
  const navigate = useNavigate()
  return (
    <>
      <MenuItem icon={<Pencil aria-hidden />} shortcut="F2" onClick={onRename}>
        Rename
      </MenuItem>
      <ColorChoice color={tag.color} onChange={(chosen) => void changeTag(tag, { color: chosen })} />
      <MenuLine />
      <MenuItem
        icon={<Trash2 aria-hidden />}
        danger
        onClick={() => {
          deleteTag(tag)
          if (here) void navigate({ to: '/', search: {} })
        }}
      >
        Delete
      </MenuItem>
    </>
  )
}
