import { randomUUID } from 'node:crypto'
import type { SignedUp } from './testing.fixture.ts'

/** Calls of one mutation by a user who has what they need. */
export interface Calls {
  /** Has an effect. */
  input: object
  /** Would have another effect, by itself; undefined where there is only one. */
  other?: object
  /** What is refused, and why. */
  refused: Record<string, object>
  /** A field of the answer that is told once: null for whoever repeats the call. */
  secret?: string
}

/** Of lists, tags, views and comments. */
export const mutationsOfKinds: Record<string, (user: SignedUp) => Promise<Calls>> = {
  'comments.create': async (user) => {
    const taskId = await newTask(user)
    return {
      input: { taskId, body: 'Once' },
      other: { taskId, body: 'Another' },
      refused: { TASK_NOT_FOUND: { taskId: randomUUID(), body: 'x' }, BAD_INPUT: { taskId, body: '' } },
    }
  },
  'comments.update': async (user) => {
    const { id } = await user.comments.create({ taskId: await newTask(user), body: 'Before' })
    return {
      input: { id, body: 'Once' },
      other: { id, body: 'Another' },
      refused: { COMMENT_NOT_FOUND: { id: randomUUID(), body: 'x' } },
    }
  },
  'comments.delete': async (user) => {
    const taskId = await newTask(user)
    const [one, two] = [
      await user.comments.create({ taskId, body: 'One' }),
      await user.comments.create({ taskId, body: 'Two' }),
    ]
    return { input: { id: one.id }, other: { id: two.id }, refused: { BAD_INPUT: { id: 'x' } } }
  },
  'lists.create': async (user) => {
    const { id } = await user.lists.create({ name: 'There' })
    return {
      input: { name: 'Once' },
      other: { name: 'Another' },
      refused: { NAME_TAKEN: { name: 'THERE' }, ID_TAKEN: { id, name: 'x' }, BAD_INPUT: { name: '' } },
    }
  },
  'lists.update': async (user) => {
    const { id } = await user.lists.create({ name: 'Before' })
    await user.lists.create({ name: 'There' })
    return {
      input: { id, name: 'Once' },
      other: { id, name: 'Another' },
      refused: { NAME_TAKEN: { id, name: 'there' }, LIST_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'lists.archive': async (user) => {
    const [{ id }, other] = [
      await user.lists.create({ name: 'One' }),
      await user.lists.create({ name: 'Two' }),
    ]
    return {
      input: { id, archived: true },
      other: { id: other.id, archived: true },
      refused: { LIST_NOT_FOUND: { id: randomUUID(), archived: true } },
    }
  },
  'lists.reorder': async (user) => {
    const ids = []
    for (const name of ['a', 'b', 'c']) ids.push((await user.lists.create({ name })).id)
    return {
      input: { id: ids[2], after: null },
      other: { id: ids[1], after: null },
      refused: { LIST_NOT_FOUND: { id: ids[0], after: randomUUID() } },
    }
  },
  'lists.delete': async (user) => {
    const [{ id }, other] = [
      await user.lists.create({ name: 'One' }),
      await user.lists.create({ name: 'Two' }),
    ]
    await user.tasks.create({ title: 'In it', listId: id })
    return {
      input: { id, tasks: 'delete' },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
  'tags.create': async (user) => {
    const { id } = await user.tags.create({ name: 'there' })
    return {
      input: { name: 'once' },
      other: { name: 'another' },
      refused: { NAME_TAKEN: { name: 'There' }, ID_TAKEN: { id, name: 'x' } },
    }
  },
  'tags.update': async (user) => {
    const { id } = await user.tags.create({ name: 'before' })
    return {
      input: { id, name: 'once' },
      other: { id, name: 'another' },
      refused: { TAG_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'tags.delete': async (user) => {
    const [{ id }, other] = [await user.tags.create({ name: 'one' }), await user.tags.create({ name: 'two' })]
    await user.tasks.create({ title: 'With it', tagIds: [id, other.id] })
    return {
      input: { id },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
  'views.create': async (user) => {
    const { id } = await user.views.create({ name: 'There', filter: {} })
    return {
      input: { name: 'Once', filter: { due: 'today' } },
      other: { name: 'Another', filter: {} },
      refused: { NAME_TAKEN: { name: 'THERE', filter: {} }, ID_TAKEN: { id, name: 'x', filter: {} } },
    }
  },
  'views.update': async (user) => {
    const { id } = await user.views.create({ name: 'Before', filter: {} })
    return {
      input: { id, filter: { q: 'once' } },
      other: { id, name: 'Another' },
      refused: { VIEW_NOT_FOUND: { id: randomUUID(), name: 'x' } },
    }
  },
  'views.reorder': async (user) => {
    const ids = []
    for (const name of ['a', 'b', 'c']) ids.push((await user.views.create({ name, filter: {} })).id)
    return {
      input: { id: ids[2], after: null },
      other: { id: ids[1], after: null },
      refused: { VIEW_NOT_FOUND: { id: ids[0], after: randomUUID() } },
    }
  },
  'views.delete': async (user) => {
    const [{ id }, other] = [
      await user.views.create({ name: 'One', filter: {} }),
      await user.views.create({ name: 'Two', filter: {} }),
    ]
    return {
      input: { id },
      other: { id: other.id },
      refused: { REVISION_CONFLICT: { id: other.id, ifRevision: 1 } },
    }
  },
}

async function newTask({ tasks }: SignedUp): Promise<string> {
  return (await tasks.create({ title: 'A task' })).id
}
