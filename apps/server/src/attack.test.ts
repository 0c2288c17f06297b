import { AppError, appRouter, asAppError, type Context } from '@ownlist/api'
import { createAuth } from '@ownlist/auth'
import { connect } from '@ownlist/db'
import { initTRPC, type AnyTRPCRouter } from '@trpc/server'
import { expect } from 'vitest'
import { z } from 'zod'
import { attack, inputsOf, newCanary, proceduresOf, type Loot, type Transport } from './attack.fixture.ts'
import { firstEventOf, nobodyListens } from './live.fixture.ts'
import { secret, test as base } from './server.fixture.ts'

interface Attacker {
  userId: string
  sessionId: string
  authorization: string
}

const t = initTRPC.context<Context>().create()

const test = base
  .extend('connection', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const connection = await connect({ url: database.url, max: 6 })
    onCleanup(() => connection.end())
    return connection
  })
  // Somebody with something to lose: each text of theirs is a canary that exists nowhere else.
  .extend('victim', async ({ database, openSession, call }) => {
    const canaries = Array.from({ length: 25 }, newCanary)
    const [name = '', zone = '', ...texts] = canaries.slice(0, 20)
    const [list, tag, view, query, comment] = canaries.slice(20)
    const victim = await openSession(name)
    await database.query('update users set image = $2 where id = $1', [victim.userId, zone])
    await database.query(
      `insert into tasks (user_id, number, title, description, status, priority, position, due_date, due_all_day)
       select $1, 4000 + n, 'secret ' || texts[n * 3 - 2], 'secret ' || texts[n * 3 - 1], (array['pending', 'in_progress', 'completed'])[1 + n % 3],
         (array['low', 'medium', 'high'])[1 + n % 3], 'a0' || texts[n * 3], '2026-11-21Z', true
       from (select $2::text[] as texts) x, generate_series(1, 6) n`,
      [victim.userId, texts],
    )
    const tasks = await database.query<{ id: string; number: number }>(
      'select id, number from tasks where user_id = $1 order by number',
      [victim.userId],
    )
    const organized = await database.query<{ id: string }>(
      `with l as (insert into lists (user_id, name) values ($1, 'secret ' || $2::text) returning id),
         g as (insert into tags (user_id, name) values ($1, 'secret ' || $3::text) returning id),
         v as (insert into views (user_id, name, filter)
           values ($1, 'secret ' || $4::text, jsonb_build_object('q', $5::text)) returning id),
         c as (insert into comments (user_id, task_id, body)
           select $1, id, 'secret ' || $6::text from tasks where user_id = $1 order by number limit 1 returning id)
       select id from l union all select id from g union all select id from v union all select id from c`,
      [victim.userId, list, tag, view, query, comment],
    )
    await database.query(
      `update tasks t set list_id = l.id, tag_ids = array[g.id] from lists l, tags g
       where t.user_id = $1 and l.user_id = $1 and g.user_id = $1`,
      [victim.userId],
    )
    const cursors = []
    for (const sort of ['created_at', 'number', 'title', 'position', 'priority', 'due_date', 'updated_at']) {
      const { body } = await call('tasks.list', { sort, limit: 1 }, { authorization: victim.authorization })
      cursors.push(String(body.result?.data['nextCursor']))
    }
    for (const input of [{ limit: 1 }, { since: 0, limit: 1 }]) {
      const { body } = await call('sync.pull', input, { authorization: victim.authorization })
      cursors.push(String(body.result?.data['cursor']))
    }
    const loot: Loot = {
      ids: [
        ...tasks.slice(0, 1).map(({ id }) => id),
        ...organized.map(({ id }) => id),
        victim.sessionId,
        victim.userId,
      ],
      numbers: tasks.slice(0, 2).map(({ number }) => number),
      cursors,
      words: ['secret', 'canary', name.slice(0, 8)],
    }
    return { victimId: victim.userId, canaries, loot }
  })
  .extend('inProcess', ({ connection }) => {
    const { accounts, check } = createAuth({ database: connection, secret, baseUrl: 'http://localhost' })
    /** Within the process, through the given router. */
    return (router: AnyTRPCRouter): Transport<Attacker> => ({
      name: 'caller',
      async ask(attacker, { path }, input) {
        const headers = new Headers(attacker ? { authorization: attacker.authorization } : {})
        const context: Context = {
          database: connection,
          accounts,
          signedIn: await check(headers),
          client: undefined,
          live: nobodyListens,
          requestId: 'request',
          now: () => new Date('2026-11-21T12:00:00Z'),
          onUnexpected: () => {},
        }
        let procedure: unknown = t.createCallerFactory(router)(context)
        for (const part of path.split('.')) procedure = (procedure as Record<string, unknown>)[part]
        try {
          const answer = await (procedure as (input: unknown) => Promise<unknown>)(input)
          if (!isAsyncIterable(answer)) return JSON.stringify(answer) ?? ''
          for await (const event of answer) return JSON.stringify(event)
          return 'nothing'
        } catch (error) {
          const { reason, message, issues, current } = asAppError(error)
          return JSON.stringify({ reason, message, issues, current })
        }
      },
    })
  })
  .extend('http', ({ server }) => {
    return (method: 'GET' | 'POST', credentials: 'token' | 'cookie'): Transport<Attacker> => ({
      name: `${method} with ${credentials}`,
      ask(attacker, { path, type }, input) {
        if (method === (type === 'query' ? undefined : type === 'mutation' ? 'GET' : 'POST')) return undefined
        const signed = attacker?.authorization.slice('Bearer '.length) ?? 'forged.signature'
        const headers: Record<string, string> =
          credentials === 'cookie'
            ? { cookie: `ownlist.session_token=${encodeURIComponent(signed)}` }
            : attacker
              ? { authorization: attacker.authorization }
              : {}
        const url = new URL(`/api/trpc/${path}`, server.url)
        if (method === 'GET') {
          url.searchParams.set('input', JSON.stringify(input))
          return fetch(url, { headers }).then(answerOf)
        }
        const body = JSON.stringify(input)
        return fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        }).then(answerOf)
      },
    })
  })

async function answerOf(response: Response): Promise<string> {
  const varying = new Set(['date', 'x-request-id', 'content-length'])
  const headers = [...response.headers].filter(([name]) => !varying.has(name)).map((pair) => pair.join(': '))
  const streamed = response.headers.get('content-type') === 'text/event-stream'
  const text = streamed ? JSON.stringify(await firstEventOf(response)) : await response.text()
  return [response.status, ...headers, text].join('\n')
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

test('no procedure shows or changes anything of another user, in the process and over HTTP', async ({
  database,
  victim,
  openSession,
  inProcess,
  http,
}) => {
  const report = await attack({
    ...victim,
    procedures: proceduresOf(appRouter),
    database,
    transports: [inProcess(appRouter), http('POST', 'token'), http('GET', 'cookie')],
    newAttacker: () => openSession('attacker'),
  })
  const { findings, ...figures } = report
  process.stdout.write(
    `attack: ${figures.procedures} procedures, ${figures.attempts} attempts, ${figures.bytes} bytes scanned, ${findings.length} findings\n`,
  )
  expect(findings).toEqual([])
  expect(figures.attempts).toBeGreaterThan(figures.procedures * 20)
  // The canaries are where they were: a scan that finds none means something.
  const [row] = await database.query('select title from tasks where user_id = $1 and title like $2', [
    victim.victimId,
    `%${victim.canaries[2]}%`,
  ])
  expect(row).toBeDefined()
}, 300_000)

test('every identifier of a victim goes into every place that takes one', async ({ victim }) => {
  const { loot } = victim
  for (const { path, inputs } of proceduresOf(appRouter)) {
    const made = inputsOf(inputs[0], loot)
    expect(made.length, path).toBeGreaterThan(0)
    const schema = JSON.stringify(z.toJSONSchema(inputs[0] ?? z.never(), { io: 'input' }))
    const text = JSON.stringify(made)
    if (schema.includes('"uuid"')) for (const id of loot.ids) expect(text, path).toContain(id)
    if (schema.includes('"cursor"')) for (const cursor of loot.cursors) expect(text, path).toContain(cursor)
    if (schema.includes('"number":{')) for (const one of loot.numbers) expect(text, path).toContain(`${one}`)
  }
})

test('a procedure that forgets whose rows they are is found by the attack, whatever it does', async ({
  database,
  victim,
  openSession,
  inProcess,
}) => {
  const one = z.strictObject({ id: z.uuid() })
  const signedIn = t.procedure.use(({ ctx, next }) => {
    if (!ctx.signedIn) throw new AppError('UNAUTHENTICATED')
    return next()
  })
  const leaks = t.router({
    tasks: appRouter.tasks,
    leaks: t.router({
      read: signedIn
        .input(one)
        .query(({ input }) => database.query('select * from tasks where id = $1', [input.id])),
      hidden: signedIn.input(one).query(async ({ input }) => {
        // An attacker may have made a task of the same id by then.
        const rows = await database.query<{ title: string }>('select title from tasks where id = $1', [
          input.id,
        ])
        const titles = rows.map(({ title }) => title)
        return { nextCursor: Buffer.from(JSON.stringify(['title', ...titles])).toString('base64url') }
      }),
      tells: signedIn.input(one).query(async ({ input }) => {
        const rows = await database.query('select from tasks where id = $1', [input.id])
        return rows.length > 0 ? 'not yours' : 'not there'
      }),
      open: t.procedure.input(one).query(() => 'welcome'),
      untried: signedIn
        .input(z.strictObject({ at: z.templateLiteral([z.number(), 'px']) }))
        .query(() => 'never called'),
      write: signedIn.input(one).mutation(async ({ input }) => {
        await database.query(`update tasks set title = 'taken' where id = $1`, [input.id])
        return 'done'
      }),
    }),
  })
  const { findings } = await attack({
    ...victim,
    procedures: proceduresOf(leaks),
    database,
    transports: [inProcess(leaks)],
    newAttacker: () => openSession('attacker'),
  })
  const found = (pattern: RegExp) => findings.some((finding) => pattern.test(finding))
  expect(found(/^leaks\.read .*: another user saw canary/)).toBe(true)
  expect(found(/^leaks\.hidden .*: another user saw canary/)).toBe(true)
  expect(found(/^leaks\.tells .*: not the same as for ids that never were/)).toBe(true)
  expect(found(/^leaks\.open .*: a stranger was not refused/)).toBe(true)
  expect(found(/^leaks\.untried: no input could be made/)).toBe(true)
  expect(found(/^rows of tasks changed/)).toBe(true)
  // What is as it should be is not blamed along with it.
  expect(findings.filter((finding) => finding.startsWith('tasks.'))).toEqual([])
})
