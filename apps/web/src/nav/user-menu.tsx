import { useNavigate } from '@tanstack/react-router'
import { Keyboard, LogOut, Settings } from 'lucide-react'
import { useUser } from '../session/me.ts'
import { MenuItem, MenuLine, PopupMenu } from '../ui/menu.tsx'

/** Who is signed in, and what that is about. */
export function UserMenu({ onKeys, onSignOut }: { onKeys: () => void; onSignOut: () => void }) {
  const user = useUser()
  const navigate = useNavigate()
  return (
    <PopupMenu
      align="start"
      side="top"
      trigger={
        <button
          type="button"
          className="flex w-full items-center gap-3 rounded-lg p-2 text-left hover:bg-hover data-popup-open:bg-hover"
        >
          <span
            aria-hidden
            className="flex size-8 shrink-0 items-center justify-center rounded-full bg-wash text-[13px] font-semibold text-accent"
          >
            {(user.name || user.email).slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 text-[13px] leading-tight">
            <span className="block truncate font-medium">{user.name}</span>
            <span className="block truncate text-quiet">{user.email}</span>
          </span>
        </button>
      }
    >
      <MenuItem icon={<Settings aria-hidden />} onClick={() => void navigate({ to: '/settings' })}>
        Settings
      </MenuItem>
      <MenuItem icon={<Keyboard aria-hidden />} shortcut="?" onClick={onKeys}>
        Keyboard shortcuts
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<LogOut aria-hidden />} onClick={onSignOut}>
        Sign out
      </MenuItem>
    </PopupMenu>
  )
}
