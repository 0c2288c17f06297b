import { appRouter } from '@ownlist/api'
import { createAuth } from '@ownlist/auth'
import { connect } from '@ownlist/db'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { createApp } from './app.ts'
import { proceduresOf } from './procedures.fixture.ts'
import { listen } from './listen.ts'
import { firstEventOf, nobodyListens } from './live.fixture.ts'
import { withoutLimits } from './no-limits.fixture.ts'
import { password, secret, test as base } from './server.fixture.ts'

/** What each procedure is asked, and how many statements it may take beside the check of the session. */
const questions: Record<string, [input: (ids: string[], email: string) => unknown, statements: number]> = {
  'account.me': [() => ({}), 0],
  'account.sessions': [() => ({}), 1],
  'account.update': [() => ({ name: 'Ada' }), 1],
  'account.revokeSession': [() => ({ others: true }), 2],
  'account.security': [() => ({}), 1],
  'account.events': [() => ({}), 1],
  'account.tokens': [() => ({}), 1],
  // The password, the user's row that is held, and the token.
  'account.createToken': [() => ({ name: 'cli', scopes: ['read'], password }), 4],
  'account.revokeToken': [([id]) => ({ id }), 2],
  'account.erase': [(_ids, confirm) => ({ confirm, password }), 4],
  'account.keep': [() => ({}), 2],
  'comments.list': [([id]) => ({ taskId: id }), 1],
  'comments.get': [([id]) => ({ id }), 1],
  'comments.create': [([id]) => ({ taskId: id, body: 'Well.' }), 1 + 1],
  'comments.update': [([id]) => ({ id, body: 'Well!' }), 1 + 1],
  'comments.delete': [([id]) => ({ id }), 1 + 1],
  'history.list': [() => ({ limit: 200 }), 2],
  'history.get': [() => ({ revision: 1 }), 2],
  // Holding the clock, what the revision did, announcing the undo, how to plan, conflicts, a deletion, what is left,
  // and the revision that it became.
  'history.undo': [() => ({ revision: 1 }), 8 + 1],
  // The task is there: beside the clock and the log it is only looked for.
  'history.restore': [([id]) => ({ entity: 'tasks', id }), 3 + 1],
  'history.asOf': [() => ({ at: '2100-01-01T00:00:00Z', limit: 500 }), 2],
  // The lists with their counts.
  'lists.list': [() => ({}), 1],
  'lists.get': [([id]) => ({ id }), 1],
  // Holding the clock, the order, and the list.
  'lists.create': [() => ({ name: 'One more list' }), 3 + 1],
  'lists.update': [([id]) => ({ id, name: 'Another list' }), 1 + 1],
  'lists.archive': [([id]) => ({ id, archived: true }), 1 + 1],
  'lists.reorder': [([id]) => ({ id, after: null }), 3 + 1],
  // Holding the clock, its tasks, and the list.
  'lists.delete': [([id]) => ({ id, tasks: 'delete' }), 3 + 1],
  'sync.changes': [() => ({}), 1],
  // A statement for each kind of row.
  'sync.pull': [() => ({}), 5],
  // The tags with their counts.
  'tags.list': [() => ({}), 1],
  'tags.get': [([id]) => ({ id }), 1],
  'tags.create': [() => ({ name: 'one-more-tag' }), 1 + 1],
  'tags.update': [([id]) => ({ id, name: 'another-tag' }), 1 + 1],
  'tags.delete': [([id]) => ({ id }), 1 + 1],
  // The page, its total, what is above it, and how far what is below has come.
  'tasks.list': [() => ({ limit: 500, total: true, withAncestors: true, withProgress: true }), 4],
  'tasks.get': [([id]) => ({ id }), 1],
  // Where nothing matches; else it goes on, within bounds: see below.
  'tasks.search': [() => ({ q: 'no such', limit: 100 }), 1],
  'tasks.stats': [() => ({}), 1],
  'tasks.create': [() => ({ title: 'One more task' }), 1 + 1],
  'tasks.update': [([id]) => ({ id, title: 'Another task' }), 1 + 1],
  // What is open below it is counted.
  'tasks.complete': [([id]) => ({ id }), 2 + 1],
  'tasks.reopen': [([id]) => ({ id }), 1 + 1],
  // The task that is held and found, its next, the rule that it gives away, and its subtasks.
  'tasks.detach': [([id]) => ({ id }), 4 + 1],
  'tasks.occurrences': [([id]) => ({ id }), 2],
  'tasks.preview': [() => ({ recurrence: { rule: 'FREQ=DAILY' } }), 0],
  // The task, its subtasks, and itself on another day.
  'tasks.skip': [([id]) => ({ id }), 3 + 1],
  // Holding the clock, the place, and the move.
  'tasks.reorder': [([id]) => ({ id, after: null }), 3 + 1],
  // And what is below goes along.
  'tasks.move': [([id]) => ({ id, listId: null, after: null }), 4 + 1],
  // Holding the clock, what matches, and the change; for some changes what is refused, and what is below.
  'tasks.bulk': [() => ({ filter: {}, change: { addTagIds: [], listId: null } }), 5 + 1],
  'tasks.delete': [([id]) => ({ id }), 1 + 1],
  'views.list': [() => ({}), 1],
  'views.get': [([id]) => ({ id }), 1],
  // Holding the clock, the order, and the view.
  'views.create': [() => ({ name: 'One more view', filter: {} }), 3 + 1],
  'views.update': [([id]) => ({ id, name: 'Another view' }), 1 + 1],
  'views.reorder': [([id]) => ({ id, after: null }), 3 + 1],
  'views.delete': [([id]) => ({ id }), 1 + 1],
}

/** For whom each task has a list, a tag, a view and a comment of the same id. */
const isOrganized = /^(lists|tags|views|comments)\./
const organize = [
  `insert into lists (user_id, id, name, position)
   select user_id, id, 'List ' || id, 'a' || number % 10 || 'V' from tasks where user_id = $1`,
  `insert into tags (user_id, id, name) select user_id, id, 'Tag ' || id from tasks where user_id = $1`,
  `insert into views (user_id, id, name, filter, position)
   select user_id, id, 'View ' || id, '{}', 'a' || number % 10 || 'V' from tasks where user_id = $1`,
  `insert into comments (user_id, id, task_id, body) select user_id, id, id, 'x' from tasks where user_id = $1`,
  `update tasks set list_id = id, tag_ids = array[id] where user_id = $1`,
]

/** What is asked of tasks that come again. */
const forRecurring = new Set(['tasks.detach', 'tasks.occurrences', 'tasks.skip'])

const makeRecurring = `
  update tasks set due_date = '2026-11-21Z', due_all_day = true, recurrence = 'FREQ=DAILY', recurrence_basis = 'due',
    series_id = id, series_start = '2026-11-21', occurrence = '2026-11-21', occurrence_number = 1
  where user_id = $1 and parent_id is null`

/** A token for each task, of the same id. */
const makeTokens = `
  insert into api_tokens (id, user_id, name, token_hash, last_four, scopes, expires_at)
  select id, user_id, 'x', encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 'abcd', '{read}', now() + interval '1 day'
  from tasks where user_id = $1`

const subscriptions = new Set(
  proceduresOf(appRouter).flatMap(({ path, type }) => (type === 'subscription' ? [path] : [])),
)

const test = base.extend('ask', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  let sent: string[] = []
  const watched = await connect({ url: database.url, max: 3, onStatement: (text) => sent.push(text) })
  const baseUrl = 'http://localhost'
  const auth = createAuth({ database: watched, secret, baseUrl })
  const app = createApp({
    database: watched,
    auth,
    live: nobodyListens,
    baseUrl,
    limits: withoutLimits,
    isReady: () => Promise.resolve(true),
    webDir: undefined,
    onUnexpected: (error) => {
      throw error
    },
  })
  const server = await listen({ HOST: '127.0.0.1', PORT: 0 })
  onCleanup(async () => {
    await server.drain()
    await watched.end()
  })
  server.answer((request, bindings) => app.fetch(request, bindings))

  /** One request over HTTP, and every statement that it sends to PostgreSQL. */
  return async (path: string, input: unknown, authorization: string) => {
    sent = []
    const url = new URL(`/api/trpc/${path}`, server.url)
    const response = subscriptions.has(path)
      ? await fetch(url, { headers: { authorization } })
      : await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization },
          body: JSON.stringify(input),
        })
    expect(response.status, path).toBe(200)
    if (subscriptions.has(path)) return { statements: sent, data: await firstEventOf(response) }
    const { result } = (await response.json()) as { result: { data: unknown } }
    return { statements: sent, data: result.data }
  }
})

test('every procedure has a number of statements', () => {
  expect(Object.keys(questions).toSorted()).toEqual(
    proceduresOf(appRouter)
      .map(({ path }) => path)
      .toSorted(),
  )
})

test.for(Object.entries(questions))(
  '%s sends the same statements for one task as for three hundred, and names every column',
  async ([path, [input, most]], { database, openSession, ask }) => {
    const runs: string[][] = []
    for (const count of [1, 300]) {
      const { authorization, userId, email } = await openSession()
      const ids = Array.from({ length: count }, () => randomUUID())
      await database.query(
        `insert into tasks (user_id, id, title) select $1, id, 'Task ' || id from unnest($2::uuid[]) id`,
        [userId, ids],
      )
      if (isOrganized.test(path)) for (const text of organize) await database.query(text, [userId])
      if (path === 'account.revokeToken') await database.query(makeTokens, [userId])
      if (forRecurring.has(path)) await database.query(makeRecurring, [userId])
      const { statements, data } = await ask(path, input(ids, email), authorization)
      // Statements for many rows may be marked as such, to be planned by themselves.
      runs.push(statements.map((text) => text.replace('/* many */', '')))
      if (path === 'tasks.list') expect(data).toMatchObject({ total: count })
    }
    const [one = [], many] = runs
    expect(many).toEqual(one)
    // The session and its user are one statement, whatever is asked.
    expect(one[0]).toContain('from sessions s join users u')
    expect(one).toHaveLength(1 + most)
    for (const text of one) expect(text.replaceAll('count(*)', ''), text).not.toContain('*')
  },
)

test('a search sends twelve statements at most, however much matches', async ({
  database,
  openSession,
  ask,
}) => {
  for (const count of [1, 30, 1_500]) {
    const { authorization, userId } = await openSession()
    await database.query(
      `insert into tasks (user_id, title, description) select $1, 'A task ' || n, 'task' from generate_series(1, $2) n`,
      [userId, count],
    )
    const { statements, data } = await ask('tasks.search', { q: 'task', limit: 100 }, authorization)
    expect((data as { items: unknown[] }).items).toHaveLength(Math.min(count, 100))
    expect(statements.length).toBeLessThanOrEqual(1 + 12)
  }
})

test('completing what comes again sends the same statements for one as for three hundred', async ({
  database,
  openSession,
  ask,
}) => {
  const runs: string[][] = []
  for (const count of [1, 300]) {
    const { authorization, userId } = await openSession()
    const ids = Array.from({ length: count }, () => randomUUID())
    await database.query(
      `insert into tasks (user_id, id, title) select $1, id, 'Task' from unnest($2::uuid[]) id`,
      [userId, ids],
    )
    await database.query(
      `insert into tasks (user_id, title, parent_id) select $1, 'Subtask', id from unnest($2::uuid[]) id`,
      [userId, ids],
    )
    await database.query(makeRecurring, [userId])
    const { statements } = await ask('tasks.bulk', { ids, change: { completed: true } }, authorization)
    runs.push(statements)
    const [made] = await database.query('select count(*)::int from tasks where user_id = $1', [userId])
    expect(made).toEqual({ count: 4 * count })
  }
  const [one = [], many] = runs
  expect(many).toEqual(one)
  // The session; the bulk change, what of it comes again, the next ones, the rules given away, the subtasks and their
  // copies; the revision.
  expect(one).toHaveLength(1 + 6 + 1)
})

test('a list reads what it shows, and no column beside', async ({ openSession, ask }) => {
  const { authorization } = await openSession()
  await ask('tasks.create', { title: 'Buy milk', due: { date: '2026-11-21' } }, authorization)
  const { statements, data } = await ask('tasks.list', {}, authorization)
  const [, read = ''] = /^select (.*) from "tasks"/.exec(statements.at(-1) ?? '') ?? []
  const [task = {}] = (data as { items: object[] }).items
  const shown = Object.keys(task).flatMap((field) => columnsOf[field] ?? [snake(field)])
  expect(read.replaceAll('"', '').split(', ').toSorted()).toEqual(shown.toSorted())
})

/** Fields that several columns hold. */
const columnsOf: Record<string, string[]> = {
  due: ['due_date', 'due_all_day', 'due_time_zone'],
  recurrence: ['recurrence', 'recurrence_basis'],
  series: ['series_id', 'series_start', 'occurrence', 'occurrence_number'],
}

function snake(field: string) {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
