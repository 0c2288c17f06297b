import { Menu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { Suspense, type ReactElement, type ReactNode } from 'react'

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
      {/* What it offers may come later than the page. Opened before that it would grow beyond the screen. */}
      <Suspense>
        <Menu.Portal>
          <Menu.Positioner sideOffset={6} align={align} side={side} collisionPadding={8} className="z-55">
            <Menu.Popup className="popup max-h-(--available-height) min-w-48 origin-[var(--transform-origin)] overflow-y-auto">
              {children}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Suspense>
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
