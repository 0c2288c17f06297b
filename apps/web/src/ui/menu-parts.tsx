import { Menu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
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
