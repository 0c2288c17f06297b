import { Menu } from '@base-ui/react/menu'
import { Check, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

/** One of many that may be chosen together: the menu stays open for the next. */
export function MenuCheck({
  icon,
  checked,
  children,
  onChange,
}: {
  icon?: ReactNode
  checked: boolean
  children: ReactNode
  onChange: (checked: boolean) => void
}) {
  return (
    <Menu.CheckboxItem checked={checked} onCheckedChange={onChange} className="menu-item [&_svg]:text-quiet">
      {icon}
      <span className="flex-1 truncate">{children}</span>
      <Menu.CheckboxItemIndicator>
        <Check aria-hidden className="size-4 text-accent!" />
      </Menu.CheckboxItemIndicator>
    </Menu.CheckboxItem>
  )
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2.5 pt-2 pb-1 text-[12px] text-quiet">{label}</Menu.GroupLabel>
      {children}
    </Menu.Group>
  )
}

interface SubMenuProps {
  label: string
  /** What is chosen in it, in short. */
  value: string | undefined
  children: ReactNode
}

/** A menu within a menu, for what would make it too long. */
export function SubMenu({ label, value, children }: SubMenuProps) {
  return (
    <Menu.SubmenuRoot>
      <Menu.SubmenuTrigger className="menu-item data-popup-open:bg-hover">
        <span className="flex-1 text-left">{label}</span>
        {value !== undefined && <span className="text-[12px] text-accent">{value}</span>}
        <ChevronRight aria-hidden className="size-4 text-quiet" />
      </Menu.SubmenuTrigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} alignOffset={-6} collisionPadding={8} className="z-55">
          <Menu.Popup className="popup max-h-(--available-height) max-w-72 min-w-44 overflow-y-auto">
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.SubmenuRoot>
  )
}
