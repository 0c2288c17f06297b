import { randomUUID } from 'node:crypto'
import type { Owner } from '../../../../packages/db/src/owner.fixture.ts'
import { plantIdentity } from './identity-rows.fixture.ts'
import type { Loot } from './payloads.fixture.ts'
import { addPerson, type Person } from './people.fixture.ts'
import { newCanary } from './scan.fixture.ts'

export interface Victim extends Person {
  canaries: string[]
  loot: Loot
}

type Answer = Record<string, unknown> & { id: string; revision: number }

/**
 * Somebody with something to lose: each text of theirs is a canary that exists nowhere else. They make everything by the
 * server's own procedures, each under an operation id, so that log, search and sync have their part of it.
 */
export async function plantVictim(owner: Owner, url: string, at = 0): Promise<Victim> {
  const canaries: string[] = []
  const canary = () => {
    const word = newCanary()
    canaries.push(word)
    return word
  }
  const email = `${canary()}@example.org`
  const person = await addPerson(owner, { name: canary(), email, agent: canary() })
  const { userId } = person
  // Numbers and revisions that nobody else reaches, so that they can be told from an attacker's own.
  const numbersFrom = 40_017_000 + at * 1_000
  const revisionsFrom = 50_023_000 + at * 1_000
  await owner.rows(
    `insert into user_clocks (user_id, revision, last_number, xact, xact_at)
     values ($1, $2, $3, pg_current_xact_id(), now() - interval '1 minute')`,
    [userId, revisionsFrom, numbersFrom],
  )

  const operations: Loot['operations'] = []
  async function call(path: string, input: Record<string, unknown>, kept = true): Promise<Answer> {
    const opId = randomUUID()
    if (kept) operations.push({ path, input, opId })
    const response = await fetch(new URL(`/api/trpc/${path}`, url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: person.authorization,
        'ownlist-client': canaries[0]?.slice(0, 60) ?? '',
      },
      body: JSON.stringify(kept ? { ...input, opId } : input),
    })
    const answer = (await response.json()) as { result?: { data: Answer } }
    if (!answer.result) throw new Error(`the victim's ${path} failed: ${JSON.stringify(answer)}`)
    return answer.result.data
  }

  const list = await call('lists.create', { name: canary(), icon: canary().slice(0, 32) })
  const tag = await call('tags.create', { name: canary() })
  const view = await call('views.create', { name: canary(), filter: { q: canary() } })
  const task = await call('tasks.create', {
    title: canary(),
    description: canary(),
    due: { date: '2026-11-21' },
    listId: list.id,
    tagIds: [tag.id],
    recurrence: { rule: 'FREQ=DAILY' },
  })
  const subtask = await call('tasks.create', { title: canary(), parentId: task.id })
  const comment = await call('comments.create', { taskId: task.id, body: canary() })
  const gone = await call('tasks.create', { title: canary() })
  await call('tasks.delete', { id: gone.id })
  const last = await call('tasks.update', { id: subtask.id, description: canary() })
  await plantIdentity(owner, person, canary)
  const shown = await owner.rows<{ code: string }>(
    'select user_code as code from device_codes where user_id = $1',
    [userId],
  )

  const cursors: string[] = []
  for (const sort of ['created_at', 'title', 'priority', 'due_date', 'position', 'number', 'updated_at'])
    cursors.push(String((await call('tasks.list', { sort, limit: 1 }, false))['nextCursor']))
  for (const input of [{ limit: 1 }, { since: revisionsFrom + 1, limit: 1 }])
    cursors.push(String((await call('sync.pull', input, false))['cursor']))
  cursors.push(String((await call('history.list', { limit: 1 }, false))['nextCursor']))

  return {
    ...person,
    canaries,
    loot: {
      ids: [
        ...[task, subtask, gone, list, tag, view, comment].map(({ id }) => id),
        (task['series'] as { id: string }).id,
        person.sessionId,
        userId,
      ],
      numbers: [Number(task['number'])],
      revisions: [task.revision, last.revision],
      cursors,
      emails: [email],
      codes: shown.map(({ code }) => code),
      words: ['canary', canaries[1]?.slice(0, 14) ?? ''],
      operations,
    },
  }
}
