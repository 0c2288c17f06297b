import { asUser } from '@ownlist/db'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { expect } from 'vitest'
import { now, readTable, record, test, textOf, type Document } from '../export.fixture.ts'
import { exportAccount } from './export.ts'

const awkward = [
  'Milk, eggs, "bread"',
  '=HYPERLINK("https://example.org/?"&A1)',
  '+1',
  '-1 is a number',
  '@SUM(A1)',
  '＝１＋１',
  "'quoted",
  "''twice",
  '"',
  ',',
  'héllo 👩‍👩‍👧 🇫🇷 ❤️',
  '\u2028 line \u0085 separators',
  'null',
  '\u{1F600}',
]
const descriptions = [
  null,
  '',
  'two\nlines',
  'two\r\nlines, "quoted"\r',
  '\ttab',
  '\n=1+1',
  '\r',
  'a\\b',
  'é'.repeat(1000),
]

test('the zip holds every task to the last field, in JSON and in a table', async ({
  signUp,
  unzipped,
  database,
}) => {
  const [ada, eve] = [await signUp({ timeZone: 'Europe/Paris' }), await signUp()]
  await eve.tasks.create({ title: 'Not Ada’s' })
  for (const [at, title] of awkward.entries()) {
    await ada.tasks.create({
      title,
      description: descriptions[at % descriptions.length] ?? null,
      due:
        [null, { date: '0001-01-01' }, { dateTime: '9999-12-31T23:59:59.999999Z', timeZone: 'Europe/Paris' }][
          at % 3
        ] ?? null,
      priority: ([null, 'low', 'high'] as const)[at % 3] ?? null,
      status: (['pending', 'in_progress', 'completed'] as const)[at % 3] ?? 'pending',
    })
  }
  const { names, document, table, text } = await unzipped(ada)
  expect(names).toEqual([
    'README.txt',
    'account.json',
    'tasks.csv',
    'lists.csv',
    'tags.csv',
    'views.csv',
    'comments.csv',
    'history.csv',
  ])
  const { eraseAfter, id, email, name } = ada.user
  expect(document).toMatchObject({
    format: 'ownlist-account',
    version: 1,
    exportedAt: '2026-11-21T09:00:00.000Z',
    tasksAsOf: null,
    revision: awkward.length,
    account: { id, email, name, eraseAfter, isVerified: false, signIns: record.signIns },
    preferences: { timeZone: 'Europe/Paris', weekStart: 1, locale: 'en' },
  })

  // What the interface gives and what PostgreSQL has are the same as what is in the files.
  const { items } = await ada.tasks.list({ limit: 500 })
  expect(document.tasks).toEqual(items.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
  const stored = await database.query<{ title: string; description: string | null }>(
    'select title, description from tasks where user_id = $1 order by id',
    [id],
  )
  const tasks = table('tasks.csv')
  expect(tasks.map(({ title, description }) => ({ title, description }))).toEqual(stored)
  expect(
    tasks.map(({ dueDate, dueDateTime, dueTimeZone, number, revision, ...row }) => ({
      ...withoutColumns(row, /^(tagIds|recurrence|series)/),
      tagIds: row['tagIds']?.split(' ') ?? [],
      recurrence: row['recurrenceRule']
        ? { rule: row['recurrenceRule'], basis: row['recurrenceBasis'] }
        : null,
      series: row['seriesId']
        ? {
            id: row['seriesId'],
            start: row['seriesStart'],
            occurrence: row['seriesOccurrence'],
            number: Number(row['seriesNumber']),
          }
        : null,
      number: Number(number),
      revision: Number(revision),
      completed: row['status'] === 'completed',
      due: dueDate
        ? { date: dueDate }
        : dueDateTime
          ? { dateTime: dueDateTime, timeZone: dueTimeZone }
          : null,
    })),
  ).toEqual(document.tasks)

  // No cell of a spreadsheet would be taken for a formula.
  const cells = parse(text('tasks.csv'), { bom: true, columns: false, record_delimiter: '\r\n' }).flat()
  expect(cells.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([])
  expect(text('account.json')).not.toContain('Not Ada’s')
  expect(text('README.txt')).toContain('exported at 2026-11-21T09:00:00.000Z')
})

function withoutColumns(row: Record<string, string | null>, names: RegExp) {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.test(name)))
}

test('the whole history is in it, with every field before and after', async ({ signUp, unzipped }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Milk', due: { date: '2026-11-22' } })
  await ada.tasks.update({
    id,
    title: 'Oat milk',
    due: { dateTime: '2026-11-22T08:00:00Z', timeZone: 'UTC' },
  })
  await ada.tasks.update({ id, description: '' })
  await ada.tasks.delete({ id })
  const { document, table } = await unzipped(ada)
  expect(document.tasks).toEqual([])
  expect(document.history).toMatchObject([
    {
      revision: 1,
      actor: 'session',
      client: 'tests',
      changes: [{ id, kind: 'created', before: null, after: { title: 'Milk' } }],
    },
    {
      revision: 2,
      changes: [{ before: { title: 'Milk', due: { date: '2026-11-22' } }, after: { title: 'Oat milk' } }],
    },
    { revision: 3, changes: [{ before: { description: null }, after: { description: '' } }] },
    { revision: 4, changes: [{ kind: 'deleted', before: { title: 'Oat milk', number: 1 }, after: null }] },
  ])
  // As history.list tells it.
  const { items } = await ada.history.list({ limit: 100 })
  const told = items.toReversed().map(({ revision, changes }) => ({
    revision,
    changes: changes.map(({ id: of, before, after }) => ({ id: of, before, after })),
  }))
  expect(
    document.history.map(({ revision, changes }) => ({
      revision,
      changes: changes.map(({ id: of, before, after }) => ({ id: of, before, after })),
    })),
  ).toEqual(told)
  const lines = table('history.csv')
  expect(lines.map(({ revision, kind }) => `${revision} ${kind}`)).toEqual([
    '1 created',
    '2 updated',
    '3 updated',
    '4 deleted',
  ])
  expect(
    lines.map(({ before, after }) => [before, after].map((json) => json && (JSON.parse(json) as unknown))),
  ).toEqual(document.history.flatMap(({ changes }) => changes.map(({ before, after }) => [before, after])))
})

test('ten thousand tasks, a revision of thousands and revisions without any change', async ({
  signUp,
  unzipped,
  database,
}) => {
  const ada = await signUp()
  await database.query(
    `insert into tasks (user_id, title, description)
     select $1, 'Task "' || n || '", 😀', 'line ' || n || chr(10) || 'next' from generate_series(1, 10000) n`,
    [ada.user.id],
  )
  for (let nth = 0; nth < 3; nth++) {
    await database.query(
      `do $$ begin
         insert into tasks (user_id, id, title) values ('${ada.user.id}', '00000000-0000-4000-8000-000000000001', 'x');
         delete from tasks where user_id = '${ada.user.id}' and id = '00000000-0000-4000-8000-000000000001';
       end $$`,
    )
  }
  await database.query('update tasks set priority = null where user_id = $1 and number <= 1200', [
    ada.user.id,
  ])
  const { document, table } = await unzipped(ada)
  const stored = await database.query<{ id: string; title: string; description: string }>(
    'select id, title, description from tasks where user_id = $1 order by id',
    [ada.user.id],
  )
  expect(document.tasks.map(({ id, title, description }) => ({ id, title, description }))).toEqual(stored)
  expect(table('tasks.csv').map(({ id, title, description }) => ({ id, title, description }))).toEqual(stored)
  expect(document.history.map(({ revision, changes }) => [revision, changes.length])).toEqual([
    [1, 10_000],
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 1_200],
  ])
  expect(new Set(document.history.at(-1)?.changes.map(({ id }) => id)).size).toBe(1_200)
  expect(table('history.csv')).toHaveLength(11_203)
})

test('an empty account has an export, too', async ({ signUp, unzipped }) => {
  const { document, table, text } = await unzipped(await signUp())
  expect(document).toMatchObject({ tasks: [], history: [], operations: [], revision: 0 })
  expect(table('tasks.csv')).toEqual([])
  expect(text('tasks.csv')).toMatch(/^\uFEFFnumber,title,[\w,]+\r\n$/)
})

test('all of it is of one moment, whatever is written meanwhile', async ({
  signUp,
  connection,
  database,
}) => {
  const ada = await signUp()
  // More than fits into the buffers on the way, and what compression makes only four times smaller: most is read
  // later. Of four letters, since every three of them are entered for the search.
  await database.query(
    `insert into tasks (user_id, title, description)
     select $1, 'Before', (select translate(string_agg(md5(random()::text || n || m), ''), '0123456789abcdef', 'abcdabcdabcdabcd') from generate_series(1, 30) m)
     from generate_series(1, 3000) n`,
    [ada.user.id],
  )
  const chunks: Uint8Array[] = []
  const exporting = exportAccount(asUser(connection, ada.user.id), { now, record, user: ada.user })
  const first = await exporting.next()
  if (first.value) chunks.push(first.value)
  await database.query(`update tasks set title = 'After' where user_id = $1`, [ada.user.id])
  await ada.tasks.create({ title: 'After' })
  for await (const chunk of exporting) chunks.push(chunk)
  const files = unzipSync(Buffer.concat(chunks))
  const document = JSON.parse(textOf(files['account.json'])) as Document
  expect(document).toMatchObject({ revision: 1 })
  expect(new Set(document.tasks.map(({ title }) => title))).toEqual(new Set(['Before']))
  expect(document.history.map(({ revision }) => revision)).toEqual([1])
  const table = readTable(textOf(files['tasks.csv']))
  expect(new Set(table.map(({ title }) => title))).toEqual(new Set(['Before']))
  expect(table).toHaveLength(3_000)
})

test('with a moment it has the tasks as they were then', async ({ signUp, unzipped, database }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Before', due: { date: '2026-11-22' } })
  await database.query(`update revisions set made_at = now() - interval '2 hours' where user_id = $1`, [
    ada.user.id,
  ])
  const [moment] = await database.query<{ at: string }>(
    `select to_char((now() - interval '1 hour') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
  )
  await ada.tasks.update({ id, title: 'After' })
  await ada.tasks.create({ title: 'Later' })
  const { document, table, text } = await unzipped(ada, moment?.at)
  expect(document).toMatchObject({
    tasksAsOf: moment?.at,
    tasks: [{ id, title: 'Before', due: { date: '2026-11-22' } }],
  })
  expect(document.history).toHaveLength(3)
  expect(table('tasks.csv')).toMatchObject([{ title: 'Before', dueDate: '2026-11-22' }])
  expect(text('README.txt')).toContain(`as they were at ${moment?.at}`)

  await database.query('delete from revisions where user_id = $1 and revision < 3', [ada.user.id])
  await expect(unzipped(ada, moment?.at)).rejects.toMatchObject({ reason: 'HISTORY_TOO_OLD' })
})

test('who stops reading keeps no connection', async ({ signUp, connection, database }) => {
  const ada = await signUp()
  await database.query(
    `insert into tasks (user_id, title) select $1, md5(n::text) || md5((n + 1)::text) from generate_series(1, 5000) n`,
    [ada.user.id],
  )
  for (let nth = 0; nth < 10; nth++) {
    for await (const chunk of exportAccount(asUser(connection, ada.user.id), {
      now,
      record,
      user: ada.user,
    })) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
  }
  expect(connection.usage()).toMatchObject({ waiting: 0 })
  await ada.tasks.create({ title: 'There is a connection for this' })
  const open = await database.query(
    `select from pg_stat_activity where datname = current_database() and state like 'idle in%'`,
  )
  expect(open).toEqual([])
})
