import { Menu } from '@base-ui/react/menu'
import { Check, ChevronRight } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'

interface Props {
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom'
}

export function PopupMenu({ trigger, children, align = 'end', side = 'bottom' }: Props) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={trigger} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align={align} side={side} collisionPadding={8} className="z-55">
          <Menu.Popup className="popup max-h-(--available-height) min-w-48 origin-[var(--transform-origin)] overflow-y-auto">
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

interface ItemProps {
  icon?: ReactNode
  children: ReactNode
  /** The key that does the same. */
  shortcut?: string
  danger?: boolean
  onClick: () => void
}

export function MenuItem({ icon, children, shortcut, danger = false, onClick }: ItemProps) {
  return (
    <Menu.Item
      onClick={onClick}
      className={`menu-item [&_svg]:size-4 ${danger ? 'text-danger' : '[&_svg]:text-quiet'}`}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {shortcut !== undefined && <kbd className="font-sans text-[12px] text-quiet">{shortcut}</kbd>}
    </Menu.Item>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  value: T
  choices: readonly (readonly [value: T, label: string, icon?: ReactNode])[]
  onChange: (value: T) => void
}

/** One of several, as part of a menu. */
export function MenuChoice<T extends string>({ label, value, choices, onChange }: ChoiceProps<T>) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2.5 pt-2 pb-1 text-[12px] text-quiet">{label}</Menu.GroupLabel>
      <Menu.RadioGroup value={value} onValueChange={(chosen: T) => onChange(chosen)}>
        {choices.map(([choice, name, icon]) => (
          <Menu.RadioItem key={choice} value={choice} closeOnClick className="menu-item [&_svg]:size-4">
            {icon}
            <span className="flex-1">{name}</span>
            <Menu.RadioItemIndicator>
              <Check aria-hidden className="text-accent" />
            </Menu.RadioItemIndicator>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  )
}

export function MenuLine() {
  return <Menu.Separator className="mx-2 my-1.5 h-px bg-line" />
}

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
