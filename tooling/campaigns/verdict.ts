import { isDeepStrictEqual } from 'node:util'
import { createClient, type Ownlist, type Outputs } from '../../packages/client/src/index.ts'
import type { Owner } from '../../packages/db/src/owner.fixture.ts'
import type { Follower, Person } from './people.ts'
import { Replica, replay, rowOfTask, type Change } from './replica.ts'
import type { Account } from './writer.ts'

type Task = Outputs['tasks']['get']

export interface Verdict {
  acknowledged: number
  tasks: number
  found: number
  /** Acknowledged writes that are not there, or not as they were acknowledged. */
  lost: string[]
  /** What is there beyond: nobody else writes. */
  duplicates: string[]
  /** Attempts after the first. */
  retried: number
  unexpected: string[]
  /** What a subscriber was not told, or held when the server did not. */
  holes: string[]
  /** Moments at which what a subscriber held was held against the log. */
  compared: number
}

/** What was promised, to writers and to those who follow them, against what is there. */
export async function judge({
  first,
  people,
  bulk,
  following,
  owner,
  url,
}: {
  first: Person
  people: Person[]
  bulk: { account: Account; priority: Task['priority'] | undefined }
  following: Follower[]
  owner: Owner
  url: string
}): Promise<Verdict> {
  const total: Verdict = {
    acknowledged: 0,
    tasks: 0,
    found: 0,
    lost: [],
    duplicates: [],
    retried: 0,
    unexpected: [],
    holes: [],
    compared: 0,
  }
  for (const person of [first, ...people]) {
    const accounts = person === first ? [bulk.account] : await Promise.all(person.writing)
    const there = await allTasks(createClient({ url, token: person.token }))
    if (person === first) {
      // The last change of all of them, and no other, is what they look like.
      for (const task of there) bulk.account.tasks.set(task.id, { ...task, priority: bulk.priority ?? null })
      for (const id of person.seeded.filter((one) => !bulk.account.tasks.has(one)))
        bulk.account.lost.push(`${id} is gone`)
      if (there.length > person.seeded.length)
        total.duplicates.push(`${there.length} tasks in the place of ${person.seeded.length}`)
    }
    const changes = await owner.rows<Change>(
      `select revision::int, entity_id as id, before, after from changes where user_id = $1
       order by changes.revision, entity_id`,
      [person.id],
    )
    const own = following.filter((follower) => follower.person === person)
    add(total, compare(accounts, there))
    add(total, compareLog(accounts, changes, person === first ? 1 : 0))
    add(total, compareReplicas(own, changes, there))
  }
  return total
}

/** What writers were promised against the tasks that are there. */
export function compare(accounts: Account[], there: Task[]) {
  const found = new Map(there.map((task) => [task.id, task]))
  const promised = new Map(accounts.flatMap(({ tasks }) => [...tasks]))
  const lost = accounts.flatMap((account) => account.lost)
  for (const [id, task] of promised) {
    const now = found.get(id)
    if (!now) lost.push(`${id}: "${task.title}" is gone`)
    else if (!isDeepStrictEqual(now, task))
      lost.push(`${id}: ${JSON.stringify(task)}, found ${JSON.stringify(now)}`)
  }
  return {
    acknowledged: accounts.reduce((sum, account) => sum + account.acknowledged, 0),
    tasks: promised.size,
    found: [...promised.keys()].filter((id) => found.has(id)).length,
    lost,
    duplicates: there.filter(({ id }) => !promised.has(id)).map(({ id, title }) => `${id}: "${title}"`),
    retried: accounts.reduce((sum, account) => sum + account.retried, 0),
    unexpected: accounts.flatMap((account) => account.unexpected),
  }
}

/** Each acknowledged write is one revision, and there are no others but those that made what was there before. */
export function compareLog(accounts: Account[], changes: Change[], before: number) {
  const revisions = new Set(changes.map(({ revision }) => revision))
  const meant = before + accounts.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  const difference = `${revisions.size} revisions for ${meant} writes`
  const holes = Array.from({ length: revisions.size }, (_, at) => at + 1)
    .filter((revision) => !revisions.has(revision))
    .map((revision) => `the log has no revision ${revision}`)
  return {
    lost: revisions.size < meant ? [difference] : [],
    duplicates: revisions.size > meant ? [difference] : [],
    holes,
  }
}

/** What each subscriber held, whenever it had pulled, against what the log says there was at that revision. */
export function compareReplicas(
  following: { subscriber: Pick<Follower['subscriber'], 'reports' | 'holes' | 'revision'> }[],
  changes: Change[],
  there: Task[],
) {
  const truth = new Map<number, string>([[0, new Replica().fingerprint]])
  for (const { revision, fingerprint } of replay(changes)) truth.set(revision, fingerprint)
  const holes: string[] = []
  const last = Math.max(...truth.keys())
  const now = new Replica()
  for (const task of there) now.set(task.id, rowOfTask(task))
  if (truth.get(last) !== now.fingerprint)
    holes.push(`the log ends with ${truth.get(last)}, there is ${now.fingerprint}`)
  let compared = 0
  for (const { subscriber } of following) {
    holes.push(...subscriber.holes)
    if (subscriber.revision < last) holes.push(`a subscriber stays at ${subscriber.revision} of ${last}`)
    for (const { revision, fingerprint } of subscriber.reports) {
      compared++
      if (truth.get(revision) !== fingerprint)
        holes.push(`at ${revision} a subscriber held ${fingerprint}, the log says ${truth.get(revision)}`)
    }
  }
  return { holes, compared }
}

function add(total: Verdict, part: Partial<Verdict>): void {
  for (const key of ['acknowledged', 'tasks', 'found', 'retried', 'compared'] as const)
    total[key] += part[key] ?? 0
  for (const key of ['lost', 'duplicates', 'unexpected', 'holes'] as const)
    total[key].push(...(part[key] ?? []))
}

async function allTasks(client: Ownlist): Promise<Task[]> {
  const tasks: Task[] = []
  let cursor: string | null | undefined
  do {
    const page = await client.tasks.list.query({ limit: 500, ...(cursor && { cursor }) })
    tasks.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return tasks
}
