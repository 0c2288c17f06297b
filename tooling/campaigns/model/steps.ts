import fc from 'fast-check'
import type { TaskInputs } from '../../../packages/client/src/index.ts'
import { moves, type Move } from './network.ts'

/** Which of those that there are then, counted round. */
type Pick = number

/** Which fields a change gives; texts are made when it is, each its own. */
export interface Fields {
  title: boolean
  description: 'new' | 'none' | undefined
  state: { status: Status } | { completed: boolean } | undefined
  priority: 'low' | 'medium' | 'high' | null | undefined
  due: NonNullable<TaskInputs['update']['due']> | null | undefined
}

/** What becomes of a list; of others only the words and the colour change. */
type Change = 'rename' | 'colour' | 'archive' | 'bring back' | 'reorder'
/** Which of the two is given, or both. */
type Into = 'list' | 'parent' | 'both'

type Status = 'pending' | 'in_progress' | 'completed'

/** What somebody does in one of a client's tabs. */
export type Act =
  | { do: 'create'; fields: Fields }
  | { do: 'update'; task: Pick; fields: Fields }
  | { do: 'complete' | 'reopen' | 'delete'; task: Pick }
  | { do: 'reorder'; task: Pick; behind: Pick | null }
  | { do: 'bulk'; tasks: Pick[]; change: Fields | 'delete' }
  | { do: 'undo'; back: Pick; ifConflict: 'ask' | 'skip' | 'overwrite' }
  | { do: 'restore' | 'retry' | 'dismiss'; which: Pick }
  | { do: 'make'; what: 'list' | 'tag' | 'comment' | 'subtask'; which: Pick; after: Pick | null | undefined }
  | { do: 'change'; what: 'list' | 'tag' | 'comment'; which: Pick; how: Change }
  | { do: 'remove'; what: 'list' | 'tag' | 'comment'; which: Pick; withTasks: boolean }
  | {
      do: 'place'
      by: 'update' | 'move' | 'bulk'
      tasks: Pick[]
      list: Pick | null
      parent: Pick | null
      into: Into
      behind: Pick | null
    }
  | { do: 'tag'; by: 'update' | 'bulk'; tasks: Pick[]; how: 'all' | 'add' | 'remove'; tags: Pick[] }
  | { do: 'wait'; seconds: number }
  | { do: (typeof events)[number] }

const events = [
  'go offline',
  'go online',
  'crash',
  'open a tab',
  'close the tab',
  'fill the disk',
  'free the disk',
  'end the session',
  'sign in',
  'sleep',
  'wake',
  'sync',
] as const

export type Step =
  | {
      by: 'client'
      client: number
      tab: Pick
      act: Act
      /** The next step comes in the same moment. */ hasty: boolean
    }
  | { by: 'network'; move: Move; parcel: Pick }

export const clients = 3

const pick = fc.nat(60)
/** Few tasks are meant by most, so that clients meet on them. */
const task = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: pick })
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 })

const state = fc.oneof(
  fc.constantFrom<Status>('pending', 'in_progress', 'completed').map((status) => ({ status })),
  fc.boolean().map((completed) => ({ completed })),
)
const priority = fc.constantFrom(null, 'low', 'medium', 'high')
const due = fc.constantFrom(
  null,
  { date: '2026-11-23' },
  { date: '2027-02-28' },
  { dateTime: '2026-11-25T09:00:00+01:00', timeZone: 'Europe/Berlin' },
  { dateTime: '2026-11-25T08:00:00.250Z', timeZone: 'America/New_York' },
)

const fields: fc.Arbitrary<Fields> = fc.record({
  title: fc.boolean(),
  description: fc.constantFrom(undefined, undefined, 'new', 'none'),
  state: sometimes(state),
  priority: sometimes(priority),
  due: sometimes(due),
})

const act: fc.Arbitrary<Act> = fc.oneof(
  weighted(14, fc.record({ do: fc.constant('create'), fields })),
  weighted(26, fc.record({ do: fc.constant('update'), task, fields })),
  weighted(10, fc.record({ do: fc.constantFrom('complete', 'reopen'), task })),
  weighted(7, fc.record({ do: fc.constant('delete'), task })),
  weighted(8, fc.record({ do: fc.constant('reorder'), task, behind: fc.option(task) })),
  weighted(
    7,
    fc.record({
      do: fc.constant('bulk'),
      tasks: fc.array(task, { minLength: 1, maxLength: 6 }),
      change: fc.oneof({ weight: 5, arbitrary: fields }, { weight: 1, arbitrary: fc.constant('delete') }),
    }),
  ),
  weighted(
    5,
    fc.record({
      do: fc.constant('undo'),
      back: fc.nat(12),
      ifConflict: fc.constantFrom('ask', 'skip', 'overwrite'),
    }),
  ),
  weighted(4, fc.record({ do: fc.constantFrom('restore', 'retry', 'dismiss'), which: pick })),
  weighted(
    9,
    fc.record({
      do: fc.constant('make'),
      what: fc.constantFrom('list', 'tag', 'comment', 'subtask', 'subtask'),
      which: task,
      after: fc.option(fc.option(task), { nil: undefined }),
    }),
  ),
  weighted(
    5,
    fc.record({
      do: fc.constant('change'),
      what: fc.constantFrom('list', 'list', 'tag', 'comment'),
      which: task,
      how: fc.constantFrom<Change>('rename', 'colour', 'archive', 'bring back', 'reorder'),
    }),
  ),
  weighted(
    3,
    fc.record({
      do: fc.constant('remove'),
      what: fc.constantFrom('list', 'tag', 'comment'),
      which: task,
      withTasks: fc.boolean(),
    }),
  ),
  weighted(
    10,
    fc.record({
      do: fc.constant('place'),
      by: fc.constantFrom('update', 'move', 'bulk'),
      tasks: fc.array(task, { minLength: 1, maxLength: 4 }),
      list: fc.option(task),
      parent: fc.option(pick),
      into: fc.constantFrom('list', 'list', 'parent', 'parent', 'both'),
      behind: fc.option(task),
    }),
  ),
  weighted(
    6,
    fc.record({
      do: fc.constant('tag'),
      by: fc.constantFrom('update', 'bulk'),
      tasks: fc.array(task, { minLength: 1, maxLength: 3 }),
      how: fc.constantFrom('all', 'add', 'add', 'remove'),
      tags: fc.array(task, { minLength: 1, maxLength: 3 }),
    }),
  ),
  weighted(6, fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(1, 5, 40, 120) })),
  weighted(5, fc.record({ do: fc.constantFrom('go offline', 'go offline', 'fill the disk') })),
  weighted(10, fc.record({ do: fc.constantFrom('go online', 'free the disk', 'sign in', 'free the disk') })),
  weighted(6, fc.record({ do: fc.constantFrom('crash', 'crash', 'close the tab') })),
  weighted(
    6,
    fc.record({ do: fc.constantFrom('open a tab', 'wake', 'open a tab', 'end the session', 'sleep') }),
  ),
  weighted(5, fc.record({ do: fc.constant('sync') })),
)

function weighted<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> {
  return { weight, arbitrary }
}

const move = fc.oneof(weighted(12, fc.constant<Move>('pass')), weighted(12, fc.constantFrom(...moves)))

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(
    5,
    fc.record({
      by: fc.constant('client' as const),
      client: fc.nat(clients - 1),
      tab: fc.nat(1),
      act,
      hasty: fc.boolean(),
    }),
  ),
  weighted(
    6,
    // The oldest comes first more often than not.
    fc.record({
      by: fc.constant('network' as const),
      move,
      parcel: fc.oneof(fc.constant(0), pick),
    }),
  ),
)

/** What the whole is made of. Each client takes its first so many actions; the network takes all. */
export function scripts({ most }: { most: number }): fc.Arbitrary<Script> {
  return fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: most, size: 'max' }),
    // Rows on a page of a pull, for each client.
    pageSizes: fc.tuple(pageSize, pageSize, pageSize),
    // What elects one of its tabs.
    elections: fc.tuple(election, election, election),
    /** In which order arrives what is still on its way at the end. */
    late: fc.array(pick, { minLength: 1, maxLength: 10 }),
  })
}

const election = fc.constantFrom('locks', 'lease')
const pageSize = fc.constantFrom(1, 3, 2_500)

export interface Script {
  steps: Step[]
  pageSizes: number[]
  elections: ('locks' | 'lease')[]
  late: number[]
}
