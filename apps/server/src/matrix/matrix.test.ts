import { inspect } from 'node:util'
import { createTestDatabase } from '@ownlist/testing'
import { expect, onTestFinished, test } from 'vitest'
import { attackers } from './attackers.fixture.ts'
import { allDoors, emptyPlaces, unplacedRoutes } from './doors.fixture.ts'
import { runs, withoutOwner, type Run } from './layers.fixture.ts'
import { runMatrix, summary, untried } from './matrix.fixture.ts'
import type { Addition } from './server.fixture.ts'
import { openWorld } from './world.fixture.ts'

async function open(takenAway: readonly Run[], add?: Addition) {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const opened = await openWorld(database, takenAway, add && { add })
  onTestFinished(() => opened.close())
  return opened
}

test.each(runs)(
  'nobody sees or changes anything of another: every door, every attacker, every payload, %s',
  async (run) => {
    const { world, server, statements } = await open([run])
    const doors = allDoors(server.app, world.victim.loot)
    const report = await runMatrix(world, doors, attackers, {
      ofEachKind: 2,
      turn: runs.indexOf(run),
      hashEach: false,
    })
    process.stdout.write(`${summary(`matrix ${run}`, report)}\n`)
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ canaryBytes: 0, rowsChanged: 0 })
    expect(server.unexpected).toEqual([])
    for (const { name, kind } of attackers) {
      expect({ name, untried: kind === 'reader' ? [] : untried(report, name) }).toEqual({ name, untried: [] })
    }
    // The run means nothing unless the walls are really away.
    if (run === 'without where clauses') {
      expect(statements.size).toBeGreaterThan(50)
      const left = [...statements.values()].filter((text) => /user_id"?\s*=\s*\$/.test(text))
      expect(left).toEqual([])
    }
  },
  300_000,
)

test('with both walls away the matrix sees the canaries: its eyes are open, and only the clock still refuses writes', async () => {
  const { world, server } = await open(['without where clauses', 'without row-level security'])
  const doors = allDoors(server.app, world.victim.loot)
  const report = await runMatrix(
    world,
    doors.filter(({ name }) => /^(tasks|lists|comments|sync|history)\./.test(name)),
    attackers.filter(({ name }) => name === 'another user'),
    { ofEachKind: 20, turn: 0, hashEach: false },
  )
  expect(report.canaryBytes).toBeGreaterThan(1_000)
  const leaking = new Set(report.findings.map((finding) => finding.split(' ')[0]))
  for (const path of ['tasks.get', 'tasks.list', 'lists.list', 'sync.pull', 'history.list'])
    expect(leaking).toContain(path)
  expect(inspect(server.unexpected, { depth: 6 })).toContain('a clock is its own user')
}, 60_000)

test('every route of the server has a place in the matrix, and every place a route', async () => {
  const { server } = await open([])
  expect(unplacedRoutes(server.app)).toEqual([])
  expect(emptyPlaces(server.app)).toEqual([])
})

test('a route that somebody adds without a place is found', async () => {
  const { server } = await open([], (app) => app.post('/leak/:id', (c) => c.text('everything')))
  expect(unplacedRoutes(server.app)).toEqual(['route POST /leak/:id has no place'])
})

test('conditions on the owner are taken out of a statement, however they are written', () => {
  const texts: [before: string, after: string][] = [
    ['where "user_id" = $1 and "id" = $2', 'where ($1::uuid is not null) and "id" = $2'],
    ['where "tasks"."user_id" = $12', 'where ($12::uuid is not null)'],
    ['on t.user_id = $3 and t.id = x.id', 'on ($3::uuid is not null) and t.id = x.id'],
    ['where c.user_id = r.user_id and', 'where true and'],
    ['where $1::uuid = user_id', 'where ($1::uuid is not null)'],
    ['insert into tasks (user_id, id) values ($1, $2)', 'insert into tasks (user_id, id) values ($1, $2)'],
    ['where other_user_id = $1', 'where other_user_id = $1'],
  ]
  for (const [before, after] of texts) expect(withoutOwner(before)).toBe(after)
})
