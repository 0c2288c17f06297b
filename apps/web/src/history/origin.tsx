import { useQuery } from '@tanstack/react-query'
import { sessionsOptions } from '../security/session-list.ts'
import { sayClient } from '../security/user-agent.ts'
import type { Revision } from './revision.ts'
import { sayProgram, sayWho } from './words.ts'

/** Who made a revision and from where, as far as the user can tell their devices apart. */
export function Origin({ revision }: { revision: Pick<Revision, 'actor' | 'session' | 'client'> }) {
  // Sessions that have ended are no longer on it; they are just "another device" then.
  const { data } = useQuery(sessionsOptions)
  const { session, client } = revision
  if (session?.current) return sayWho(revision)
  const agent = session && data?.items.find(({ id }) => id === session.id)?.userAgent
  // The web app is known by its browser, another program by its name.
  const where = client !== null && client !== 'web' ? sayProgram(client) : agent && sayClient(agent)
  return [sayWho(revision), where ?? (client && sayProgram(client))].filter(Boolean).join(' · ')
}
