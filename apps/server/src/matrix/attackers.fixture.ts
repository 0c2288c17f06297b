import { appRouter } from '@ownlist/api'
import type { Database } from '@ownlist/db'
import { eraseDue } from '@ownlist/db'
import type { Owner } from '../../../../packages/db/src/owner.fixture.ts'
import { addPerson, type Person } from './people.fixture.ts'
import { plantVictim, type Victim } from './victim.fixture.ts'

export interface World {
  owner: Owner
  /** Connections that nothing was taken from. */
  database: Database
  url: string
  victim: Victim
  /** Everybody else's canaries, which nobody may see either. */
  others: string[]
}

type Credentials = Record<string, string>

export interface Attacker {
  name: string
  /**
   * `refused` everywhere but at open doors, in the same words; `foreign`: somebody to whom the victim's things do not exist;
   * `reader` of the victim's own things, who may change none of them.
   */
  kind: 'refused' | 'foreign' | 'reader'
  /** Gives what a request brings along. Those who are `foreign` are made anew for each door. */
  enter(world: World): Promise<Credentials>
}

const bearer = ({ authorization }: Person): Credentials => ({ authorization })

/** Everybody who may try. Each way of signing in that is added needs a line. */
export const attackers: Attacker[] = [
  { name: 'anonymous', kind: 'refused', enter: () => Promise.resolve({}) },
  {
    name: 'a forged session',
    kind: 'refused',
    async enter({ victim }) {
      return { authorization: `${victim.authorization.slice(0, -6)}AAAAA=` }
    },
  },
  {
    name: 'an expired session of the victim',
    kind: 'refused',
    async enter({ owner, victim }) {
      return bearer(await sessionOf(owner, victim, `now() - interval '1 second'`))
    },
  },
  {
    name: 'a revoked session of the victim',
    kind: 'refused',
    async enter({ owner, url, victim }) {
      const session = await sessionOf(owner, victim, `now() + interval '1 day'`)
      const codes = await owner.rows<{ row: object }>(
        'select to_jsonb(d) as row from device_codes d where user_id = $1',
        [victim.userId],
      )
      const { status } = await post(url, 'account.revokeSession', victim, { id: session.sessionId })
      if (status !== 200) throw new Error(`the session was not revoked: ${status}`)
      // What devices wait with ends with a session. The victim has others wait, for the sake of the matrix the same ones.
      await owner.rows(
        'insert into device_codes select * from jsonb_populate_recordset(null::device_codes, $1::jsonb)',
        [JSON.stringify(codes.map(({ row }) => row))],
      )
      return bearer(session)
    },
  },
  {
    name: 'a deactivated user',
    kind: 'refused',
    async enter(world) {
      const person = await plantVictim(world.owner, world.url, 1)
      world.others.push(...person.canaries)
      await world.owner.rows('update users set is_active = false where id = $1', [person.userId])
      return { cookie: cookieOf(person.authorization), origin: world.url }
    },
  },
  {
    name: 'an erased user',
    kind: 'refused',
    async enter(world) {
      const person = await plantVictim(world.owner, world.url, 2)
      world.others.push(...person.canaries)
      await world.owner.rows(
        `update users set erase_asked_at = now(), erase_after = now(), erasure_id = gen_random_uuid() where id = $1`,
        [person.userId],
      )
      await eraseDue(world.database)
      return bearer(person)
    },
  },
  { name: 'another user', kind: 'foreign', enter: async ({ owner }) => bearer(await addPerson(owner)) },
  {
    name: 'another user in a browser',
    kind: 'foreign',
    async enter({ owner, url }) {
      const { authorization } = await addPerson(owner)
      return { cookie: cookieOf(authorization), origin: url, 'sec-fetch-site': 'same-origin' }
    },
  },
  ...tokens(),
]

function cookieOf(authorization: string): string {
  return `ownlist.session_token=${encodeURIComponent(authorization.slice('Bearer '.length))}`
}

function tokens(): Attacker[] {
  if (!('account.createToken' in appRouter._def.procedures)) return []
  return [
    {
      name: 'another user’s API token',
      kind: 'foreign',
      enter: async ({ owner, url }) => tokenOf(url, await addPerson(owner), ['read', 'write', 'account']),
    },
    {
      name: 'a read-only token of another user',
      kind: 'foreign',
      enter: async ({ owner, url }) => tokenOf(url, await addPerson(owner), ['read']),
    },
    {
      name: 'a read-only token of the victim',
      kind: 'reader',
      enter: ({ url, victim }) => tokenOf(url, victim, ['read']),
    },
  ]
}

async function tokenOf(url: string, person: Person, scopes: string[]): Promise<Credentials> {
  const { text } = await post(url, 'account.createToken', person, {
    name: 'Token',
    scopes,
    expiresInDays: 7,
  })
  const token = /ol_[\w-]+/.exec(text)?.[0]
  if (token === undefined) throw new Error(`no token was made: ${text}`)
  return { authorization: `Bearer ${token}` }
}

/** One more session of somebody's, which ends when the SQL says. */
async function sessionOf(owner: Owner, { userId }: Person, expires: string): Promise<Person> {
  const helper = await addPerson(owner)
  await owner.rows(`update sessions set user_id = $1, expires_at = ${expires} where id = $2`, [
    userId,
    helper.sessionId,
  ])
  return helper
}

async function post(
  url: string,
  path: string,
  { authorization }: Pick<Person, 'authorization'>,
  input: unknown,
): Promise<{ status: number; text: string }> {
  const response = await fetch(new URL(`/api/trpc/${path}`, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(input),
  })
  return { status: response.status, text: await response.text() }
}
