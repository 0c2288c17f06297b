import fc from 'fast-check'
import { expect } from 'vitest'
import { seed } from '../random-changes.fixture.ts'
import { test, type SignedUp } from '../testing.fixture.ts'
import { addLists } from '../organized.fixture.ts'

/** Tasks and lists are named by numbers, however large; null is the Inbox, or no parent, or the top. */
const anyOne = fc.nat(100)
const oneOrNone = fc.option(anyOne)
// Often below one of the first, where the last ones were put: trees grow deep.
const anyParent = fc.option(fc.oneof(fc.nat(2), anyOne), { freq: 7 })
const anyList = fc.option(fc.nat(1))
const place = fc.oneof(
  fc.record({ list: anyList }),
  { weight: 2, arbitrary: fc.record({ parent: anyParent }) },
  fc.record({ list: anyList, parent: anyParent }),
)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), place }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('update' as const, 'move' as const), which: anyOne, place }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('move' as const), which: anyOne, place, after: oneOrNone }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('bulk' as const),
      many: fc.array(anyOne, { minLength: 1, maxLength: 6 }),
      place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: anyOne }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What the model knows of a task. */
interface Node {
  id: string
  listId: string | null
  parentId: string | null
}
interface Place {
  listId?: string | null
  parentId?: string | null
}

test(`wherever tasks are put, they stand where a plain model has them (seed ${seed})`, async ({
  signUp,
  database,
}) => {
  const seen = { done: 0, refused: 0, alone: 0 }
  const run = async (steps: Step[]) => {
    const ada = await signUp({ now: '2026-11-21T09:00:00Z' })
    const lists = await addLists(database, ada.user.id, ['Home', 'Work'])
    let model: Node[] = []
    for (const [at, one] of steps.entries()) {
      ada.clock.now = new Date(Number(ada.clock.now) + 1000)
      if (model.length === 0 && one.do !== 'create') continue
      const what = `step ${at}: ${JSON.stringify(one)}`
      const { expected, refused } = after(model, one, lists)
      const outcome = await take(ada, model, one, lists)
      if (expected && one.do === 'create')
        expected.unshift({ ...createdBy(one, model, lists), id: outcome[0] ?? '' })
      else expect(outcome, what).toEqual(refused)
      if (refused.length === 0) seen.done++
      else if (expected) seen.alone++
      else seen.refused++
      model = expected ?? model
      const { items } = await ada.tasks.list({ sort: 'position', order: 'asc', limit: 500 })
      expect(
        items.map(({ id, listId, parentId }) => ({ id, listId, parentId })),
        what,
      ).toEqual(model)
      expect(new Set(items.map(({ position }) => position)).size, what).toBe(items.length)
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), run), {
    seed,
    numRuns: 6,
    endOnFailure: true,
  })
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5)
}, 120_000)

/** Does it; gives the reasons for which it, or parts of it, were refused, or the id of what was made. */
async function take(ada: SignedUp, model: Node[], one: Step, lists: string[]): Promise<string[]> {
  const idAt = (number: number) => model[number % model.length]?.id ?? ''
  const reasons = (running: Promise<unknown>) =>
    running.then(
      () => [],
      ({ reason }: { reason: string }) => [reason],
    )
  switch (one.do) {
    case 'create':
      return ada.tasks.create({ title: 'x', ...placeOf(one.place, model, lists) }).then(
        ({ id }) => [id],
        ({ reason }: { reason: string }) => [reason],
      )
    case 'update':
      return reasons(ada.tasks.update({ id: idAt(one.which), ...placeOf(one.place, model, lists) }))
    case 'move':
      return reasons(
        ada.tasks.move({
          id: idAt(one.which),
          ...placeOf(one.place, model, lists),
          ...('after' in one && { after: one.after === null ? null : idAt(one.after) }),
        }),
      )
    case 'bulk': {
      const ids = [...new Set(one.many.map(idAt))]
      const { results } = await ada.tasks.bulk({ ids, change: placeOf(one.place, model, lists) })
      return results.flatMap((result) => (result.ok ? [] : [`${result.id} ${result.reason}`]))
    }
    case 'delete':
      return reasons(ada.tasks.delete({ id: idAt(one.which) }))
  }
}

/** The model after it, or undefined where it is refused whole; and the reasons. */
function after(before: Node[], one: Step, lists: string[]): { expected?: Node[]; refused: string[] } {
  const nodes = before.map((node) => ({ ...node }))
  const nodeAt = (number: number) => nodes[number % nodes.length] as Node
  const find = (id: string | null) => nodes.find((node) => node.id === id)
  const below = (node: Node): Node[] => [
    node,
    ...nodes.filter(({ parentId }) => parentId === node.id).flatMap(below),
  ]
  const levels = (node: Node): number =>
    1 + Math.max(0, ...nodes.filter(({ parentId }) => parentId === node.id).map(levels))
  const above = (node: Node | undefined): Node[] => (node ? [node, ...above(find(node.parentId))] : [])

  if (one.do === 'create') {
    const { parentId } = createdBy(one, before, lists)
    return above(find(parentId)).length >= 8 ? { refused: ['TOO_DEEP'] } : { expected: nodes, refused: [] }
  }
  if (one.do === 'delete') {
    const gone = below(nodeAt(one.which))
    return { expected: nodes.filter((node) => !gone.includes(node)), refused: [] }
  }
  const to = placeOf(one.place, before, lists)
  const chosen = one.do === 'bulk' ? [...new Set(one.many.map(nodeAt))] : [nodeAt(one.which)]
  if ('after' in one && one.after !== null && nodeAt(one.after) === chosen[0])
    return { refused: ['BAD_INPUT'] }
  const parent = find(to.parentId ?? null)
  const reasonOf = (node: Node) => {
    if (!parent) return undefined
    if (above(parent).includes(node)) return 'TASK_BELOW_ITSELF'
    return above(parent).length + levels(node) > 8 ? 'TOO_DEEP' : undefined
  }
  const reasons = chosen.map((node) => [node, reasonOf(node)] as const)
  const refused = reasons.flatMap(([{ id }, reason]) =>
    reason === undefined ? [] : [one.do === 'bulk' ? `${id} ${reason}` : reason],
  )
  if (one.do !== 'bulk' && refused.length > 0) return { refused }

  const moved = reasons.flatMap(([node, reason]) => (reason === undefined ? [node] : []))
  put(moved, to, { find, below })
  if ('after' in one) {
    const [node] = moved as [Node]
    nodes.splice(nodes.indexOf(node), 1)
    const anchor = one.after === null ? undefined : find(before[one.after % before.length]?.id ?? null)
    nodes.splice(anchor ? nodes.indexOf(anchor) + 1 : 0, 0, node)
  }
  return { expected: nodes, refused }
}

/** The rules, in as plain words as there are. */
function put(
  moved: Node[],
  { listId, parentId }: Place,
  { find, below }: { find: (id: string | null) => Node | undefined; below: (node: Node) => Node[] },
): void {
  const going = new Set(moved.flatMap(below))
  for (const node of moved) {
    if (parentId !== undefined) node.parentId = parentId
    const parent = find(node.parentId)
    if (parentId && parent) node.listId = parent.listId
    else if (listId !== undefined) {
      if (parent && parent.listId !== listId && !going.has(parent)) node.parentId = null
      node.listId = listId
    }
  }
  const carry = (node: Node) => {
    for (const one of below(node).slice(1)) one.listId = find(one.parentId)?.listId ?? null
  }
  for (const node of moved) carry(node)
}

function createdBy(
  { place: given }: Step & { do: 'create' },
  model: Node[],
  lists: string[],
): Omit<Node, 'id'> {
  const { listId = null, parentId = null } = placeOf(given, model, lists)
  const parent = model.find(({ id }) => id === parentId)
  return { listId: parent ? parent.listId : listId, parentId: parent ? parent.id : null }
}

function placeOf(
  { list, parent }: { list?: number | null; parent?: number | null },
  model: Node[],
  lists: string[],
): Place {
  return {
    ...(list !== undefined && { listId: list === null ? null : (lists[list] ?? null) }),
    ...(parent !== undefined && {
      parentId: parent === null ? null : (model[parent % model.length]?.id ?? null),
    }),
  }
}
