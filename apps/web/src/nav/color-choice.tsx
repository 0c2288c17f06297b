import { Menu } from '@base-ui/react/menu'
import { colors, Dot } from '../ui/colors.tsx'

/** The colours as part of a menu; the arrows go from one to the next. */
export function ColorChoice({
  color,
  onChange,
}: {
  color: string | null
  onChange: (color: string | null) => void
}) {
  return (
    <Menu.Group>
      <Menu.GroupLabel className="px-2.5 pt-2 pb-1 text-[12px] text-quiet">Colour</Menu.GroupLabel>
      <Menu.RadioGroup
        value={color ?? 'none'}
        onValueChange={(chosen: string) => onChange(chosen === 'none' ? null : chosen)}
        className="grid grid-cols-[repeat(9,1.75rem)] px-1 pb-1 pointer-coarse:grid-cols-[repeat(5,2.75rem)]"
      >
        {[['none', 'No colour'] as const, ...colors].map(([value, name]) => (
          <Menu.RadioItem
            key={value}
            value={value}
            closeOnClick
            aria-label={name}
            title={name}
            className="flex size-7 cursor-pointer items-center justify-center rounded-lg outline-none data-checked:ring-2 data-checked:ring-edge data-highlighted:bg-hover pointer-coarse:size-11"
          >
            <Dot color={value === 'none' ? null : value} className="size-3.5!" />
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Menu.Group>
  )
}
