import { useQuery } from '@tanstack/react-query'
import { sessionsOptions } from '../account/session-list.ts'
import { sayClient } from '../account/user-agent.ts'
import type { Revision } from './revision.ts'
import { sayProgram, sayWho } from './words.ts'

/** Who made a revision and from where, as far as the user can tell their devices apart. */
export function Origin({ revision }: { revision: Pick<Revision, 'actor' | 'session' | 'client'> }) {
  // Sessions that have ended are no longer on it; they are "another device" then.
  const { data } = useQuery(sessionsOptions)
  const { session, client } = revision
  const found = session && !session.current ? data?.items.find(({ id }) => id === session.id) : undefined
  const where = [found && sayClient(found.userAgent), client && sayProgram(client)].filter(Boolean)
  return <>{[sayWho(revision), ...where].join(' · ')}</>
}
