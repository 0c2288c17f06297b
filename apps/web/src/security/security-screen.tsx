import { useEffect } from 'react'
import { SettingsHead } from '../account/settings-head.tsx'
import { Section } from '../ui/section.tsx'
import { AppSection } from './app-section.tsx'
import { EmailSection } from './email-section.tsx'
import { EventsSection } from './events-section.tsx'
import { PasskeysSection } from './passkeys-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { ProvidersSection } from './providers-section.tsx'
import { Sessions } from './sessions.tsx'
import { TokensSection } from './tokens-section.tsx'

/** Everything that an account is got into by, and what has touched it. */
export function SecurityScreen() {
  useEffect(() => {
    document.title = 'Security · Ownlist'
  }, [])
  return (
    <div className="max-w-xl pt-5 pb-28 md:pt-9">
      <SettingsHead />
      <Section title="E-mail address">
        <EmailSection />
      </Section>
      <Section title="Password">
        <PasswordSection />
      </Section>
      <Section title="Authenticator app">
        <AppSection />
      </Section>
      <Section title="Passkeys">
        <PasskeysSection />
      </Section>
      <ProvidersSection />
      <Section title="Where you are signed in">
        <Sessions />
      </Section>
      <Section title="API tokens">
        <TokensSection />
      </Section>
      <Section title="What happened lately">
        <EventsSection />
      </Section>
    </div>
  )
}
