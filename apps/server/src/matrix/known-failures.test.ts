import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appRouter } from '@ownlist/api'
import { expect } from 'vitest'
import { openRoutes } from '../../../../packages/auth/src/requests.ts'
import { proceduresOf } from '../procedures.fixture.ts'
import { test } from '../server.fixture.ts'
import { payloadsOf, type Loot } from './payloads.fixture.ts'

// What went wrong in the parts that Ownlist stands on and in its nearest peers, each as a test of its own; docs/security.md
// says which advisory is behind it.

const mutations = proceduresOf(appRouter).filter(({ type }) => type === 'mutation')
const own: Loot = {
  ids: ['018f0000-0000-7000-8000-000000000000', '018f0000-0000-7000-8000-000000000001'],
  numbers: [1],
  revisions: [1],
  cursors: [],
  emails: ['ada@example.org'],
  codes: ['ABCDEFGH'],
  words: ['a word'],
  operations: [],
}

test('Vikunja, objects by the id of a child: a comment is its owner’s, whatever task the request names', async ({
  call,
  openSession,
}) => {
  const [ada, eve] = [await openSession(), await openSession('Eve')]
  const make = async (who: typeof ada, path: string, input: object) =>
    String((await call(path, input, who)).body.result?.data['id'])
  const task = await make(ada, 'tasks.create', { title: 'Secret' })
  const comment = await make(ada, 'comments.create', { taskId: task, body: 'Secret' })
  const evesTask = await make(eve, 'tasks.create', { title: 'Mine' })
  const attempts: [path: string, input: object, reason: string | undefined][] = [
    ['comments.get', { id: comment }, 'COMMENT_NOT_FOUND'],
    ['comments.update', { id: comment, body: 'Taken' }, 'COMMENT_NOT_FOUND'],
    // What is not there needs no deleting.
    ['comments.delete', { id: comment }, undefined],
    ['comments.create', { taskId: task, body: 'Here I am' }, 'TASK_NOT_FOUND'],
    ['comments.get', { id: comment, taskId: evesTask }, 'BAD_INPUT'],
    ['comments.update', { id: comment, taskId: evesTask, body: 'Taken' }, 'BAD_INPUT'],
    ['tasks.create', { title: 'Below', parentId: task }, 'PARENT_NOT_FOUND'],
    ['tasks.move', { id: evesTask, parentId: task }, 'PARENT_NOT_FOUND'],
    ['tasks.reorder', { id: evesTask, after: task }, 'TASK_NOT_FOUND'],
    ['history.restore', { entity: 'comments', id: comment }, 'COMMENT_NOT_FOUND'],
  ]
  for (const [path, input, reason] of attempts) {
    const { body, text } = await call(path, input, eve)
    expect([path, body.error?.data.reason]).toEqual([path, reason])
    expect(text).not.toContain('Secret')
  }
  const { body } = await call('comments.list', { taskId: task }, ada)
  expect(body.result?.data['items']).toMatchObject([{ id: comment, body: 'Secret' }])
})

test('Vikunja, an id in the body: bringing another’s id makes a row of one’s own and leaves the other’s', async ({
  call,
  database,
  openSession,
}) => {
  const [ada, eve] = [await openSession(), await openSession('Eve')]
  const made = await call('tasks.create', { title: 'Secret' }, ada)
  const id = String(made.body.result?.data['id'])
  const brought = await call('tasks.create', { id, title: 'Mine' }, eve)
  expect(brought.body.result?.data).toMatchObject({ id, title: 'Mine', number: 1 })
  for (const input of [
    { id, title: 'Taken', userId: ada.userId },
    { id, title: 'Taken', user_id: ada.userId },
  ]) {
    expect((await call('tasks.update', input, eve)).body.error?.data.reason).toBe('BAD_INPUT')
  }
  const rows = await database.query(
    `select user_id as "userId", title from tasks where id = $1 order by title`,
    [id],
  )
  expect(rows).toEqual([
    { userId: eve.userId, title: 'Mine' },
    { userId: ada.userId, title: 'Secret' },
  ])
})

test('Vikunja, mass assignment: no mutation and no route of identity takes a field that it does not name', async ({
  call,
  openSession,
  request,
}) => {
  const eve = await openSession('Eve')
  const fields = {
    userId: eve.userId,
    user_id: eve.userId,
    number: 7,
    createdAt: '2020-01-01T00:00:00Z',
    isActive: true,
    isVerified: true,
    emailVerified: true,
    role: 'admin',
    scopes: ['account'],
    eraseAfter: null,
    tokenHash: 'a'.repeat(64),
    passwordHash: '$argon2id$x',
  }
  for (const { path, inputs } of mutations) {
    const [payload] = inputs[0] ? payloadsOf(inputs[0], own) : []
    for (const [name, value] of Object.entries(fields)) {
      // The one field that somebody else's mutation names: what it takes is a closed list.
      if (path === 'account.createToken' && name === 'scopes') continue
      const { body } = await call(path, { ...(payload?.input as object), [name]: value }, eve)
      expect([path, name, body.error?.data.reason]).toEqual([path, name, 'BAD_INPUT'])
    }
  }
  for (const scopes of [
    [],
    ['admin'],
    ['read', 'admin'],
    'account',
    null,
    { 0: 'account' },
    ['read', ['account']],
  ]) {
    const { body } = await call('account.createToken', { name: 'x', scopes }, eve)
    expect([scopes, body.error?.data.reason]).toEqual([scopes, 'BAD_INPUT'])
  }
  for (const [route, { input, oidc }] of openRoutes) {
    const [payload] = payloadsOf(input, own)
    for (const [name, value] of Object.entries(fields)) {
      const answer = await request(`/api/auth/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...(payload?.input as object), [name]: value }),
      })
      // This server has no providers, so those routes are not there; their input is as strict.
      expect([route, name, answer.status]).toEqual([route, name, oidc ? 404 : 400])
      expect(input.safeParse({ ...(payload?.input as object), [name]: value }).success).toBe(false)
    }
  }
})

test('Vikunja, rights by path without the method: nothing is changed by another method or another spelling', async ({
  database,
  openSession,
  request,
}) => {
  const eve = await openSession('Eve')
  const input = JSON.stringify({ title: 'By another way' })
  const query = `?input=${encodeURIComponent(input)}`
  const json = { authorization: eve.authorization, 'content-type': 'application/json' }
  for (const method of ['GET', 'HEAD']) {
    for (const path of [
      'tasks.create',
      'tasks.create/',
      'tasks%2ecreate',
      '/tasks.create',
      './tasks.create',
      'tasks.list/../tasks.create',
      'tasks.list%2f..%2ftasks.create',
      'tasks.list,tasks.create',
      'TASKS.CREATE',
      'tasks.create;.list',
      'tasks.create%00',
    ]) {
      for (const headers of [json, { ...json, 'x-http-method-override': 'POST' }]) {
        const { status } = await request(`/api/trpc/${path}${query}`, { method, headers })
        // How it is refused depends on the spelling; that it is does not. HEAD has an answer without doing anything.
        const refused = (status >= 400 && status < 500) || method === 'HEAD'
        expect([path, method, refused]).toEqual([path, method, true])
      }
    }
  }
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const { status } = await request('/api/trpc/tasks.create', { method, headers: json, body: input })
    expect([method, status >= 400 && status < 500]).toEqual([method, true])
  }
  expect(await database.query('select title from tasks where user_id = $1', [eve.userId])).toEqual([])
})

test('Kysely, CVE-2026-44635 and its kin: nothing that is not written in the code becomes part of a statement', () => {
  const root = join(import.meta.dirname, '../../../..')
  const sources = globSync('{packages,apps}/*/src/**/*.ts', { cwd: root }).filter(
    (path) => !/\.(test|fixture)\.ts$/.test(path),
  )
  expect(sources.length).toBeGreaterThan(80)
  const found = sources.flatMap((path) =>
    raw(readFileSync(join(root, path), 'utf8')).map((what) => `${path.replaceAll('\\', '/')}: ${what}`),
  )
  // Both write the text of migration files and names of databases, which come from no request.
  expect(found.filter((line) => !/^packages\/db\/src\/(migrate|cli)\.ts: /.test(line))).toEqual([])
  const tag = 'sql'
  const mistakes: [source: string, found: string[]][] = [
    [`sql\`select \${${tag}.raw(input.sort)}\``, ['sql.raw']],
    [`${tag} . lit (input)`, ['sql.lit']],
    ['eb.lit(input.limit)', ['.lit(']],
    [`eb.ref('filter', '->$').key(input.key)`, ['a JSON path']],
    [`eb.ref("filter", '->').at(input.at)`, ['a JSON path']],
    ['CompiledQuery.raw(`select ${input}`)', ['CompiledQuery.raw of a template']],
    [`CompiledQuery.raw('select ' + input)`, ['CompiledQuery.raw of a sum']],
    ['sql`select ${input}`', []],
    ['CompiledQuery.raw(findSession, [hash])', []],
  ]
  for (const [source, wanted] of mistakes) expect([source, raw(source)]).toEqual([source, wanted])
})

/** Every way in which Kysely takes text for a statement instead of a value for it. */
function raw(source: string): string[] {
  const ways: [what: string, pattern: RegExp][] = [
    ['sql.raw', /\bsql\s*\.\s*raw\s*[<(]/],
    ['sql.lit', /\bsql\s*\.\s*(lit|literal)\s*[<(]/],
    ['.lit(', /\b(?!sql\b)\w+\.lit\(/],
    ['a JSON path', /\.ref\([^)]*['"`]->/],
    ['CompiledQuery.raw of a template', /CompiledQuery\s*\.\s*raw\(\s*`[^`]*\$\{/],
    ['CompiledQuery.raw of a sum', /CompiledQuery\s*\.\s*raw\([^),]*\+/],
  ]
  return ways.flatMap(([what, pattern]) => (pattern.test(source) ? [what] : []))
}
