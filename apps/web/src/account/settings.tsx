import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect } from 'react'
import { setTheme, useTheme, type Theme } from '../app/theme.ts'
import { Section } from '../ui/section.tsx'
import { ProfileForm } from './profile-form.tsx'
import { SettingsHead } from './settings-head.tsx'
import { YourData } from './your-data.tsx'

export function Settings() {
  useEffect(() => {
    document.title = 'Settings · Ownlist'
  }, [])
  return (
    <div className="max-w-xl pt-5 pb-28 md:pt-9">
      <SettingsHead />
      <Section title="You">
        <ProfileForm />
      </Section>
      <Section title="Appearance">
        <ThemeChoice />
      </Section>
      <Section title="Your data">
        <YourData />
      </Section>
    </div>
  )
}

const themes = [
  ['system', 'System', Monitor],
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
] as const satisfies [Theme, string, unknown][]

function ThemeChoice() {
  const theme = useTheme()
  return (
    <fieldset className="grid max-w-sm grid-cols-3 gap-2">
      <legend className="sr-only">Theme</legend>
      {themes.map(([value, name, Icon]) => (
        <label
          key={value}
          className="flex cursor-pointer flex-col items-center gap-1.5 rounded-xl border border-line px-2 py-3 text-[14px] text-quiet hover:bg-hover has-checked:border-accent has-checked:bg-wash has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === value}
            onChange={() => setTheme(value)}
          />
          <Icon aria-hidden className="size-5" />
          {name}
        </label>
      ))}
    </fieldset>
  )
}
