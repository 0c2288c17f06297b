import { createTestDatabase } from '@ownlist/testing'
import { Agent } from 'node:http'
import { openOwner } from '../../../../packages/db/src/owner.fixture.ts'
import { test as base, expect } from 'vitest'
import { booleanPair, dates, injections, mark, texts, unkeepable } from './corpora.fixture.ts'
import { identityDoors, procedureDoors, type Door } from './doors.fixture.ts'
import { leavesOf, valuesUnder, type Leaf } from './leaves.fixture.ts'
import { startMatrixServer } from './server.fixture.ts'
import { plantVictim } from './victim.fixture.ts'
import { comparable, send } from './wire.fixture.ts'

const test = base
  .extend('place', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    const owner = await openOwner(database.ownerUrl)
    const statements = new Set<string>()
    const server = await startMatrixServer({
      url: database.url,
      onStatement: (text) => statements.add(text),
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onCleanup(async () => {
      agent.destroy()
      await server.close()
      await owner.end()
      await database.drop()
    })
    return { owner, server, statements, agent }
  })
  // Somebody who has something of everything, and sends strange things to their own account.
  .extend('person', async ({ place }) => {
    const person = await plantVictim(place.owner, place.server.url, people++)
    const { loot } = person
    const words = ['a word']
    const ids = loot.ids.filter((id) => id !== person.sessionId && id !== person.userId)
    const own = { ...loot, ids: ids.slice(0, 7), words, operations: [] }
    // What deletes comes last: the others need something to work on.
    const doors = procedureDoors(own)
      .filter(({ name }) => name !== 'sync.changes')
      .toSorted((a, b) => Number(takesAway.test(a.name)) - Number(takesAway.test(b.name)))
    return {
      leaves: leavesOf(doors),
      identity: leavesOf(identityDoors(own)),
      ask: (door: Door, input: unknown) =>
        send(place.agent, place.server.url, door.ask(input), { authorization: person.authorization }),
    }
  })

let people = 0
const takesAway = /delete|bulk|undo|archive/i

/** How an answer treats a value that it was given: refused, back as it was, or nothing of it in the answer. */
function treated(leaf: Leaf, value: string, { status, body }: { status: number; body: string }) {
  if (status >= 500) return `failed with ${status}`
  if (status >= 400) return 'refused'
  const answer: unknown = body === '' ? null : JSON.parse(body)
  const shown = valuesUnder(leaf.name, answer).filter((one) => typeof one === 'string')
  if (leaf.door.reads || shown.length === 0) return 'not shown'
  // Space around a line does not count; colours and names of e-mail hosts have no capitals.
  const isSame = (one: unknown) =>
    one === value ||
    one === value.trim() ||
    (leaf.takes === 'date' && Date.parse(String(one)) === Date.parse(value))
  return shown.some(isSame) ? 'identical' : `came back as ${JSON.stringify(shown)}`
}

function tally() {
  const counts = new Map<string, number>()
  const wrong: string[] = []
  /** Texts that came back as they were, by the field that they were sent in. */
  const identical = new Map<string, number>()
  return {
    wrong,
    identical,
    note: (leaf: Leaf, value: string, how: string) => {
      const known = ['refused', 'identical', 'not shown'].includes(how)
      counts.set(known ? how : 'wrong', (counts.get(known ? how : 'wrong') ?? 0) + 1)
      const field = `${leaf.door.name} ${leaf.path}`
      if (how === 'identical') identical.set(field, (identical.get(field) ?? 0) + 1)
      if (!known)
        wrong.push(
          `${leaf.door.name} ${leaf.path} ${JSON.stringify(value).slice(0, 80)}: ${how.slice(0, 300)}`,
        )
    },
    say: (what: string) =>
      process.stdout.write(`${what}: ${[...counts].map(([how, count]) => `${count} ${how}`).join(', ')}\n`),
  }
}

test('every text in every field is refused or comes back identical, and nothing fails', async ({
  person,
  place,
}) => {
  const { wrong, identical, note, say } = tally()
  const leaves = person.leaves.filter(({ takes }) => takes === 'text')
  expect(leaves.length).toBeGreaterThan(20)
  for (const [at, leaf] of leaves.entries()) {
    for (const [, value] of texts) {
      note(leaf, value, treated(leaf, value, await person.ask(leaf.door, leaf.with(value))))
    }
    for (const [what, value] of unkeepable) {
      const answer = await person.ask(leaf.door, leaf.with(value))
      const how = treated(leaf, value, answer)
      // Cursors and codes are not kept; whatever is no such thing is refused as well.
      note(
        leaf,
        value,
        answer.status === 400 ? 'refused' : `${what} was taken: ${at} ${how} ${answer.status}`,
      )
    }
  }
  for (const leaf of person.leaves.filter(({ takes }) => takes === 'id' || takes === 'choice')) {
    for (const value of [
      '',
      'x',
      '\u0000',
      '\ud800',
      '{00000000-0000-4000-8000-000000000000}',
      "' or true --",
    ]) {
      const answer = await person.ask(leaf.door, leaf.with(value))
      note(leaf, value, answer.status === 400 ? 'refused' : `taken for what it is not: ${answer.status}`)
    }
  }
  say('texts')
  expect(wrong).toEqual([])
  // Refusing everything would be no art: what people write in their own words is taken.
  for (const field of [
    'tasks.create title',
    'tasks.update description',
    'comments.create body',
    'account.update name',
  ])
    expect([field, (identical.get(field) ?? 0) > 25]).toEqual([field, true])
  expect(place.server.unexpected).toEqual([])
}, 120_000)

test('every text in every field of identity is refused or taken, and nothing fails', async ({
  person,
  place,
}) => {
  const { wrong, note, say } = tally()
  expect(person.identity.length).toBeGreaterThanOrEqual(5)
  for (const leaf of person.identity) {
    for (const [, value] of texts) {
      note(leaf, value, treated(leaf, value, await person.ask(leaf.door, leaf.with(value))))
    }
    for (const [what, value] of unkeepable) {
      const answer = await person.ask(leaf.door, leaf.with(value))
      note(leaf, value, answer.status === 400 ? 'refused' : `${what} was taken: ${answer.status}`)
    }
  }
  say('texts of identity')
  expect(wrong).toEqual([])
  expect(place.server.unexpected).toEqual([])
}, 120_000)

test('every date in every field is refused or comes back identical, and nothing fails', async ({
  person,
  place,
}) => {
  const { wrong, note, say } = tally()
  const leaves = person.leaves.filter(({ takes }) => takes === 'date')
  expect(leaves.length).toBeGreaterThan(8)
  for (const leaf of leaves) {
    for (const value of dates) {
      const answer = await person.ask(leaf.door, leaf.with(value))
      const how = treated(leaf, value, answer)
      const exists = answer.status >= 400 || !isNaN(Date.parse(value))
      note(leaf, value, exists ? how : `a date that is none was taken: ${answer.body}`)
    }
  }
  say('dates')
  expect(wrong).toEqual([])
  expect(place.server.unexpected).toEqual([])
}, 120_000)

test('nothing of an input is ever part of a statement: quotes, comments, stacked statements, conditions, waits', async ({
  person,
  place,
}) => {
  const wrong: string[] = []
  let probes = 0
  for (const leaf of [...person.leaves, ...person.identity.filter(({ name }) => name !== 'password')]) {
    const values = leaf.takes === 'text' ? injections : injections.slice(0, 4)
    for (const value of values) {
      const { status, body, took } = await person.ask(leaf.door, leaf.with(value))
      probes++
      if (status >= 500 || took > 2_500)
        wrong.push(`${leaf.door.name} ${leaf.path} ${value}: ${status} ${took} ${body}`)
      // The id of a request is of digits by chance.
      if (/syntax error|unterminated|22P02|42601/.test(body.replace(/"requestId":"[^"]*"/, '')))
        wrong.push(`${leaf.door.name} ${value}: ${body}`)
    }
    const [yes, no] = [
      // Of words of its own: what was kept under others a search may well find.
      await person.ask(leaf.door, leaf.with(`${probes}${booleanPair[0]}`)),
      await person.ask(leaf.door, leaf.with(`${probes}${booleanPair[1]}`)),
    ]
    probes += 2
    const bare = (text: string) =>
      text.replaceAll(/1=[12]/g, '').replaceAll(/"(revision|number|seen)":\d+/g, '')
    const asked = new Map<unknown, unknown>()
    if (bare(comparable(yes, asked)) !== bare(comparable(no, asked)))
      wrong.push(`${leaf.door.name} ${leaf.path}: a condition made a difference: ${yes.body} ${no.body}`)
  }
  process.stdout.write(`injection: ${probes} probes, ${place.statements.size} statements seen\n`)
  expect(wrong).toEqual([])
  expect(place.statements.size).toBeGreaterThan(50)
  expect([...place.statements].filter((text) => text.toLowerCase().includes(mark))).toEqual([])
  expect(place.server.unexpected).toEqual([])
}, 120_000)
