import { randomUUID } from 'node:crypto'
import { mutationsOfKinds, type Calls } from './mutations-of-kinds.fixture.ts'
import { password, type SignedUp } from './testing.fixture.ts'

// Every mutation has its entry: a new one fails the first test until it can be repeated like the others.
export const mutations: Record<string, (user: SignedUp) => Promise<Calls>> = {
  'tasks.create': async (user) => ({
    // Without an id, so that nothing but the operation id tells two attempts apart.
    input: { title: 'Once', due: { date: '2026-11-21' } },
    other: { title: 'Another' },
    refused: { TASK_EXISTS: { title: 'Again', id: await newTask(user) }, BAD_INPUT: { title: '' } },
  }),
  'tasks.update': async (user) => {
    const id = await newTask(user)
    const seen = (await user.tasks.update({ id, title: 'Seen' })).revision
    return {
      input: { id, title: 'Changed', ifRevision: seen },
      other: { id, title: 'Changed otherwise' },
      refused: {
        TASK_NOT_FOUND: { id: randomUUID(), title: 'x' },
        REVISION_CONFLICT: { id, title: 'x', ifRevision: seen - 1 },
      },
    }
  },
  'tasks.complete': (user) => changeOf(user, { title: 'Open' }),
  'tasks.reopen': (user) => changeOf(user, { title: 'Done', completed: true }),
  'tasks.delete': async (user) => {
    const [id, another] = [await newTask(user), await newTask(user)]
    return { input: { id }, other: { id: another }, refused: { REVISION_CONFLICT: { id, ifRevision: 99 } } }
  },
  'tasks.reorder': async (user) => {
    const [id, behind, last] = [await newTask(user), await newTask(user), await newTask(user)]
    return {
      input: { id, after: behind },
      other: { id, after: last },
      refused: { TASK_NOT_FOUND: { id: randomUUID(), after: null } },
    }
  },
  'tasks.skip': occurrences,
  'tasks.detach': occurrences,
  'tasks.move': async (user) => {
    const [id, parentId, another] = [await newTask(user), await newTask(user), await newTask(user)]
    return {
      input: { id, parentId, after: another },
      other: { id, parentId: another },
      refused: {
        TASK_NOT_FOUND: { id: randomUUID(), after: null },
        PARENT_NOT_FOUND: { id, parentId: randomUUID() },
        LIST_NOT_FOUND: { id, listId: randomUUID() },
        TASK_BELOW_ITSELF: { id, parentId: id },
      },
    }
  },
  'tasks.bulk': async (user) => {
    const ids = [await newTask(user), await newTask(user), await newTask(user)]
    const change = { priority: 'high', due: { date: '2026-11-21' } }
    return {
      input: { ids: [...ids, randomUUID()], change },
      other: { ids, change: { delete: true } },
      refused: { BAD_INPUT: { ids: [], change } },
    }
  },
  'history.undo': async (user) => {
    const id = await newTask(user)
    const renamed = await user.tasks.update({ id, title: 'Renamed' })
    const sorted = await user.tasks.update({ id, priority: 'high' })
    const lost = await user.tasks.update({ id, description: 'First' })
    await user.tasks.update({ id, description: 'Second' })
    return {
      input: { revision: renamed.revision },
      other: { revision: sorted.revision },
      refused: {
        REVISION_NOT_FOUND: { revision: 1_000_000 },
        UNDO_CONFLICT: { revision: lost.revision },
      },
    }
  },
  'history.restore': async (user) => {
    const [id, another] = [await newTask(user), await newTask(user)]
    await user.tasks.bulk({ ids: [id, another], change: { delete: true } })
    return {
      input: { entity: 'tasks', id },
      other: { entity: 'tasks', id: another },
      refused: { TASK_NOT_FOUND: { entity: 'tasks', id: randomUUID() } },
    }
  },
  ...mutationsOfKinds,
  'account.update': async () => ({
    input: { name: 'Grace', weekStart: 7 },
    other: { name: 'Hedy' },
    refused: { BAD_INPUT: { weekStart: 8 } },
  }),
  'account.revokeSession': async (user) => ({
    input: { id: await user.openSession() },
    other: { others: true },
    refused: { SESSION_NOT_FOUND: { id: randomUUID() } },
  }),
  'account.createToken': async () => ({
    input: { name: 'cli', scopes: ['read'], expiresInDays: 30, password },
    other: { name: 'cli', scopes: ['write'], expiresInDays: 30, password },
    refused: {
      PASSWORD_WRONG: { name: 'cli', scopes: ['read'], password: 'wrong horse' },
      BAD_INPUT: { name: 'cli', scopes: [], password },
    },
    secret: 'token',
  }),
  'account.revokeToken': async ({ account }) => {
    const [one, two] = [
      await account.createToken({ name: 'one', scopes: ['read'], password }),
      await account.createToken({ name: 'two', scopes: ['read'], password }),
    ]
    return {
      input: { id: one.id },
      other: { id: two.id },
      refused: { TOKEN_NOT_FOUND: { id: randomUUID() } },
    }
  },
  'account.erase': async ({ user }) => ({
    input: { password, confirm: user.email },
    other: { password, confirm: user.email.toUpperCase() },
    refused: {
      PASSWORD_WRONG: { password: 'wrong horse', confirm: user.email },
      BAD_INPUT: { password, confirm: 'somebody@example.org' },
    },
  }),
  'account.keep': async ({ account, user }) => {
    await account.erase({ password, confirm: user.email })
    return { input: {}, refused: { BAD_INPUT: { unknown: true } } }
  },
}

async function newTask({ tasks }: SignedUp): Promise<string> {
  return (await tasks.create({ title: 'A task' })).id
}

async function changeOf(user: SignedUp, task: { title: string; completed?: boolean }): Promise<Calls> {
  const [one, two] = [await user.tasks.create(task), await user.tasks.create(task)]
  return {
    input: { id: one.id, ifRevision: one.revision },
    other: { id: two.id },
    refused: {
      TASK_NOT_FOUND: { id: randomUUID() },
      REVISION_CONFLICT: { id: two.id, ifRevision: one.revision },
    },
  }
}

/** What makes a new row, or another date, each time that it happens. */
async function occurrences({ tasks }: SignedUp): Promise<Calls> {
  const recurring = { title: 'Again', due: { date: '2026-11-21' }, recurrence: { rule: 'FREQ=DAILY' } }
  const [one, two] = [await tasks.create(recurring), await tasks.create(recurring)]
  const { id } = await tasks.create({ title: 'Once' })
  return {
    input: { id: one.id },
    other: { id: two.id },
    refused: {
      NOT_RECURRING: { id },
      TASK_NOT_FOUND: { id: randomUUID() },
      REVISION_CONFLICT: { id: two.id, ifRevision: one.revision },
    },
  }
}
