import { asUser, inTransaction, writtenRevision, type Scope } from '@ownlist/db'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { taskColumns, toTask, type Task } from '../tasks/row.ts'
import { test, type SignedUp } from '../testing.fixture.ts'

// Tasks come in pairs here: whoever writes one writes its twin alike, in the same transaction and, often, in
// another statement. Who sees twins that differ has seen half a transaction.

type State = Map<string, Task>

/** A transaction: what it does to pairs, which it finds by their number among those that are there. */
const step = fc.record({
  kind: fc.constantFrom('insert', 'update', 'twice', 'delete', 'all', 'again', 'fleeting', 'fail'),
  which: fc.nat(20),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One user with some pairs; every transaction notes what the user's tasks are at the revision it makes. */
async function openPairs(user: SignedUp, scope: Scope) {
  const states = new Map<number, State>([[0, new Map()]])

  async function write({ kind, which }: Step) {
    const work = inTransaction(scope, async (within) => {
      const { db, userId } = within
      const mine = db.selectFrom('tasks').select(['id', 'description']).where('userId', '=', userId)
      const pairs = [...new Set((await mine.execute()).map((task) => task.description ?? ''))].toSorted()
      const pair = pairs[which % Math.max(pairs.length, 1)] ?? ''
      const title = `Title ${randomUUID()}`
      const insert = (description: string, id?: string) =>
        db
          .insertInto('tasks')
          .values({ userId, title, description, ...(id !== undefined && { id }) })
          .execute()
      const retitle = (among: string[], text: string) =>
        db
          .updateTable('tasks')
          .set({ title: text })
          .where('userId', '=', userId)
          .where('id', 'in', among)
          .execute()
      const twins = (await mine.where('description', '=', pair).orderBy('id').execute()).map(({ id }) => id)
      const remove = () =>
        db.deleteFrom('tasks').where('userId', '=', userId).where('description', '=', pair).execute()

      if (kind === 'insert' || kind === 'fleeting') {
        const made = randomUUID()
        await insert(made)
        await insert(made)
        if (kind === 'fleeting') {
          await db.deleteFrom('tasks').where('userId', '=', userId).where('description', '=', made).execute()
        }
      } else if (kind === 'all') {
        await db.updateTable('tasks').set({ title }).where('userId', '=', userId).execute()
      } else if (twins.length > 0) {
        if (kind === 'delete') await remove()
        else if (kind === 'again') {
          await remove()
          for (const id of twins) await insert(pair, id)
        } else {
          for (const id of twins) await retitle([id], kind === 'twice' ? 'In between' : title)
          if (kind === 'twice') await retitle(twins, title)
        }
      }
      if (kind === 'fail') throw new Error('changed my mind')

      // The clock is held, so this is what everybody sees at this revision once it is committed.
      const revision = await writtenRevision(within)
      const rows = await db.selectFrom('tasks').select(taskColumns).where('userId', '=', userId).execute()
      const state = stateOf(rows.map(toTask))
      // Two writers may have met, one of which made a twin again that the other had looked up before.
      if (halves(state).length > 0) throw new Error('met another')
      if (revision !== undefined) states.set(revision, state)
    })
    await work.catch((error: Error) =>
      expect(error.message).toMatch(/^(changed my mind|met another|duplicate key)/),
    )
  }

  return { user, states, write }
}

function stateOf(tasks: Task[]): State {
  return new Map(tasks.map((task) => [task.id, task]))
}

/** A client that does what the interface asks: nothing counts before the last page has come. */
function openClient({ sync }: SignedUp) {
  let state: State = new Map()
  let revision: number | undefined

  return {
    async pull(limit: number, betweenPages: () => Promise<unknown>) {
      const pages = [await sync.pull(revision === undefined ? { limit } : { since: revision, limit })]
      for (let cursor = pages[0]?.cursor; cursor; cursor = pages.at(-1)?.cursor) {
        await betweenPages()
        pages.push(await sync.pull({ cursor, limit }))
      }
      const [first] = pages
      const next: State = new Map(first?.snapshot ? [] : state)
      for (const page of pages) {
        expect(page.snapshot).toBe(first?.snapshot)
        expect(page.tasks.length + page.deleted.length).toBeLessThanOrEqual(limit)
        for (const task of page.tasks) next.set(task.id, task)
        for (const { id } of page.deleted) next.delete(id)
      }
      state = next
      revision = pages.at(-1)?.revision
      return { state, revision: revision ?? -1, pages: pages.length }
    },
    forget() {
      revision = undefined
    },
  }
}

function halves(state: State): Task[][] {
  const pairs = Map.groupBy(state.values(), ({ description }) => description)
  return [...pairs.values()].filter(([one, other, ...more]) => one?.title !== other?.title || more.length > 0)
}

const read = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  afresh: fc.boolean(),
  before: fc.array(step, { maxLength: 6 }),
  meanwhile: fc.array(step, { maxLength: 8 }),
})

test(
  'whatever is written between the pages, the last one makes the client what the server is',
  { timeout: 90_000 },
  async ({ signUp, connection }) => {
    let pages = 0
    let restarts = 0
    const property = fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 8 }), async (reads) => {
      const user = await signUp()
      const { states, write } = await openPairs(user, asUser(connection, user.user.id))
      const client = openClient(user)
      for (const { limit, afresh, before, meanwhile } of reads) {
        if (afresh) client.forget()
        restarts += Number(afresh)
        for (const one of before) await write(one)
        const pending = [...meanwhile]
        const pulled = await client.pull(limit, async () => {
          const next = pending.shift()
          if (next) await write(next)
        })
        pages += pulled.pages
        expect(pulled.state).toEqual(states.get(pulled.revision))
        // What this pull did not wait for is for the next one.
        for (const one of pending) await write(one)
      }
      const last = await client.pull(1000, () => Promise.resolve())
      expect(last.revision).toBe(Math.max(...states.keys()))
      expect(last.state).toEqual(states.get(last.revision))
    })
    await fc.assert(property, { numRuns: 20 })
    // The property means nothing where everything fits on one page.
    expect(pages).toBeGreaterThan(150)
    expect(restarts).toBeGreaterThan(5)
  },
)

test(
  'with writers at work all the time, no client ever sees half a transaction',
  { timeout: 90_000 },
  async ({ signUp, connection }) => {
    const user = await signUp()
    const { states, write } = await openPairs(user, asUser(connection, user.user.id))
    for (let count = 0; count < 10; count += 1) await write({ kind: 'insert', which: 0 })

    let working = 3
    const writer = async () => {
      for (const one of fc.sample(step, 80)) await write(one)
      working -= 1
    }
    const reader = async (limit: number, afresh: boolean) => {
      const client = openClient(user)
      const seen: { state: State; revision: number }[] = []
      while (working > 0) {
        if (afresh) client.forget()
        const pulled = await client.pull(limit, () => Promise.resolve())
        expect(halves(pulled.state)).toEqual([])
        seen.push(pulled)
      }
      return seen
    }
    const readers = [reader(25, false), reader(30, true), reader(100, false), reader(1000, true)]
    const [seen] = await Promise.all([Promise.all(readers), writer(), writer(), writer()])

    for (const { state, revision } of seen.flat()) expect(state).toEqual(states.get(revision))
    expect(new Set(seen.flat().map(({ revision }) => revision)).size).toBeGreaterThan(20)
  },
)
