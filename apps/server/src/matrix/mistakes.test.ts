import { AppError, type Context } from '@ownlist/api'
import { createTestDatabase } from '@ownlist/testing'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { asAuth, asUser } from '@ownlist/db'
import type { AppEnv } from '../app.ts'
import { proceduresOf } from '../procedures.fixture.ts'
import { nobodyListens } from '../live.fixture.ts'
import { attackers } from './attackers.fixture.ts'
import { procedureDoors } from './doors.fixture.ts'
import type { Run } from './layers.fixture.ts'
import { runMatrix } from './matrix.fixture.ts'
import type { Addition } from './server.fixture.ts'
import { openWorld } from './world.fixture.ts'

// What somebody might add without thinking, and what the matrix then says of it.

const t = initTRPC.context<Pick<Context, 'database' | 'signedIn'>>().create()
const one = z.strictObject({ id: z.uuid() })
const scoped = t.procedure.use(({ ctx, next }) => {
  if (!ctx.signedIn) throw new AppError('UNAUTHENTICATED')
  return next({ ctx: { scope: asUser(ctx.database, ctx.signedIn.user.id) } })
})

const mistakes = t.router({
  mistakes: t.router({
    /** Forgets whose task it is. */
    unscoped: scoped.input(one).query(async ({ ctx: { scope }, input }) => {
      const { rows } = await sql`select title from tasks where id = ${input.id}`.execute(scope.db)
      return rows
    }),
    /** Writes as the identity role, which no user is bound to, whatever id it is given. */
    unscopedWrite: scoped.input(one).mutation(async ({ ctx, input }) => {
      await sql`update users set image = 'taken' where id = ${input.id}`.execute(asAuth(ctx.database))
      return 'done'
    }),
    /** Says whose it is, of a table that nothing else protects. */
    unprotected: scoped.input(one).query(async ({ ctx: { scope }, input }) => {
      const { rows } = await sql`
        select body from notes where user_id = ${scope.userId} and task_id = ${input.id}`.execute(scope.db)
      return rows
    }),
    /** Answers strangers. */
    open: t.procedure.input(one).query(() => 'welcome'),
    /** Takes what nobody can make up. */
    untried: scoped.input(z.strictObject({ at: z.templateLiteral([z.number(), 'px']) })).query(() => 'never'),
  }),
})

const add: Addition = (app, { database, auth }) => {
  const outer = new Hono<AppEnv>()
  outer.all('/api/trpc/:name{mistakes\\..+}', async (c) =>
    fetchRequestHandler({
      endpoint: '/api/trpc',
      req: c.req.raw,
      router: mistakes,
      allowMethodOverride: true,
      createContext: async () => ({
        database,
        live: nobodyListens,
        signedIn: await auth.check(c.req.raw.headers),
      }),
    }),
  )
  return outer.route('/', app)
}

async function findingsOf(takenAway: readonly Run[], setUp = '', fill = '') {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const opened = await openWorld(database, takenAway, { add, setUp })
  onTestFinished(() => opened.close())
  const { world } = opened
  const { victim, owner } = world
  if (fill !== '') await owner.rows(fill, [victim.userId, victim.loot.ids[0], victim.canaries[3]])
  const doors = procedureDoors(victim.loot, proceduresOf(mistakes))
  const few = attackers.filter(({ name }) => ['anonymous', 'another user'].includes(name))
  return (await runMatrix(world, doors, few, { ofEachKind: 50, turn: 0, hashEach: true })).findings
}

const notes = `create table notes (user_id uuid not null, task_id uuid not null, body text);
  grant select on notes to ownlist_app`
const fillNotes = 'insert into notes (user_id, task_id, body) values ($1, $2, $3)'

test('an unscoped procedure is found as soon as row-level security does not save it', async () => {
  const said = (findings: string[], start: RegExp) => findings.filter((finding) => start.test(finding))
  const saved = await findingsOf(['as it is'], notes, fillNotes)
  expect(said(saved, /^mistakes\.unscoped /)).toEqual([])
  const bare = await findingsOf(['without row-level security'], notes, fillNotes)
  expect(said(bare, /^mistakes\.unscoped by another user .*saw canary/)[0]).toBeDefined()
  expect(said(bare, /^mistakes\.unscoped by another user .*not as for what never was/)[0]).toBeDefined()
  for (const findings of [saved, bare]) {
    expect(
      said(findings, /^mistakes\.unscopedWrite by another user .*1 rows of users changed/)[0],
    ).toBeDefined()
    expect(said(findings, /^mistakes\.open by anonymous .*was not refused/)[0]).toBeDefined()
    expect(said(findings, /^mistakes\.untried: no input could be made/)[0]).toBeDefined()
    // What is as it should be is not blamed along with it.
    expect(said(findings, /^mistakes\.unprotected/)).toEqual([])
  }
})

test('an unscoped table is found as soon as where clauses do not save it', async () => {
  const findings = await findingsOf(['without where clauses'], notes, fillNotes)
  expect(findings.some((finding) => /^mistakes\.unprotected .*saw canary/.test(finding))).toBe(true)
  expect(findings.filter((finding) => finding.startsWith('mistakes.unscoped '))).toEqual([])
})

test('a table in which the victim has nothing, and one that is nobody’s, have no place', async () => {
  const findings = await findingsOf(['as it is'], `${notes}; create table loose (id uuid)`)
  expect(findings).toContain('table notes has no place: the victim has no row in it')
  expect(findings).toContain('table loose has no place: it has no user_id')
})
