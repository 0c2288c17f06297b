import { randomBytes } from 'node:crypto'
import { signUp } from '../../packages/client/src/index.ts'
import { openOwner } from '../../packages/db/src/owner.fixture.ts'
import { Acknowledged } from './acknowledged.ts'
import { seeded } from './random.ts'
import { Subscriber, type Page } from './subscriber.ts'
import type { Account } from './writer.ts'

export interface Person {
  id: string
  token: string | undefined
  acknowledged: Acknowledged
  /** Tasks that were there from the beginning. */
  seeded: string[]
  writing: Promise<Account>[]
}

export interface Follower {
  person: Person
  subscriber: Subscriber
}

/** People with an account, the first of them with a thousand tasks. */
export async function newPeople(
  count: number,
  urls: string[],
  ownerUrl: string,
): Promise<[first: Person, others: Person[]]> {
  const people = Array.from({ length: count }, async (): Promise<Person> => {
    const email = `${randomBytes(6).toString('hex')}@example.org`
    const { user, token } = await signUp(urls[0] ?? '', { email, password: randomBytes(12).toString('hex') })
    return { id: user.id, token, acknowledged: new Acknowledged(urls), seeded: [], writing: [] }
  })
  const [first, ...others] = await Promise.all(people)
  if (!first) throw new Error('there is nobody')
  const owner = await openOwner(ownerUrl)
  const made = await owner.rows<{ id: string }>(
    `insert into tasks (user_id, title, position) select $1, 'Task ' || n, 'a' || lpad(n::text, 4, '0') || 'V'
     from generate_series(1, 1000) n returning id`,
    [first.id],
  )
  await owner.end()
  first.seeded.push(...made.map(({ id }) => id))
  return [first, others]
}

/** One other client of a person on each server. */
export function followers(
  person: Person,
  urls: string[],
  { seed, tamper }: { seed: number; tamper: ((page: Page) => Page) | undefined },
): Follower[] {
  const { token, acknowledged } = person
  return urls.map((url, at) => {
    const random = seeded(seed + at)
    return { person, subscriber: new Subscriber(url, { url, token, acknowledged, random, tamper }) }
  })
}
