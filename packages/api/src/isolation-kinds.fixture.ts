import * as commentQueries from './comments/queries.ts'
import type { Attack } from './isolation-series.fixture.ts'
import * as listQueries from './lists/queries.ts'
import { makeRoom } from './manual-order.ts'
import * as tagQueries from './tags/queries.ts'
import * as viewQueries from './views/queries.ts'

/** What reads and writes lists, tags, views and comments. */
export const kindQueries = { ...commentQueries, ...listQueries, ...tagQueries, ...viewQueries, makeRoom }
const queries = kindQueries

export const kindAttacks: Record<keyof typeof kindQueries, [what: string, attack: Attack][]> = {
  listComments: [
    [
      'of its task',
      async (scope, { id }) => (await queries.listComments(scope, { taskId: id, limit: 100 }))?.items,
    ],
  ],
  findComment: [['by id', (scope, { comment }) => queries.findComment(scope, comment)]],
  insertComment: [
    ['on its task', (scope, { id }) => queries.insertComment(scope, { taskId: id, body: 'x' })],
  ],
  updateComment: [
    ['its body', (scope, { comment }) => queries.updateComment(scope, { id: comment, body: 'x' })],
  ],
  deleteComment: [['by id', (scope, { comment }) => queries.deleteComment(scope, { id: comment })]],
  listLists: [
    ['all', async (scope) => (await queries.listLists(scope, {})).items],
    ['the Inbox', async (scope) => (await queries.listLists(scope, {})).inbox],
  ],
  findList: [['by id', (scope, { list }) => queries.findList(scope, list)]],
  insertList: [['behind it', (scope, { list }) => queries.insertList(scope, { name: 'x', after: list })]],
  updateList: [['its name', (scope, { list }) => queries.updateList(scope, { id: list, name: 'x' })]],
  archiveList: [['it', (scope, { list }) => queries.archiveList(scope, { id: list, archived: true })]],
  moveList: [['to the top', (scope, { list }) => queries.moveList(scope, { id: list, after: null })]],
  deleteList: (['keep', 'delete'] as const).map((tasks) => [
    tasks,
    async (scope, { list }) => {
      const { deleted, tasks: count } = await queries.deleteList(scope, { id: list, tasks })
      return deleted || count > 0
    },
  ]),
  makeRoom: [['behind it', (scope, { list }) => queries.makeRoom(scope, 'lists', { after: list })]],
  listTags: [['all', (scope) => queries.listTags(scope)]],
  findTag: [['by id', (scope, { tag }) => queries.findTag(scope, tag)]],
  insertTag: [
    [
      'of the same id',
      async (scope, { tag }) => (await queries.insertTag(scope, { id: tag, name: 'Mine' })).name !== 'Mine',
    ],
  ],
  updateTag: [['its name', (scope, { tag }) => queries.updateTag(scope, { id: tag, name: 'x' })]],
  deleteTag: [['by id', (scope, { tag }) => queries.deleteTag(scope, { id: tag })]],
  listViews: [['all', (scope) => queries.listViews(scope)]],
  findView: [['by id', (scope, { view }) => queries.findView(scope, view)]],
  insertView: [
    ['behind it', (scope, { view }) => queries.insertView(scope, { name: 'x', filter: {}, after: view })],
  ],
  updateView: [['its name', (scope, { view }) => queries.updateView(scope, { id: view, name: 'x' })]],
  moveView: [['to the top', (scope, { view }) => queries.moveView(scope, { id: view, after: null })]],
  deleteView: [['by id', (scope, { view }) => queries.deleteView(scope, { id: view })]],
}
