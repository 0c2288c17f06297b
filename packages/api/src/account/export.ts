import { inSnapshot, type Scope } from '@ownlist/db'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { AccountRecord, User } from './accounts.ts'
import { csvLine, csvStart } from './csv.ts'
import {
  columnsOf,
  exportedHistory,
  exportedOperations,
  exportedRows,
  exportedTasks,
  newestRevision,
  type ExportedChange,
} from './export-rows.ts'
import { readme } from './export-readme.ts'

/** The version of the format; README.txt says what it holds. */
const version = 1

export interface ExportOptions {
  /** The tasks as they were at this instant, instead of as they are. */
  at?: string | undefined
  now: Date
  /** What only the role that keeps accounts may see. */
  record: AccountRecord
  user: User
}

/**
 * Everything that Ownlist holds of a user, as a zip: one JSON document with all of it, and tables for
 * spreadsheets. All of one moment, in one transaction that only reads; rows come in pages, so memory
 * does not grow with the account.
 *
 * @throws AppError HISTORY_TOO_OLD
 */
export async function* exportAccount(scope: Scope, options: ExportOptions): AsyncGenerator<Uint8Array> {
  const snapshot = await inSnapshot(scope)
  let reading: Readable | undefined
  try {
    const zip = new ZipFile()
    const output = zip.outputStream as Readable
    // It minds neither its own failures nor those of what it reads.
    const fail = (error: Error) => void output.destroy(error)
    zip.on('error', fail)
    const entries: [name: string, content: AsyncIterable<string>][] = [
      ['README.txt', once(readme(options))],
      ['account.json', accountJson(snapshot.scope, options)],
      ['tasks.csv', tasksCsv(snapshot.scope, options)],
      ['lists.csv', rowsCsv(snapshot.scope, 'lists')],
      ['tags.csv', rowsCsv(snapshot.scope, 'tags')],
      ['views.csv', rowsCsv(snapshot.scope, 'views')],
      ['comments.csv', rowsCsv(snapshot.scope, 'comments')],
      ['history.csv', historyCsv(snapshot.scope)],
    ]
    for (const [name, content] of entries) {
      // Each begins when the one before it has ended: one statement at a time.
      zip.addReadStreamLazy(name, { mtime: options.now, mode: 0o100600 }, (give) => {
        reading = Readable.from(inBlocks(content), { objectMode: false }).on('error', fail)
        give(null, reading)
      })
    }
    zip.end()
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    reading?.destroy()
    await snapshot.end()
  }
}

async function* accountJson(scope: Scope, { at, now, record, user }: ExportOptions): AsyncGenerator<string> {
  const { signIns, sessions, factors, securityEvents, tokens, ...account } = record
  const { timeZone, weekStart, locale, ...who } = user
  const head = {
    format: 'ownlist-account',
    version,
    exportedAt: now.toISOString(),
    tasksAsOf: at ?? null,
    revision: await newestRevision(scope),
    account: { ...who, ...account, signIns },
    preferences: { timeZone, weekStart, locale },
    sessions,
    factors,
    tokens,
  }
  yield JSON.stringify(head, null, 2).slice(0, -2)
  yield* list('securityEvents', securityEvents)
  yield* list('lists', exportedRows(scope, 'lists'))
  yield* list('tags', exportedRows(scope, 'tags'))
  yield* list('views', exportedRows(scope, 'views'))
  yield* list('tasks', exportedTasks(scope, at))
  yield* list('comments', exportedRows(scope, 'comments'))
  yield* history(exportedHistory(scope))
  yield* list('operations', exportedOperations(scope))
  yield '\n}\n'
}

/** A field with one item on each line. */
async function* list(name: string, pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  let before = `,\n  "${name}": [\n    `
  for await (const page of pages) {
    for (const item of page) {
      yield before + JSON.stringify(item)
      before = ',\n    '
    }
  }
  yield before.startsWith(',\n    ') ? '\n  ]' : `,\n  "${name}": []`
}

/** Revisions with their changes; one may have more than can be held at once. */
async function* history(pages: AsyncIterable<ExportedChange[]>): AsyncGenerator<string> {
  yield ',\n  "history": ['
  let open: number | undefined
  for await (const page of pages) {
    for (const { revision, change } of page) {
      if (revision.revision === open) yield ',\n      '
      else {
        yield `${open === undefined ? '' : ']},'}\n    ${JSON.stringify(revision).slice(0, -1)},"changes":[`
        if (change) yield '\n      '
      }
      open = revision.revision
      if (change) yield JSON.stringify(change)
    }
  }
  yield open === undefined ? ']' : ']}\n  ]'
}

const taskColumns = [
  'number',
  'title',
  'description',
  'status',
  'priority',
  'dueDate',
  'dueDateTime',
  'dueTimeZone',
  'completedAt',
  'createdAt',
  'updatedAt',
  'listId',
  'parentId',
  'tagIds',
  'recurrenceRule',
  'recurrenceBasis',
  'seriesId',
  'seriesStart',
  'seriesOccurrence',
  'seriesNumber',
  'position',
  'revision',
  'id',
] as const

async function* rowsCsv(scope: Scope, name: Parameters<typeof exportedRows>[1]): AsyncGenerator<string> {
  const columns: readonly string[] = columnsOf[name]
  yield csvStart + csvLine(columns)
  for await (const page of exportedRows(scope, name)) {
    for (const row of page) {
      const cells = new Map<string, unknown>(Object.entries(row))
      yield csvLine(columns.map((column) => cellOf(cells.get(column))))
    }
  }
}

/** Filters are documents. */
function cellOf(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' || value === null
    ? value
    : JSON.stringify(value)
}

async function* tasksCsv(scope: Scope, { at }: ExportOptions): AsyncGenerator<string> {
  yield csvStart + csvLine(taskColumns)
  for await (const page of exportedTasks(scope, at)) {
    for (const { due, tagIds, recurrence, series, ...task } of page) {
      const row = {
        ...task,
        dueDate: due && 'date' in due ? due.date : null,
        dueDateTime: due && 'dateTime' in due ? due.dateTime : null,
        dueTimeZone: due && 'dateTime' in due ? due.timeZone : null,
        tagIds: tagIds.length > 0 ? tagIds.join(' ') : null,
        recurrenceRule: recurrence?.rule ?? null,
        recurrenceBasis: recurrence?.basis ?? null,
        seriesId: series?.id ?? null,
        seriesStart: series?.start ?? null,
        seriesOccurrence: series?.occurrence ?? null,
        seriesNumber: series?.number ?? null,
      }
      yield csvLine(taskColumns.map((column) => row[column]))
    }
  }
}

async function* historyCsv(scope: Scope): AsyncGenerator<string> {
  const of = ['revision', 'madeAt', 'actor', 'client', 'sessionId', 'undoes', 'basedOn'] as const
  yield csvStart + csvLine([...of, 'entity', 'id', 'kind', 'before', 'after'])
  for await (const page of exportedHistory(scope)) {
    for (const { revision, change } of page) {
      const told = [change?.before, change?.after].map((fields) => (fields ? JSON.stringify(fields) : null))
      const which = [change?.entity ?? null, change?.id ?? null, change?.kind ?? null]
      yield csvLine([...of.map((column) => revision[column]), ...which, ...told])
    }
  }
}

async function* once<Value>(value: Value): AsyncGenerator<Value> {
  yield value
}

/** A stream of lines costs more by the line than by the byte. */
async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = ''
  for await (const line of lines) {
    block += line
    if (block.length < 65_536) continue
    yield Buffer.from(block)
    block = ''
  }
  if (block !== '') yield Buffer.from(block)
}
