import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

// oxlint ignores a pattern that it cannot read, without a word: so the table "who may know what" is tried here,
// every folder with every import, through the real program and the real configuration.

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'ownlist-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))

const imports = {
  db: "import '@ownlist/db'",
  'db/database': "import '@ownlist/db/database'",
  auth: "import '@ownlist/auth'",
  api: "import { appRouter } from '@ownlist/api'",
  'type of api': "import type { AppRouter } from '@ownlist/api'",
  'api/tasks/schema': "import '@ownlist/api/tasks/schema'",
  'api/tasks/router': "import '@ownlist/api/tasks/router'",
  client: "import '@ownlist/client'",
  server: "import '@ownlist/server'",
  'a package to come': "import '@ownlist/to-come'",
  zod: "import 'zod'",
  hono: "import 'hono/cookie'",
  '@hono': "import '@hono/node-server'",
  trpc: "import '@trpc/server'",
  'better-auth': "import 'better-auth/api'",
  kysely: "import 'kysely'",
  'own queries': "import './queries.ts'",
  'own router': "import './router.ts'",
  'own due': "import './due.ts'",
  "another's queries": "import '../lists/queries.ts'",
  "another's router": "import '../lists/router.ts'",
  "another's schema": "import '../lists/schema.ts'",
  'trpc.ts': "import '../trpc.ts'",
} as const

type Import = keyof typeof imports

const mayImport: Record<string, Import[]> = {
  'packages/db/src/scope.ts': ['kysely'],
  'packages/auth/src/session.ts': ['db', 'db/database', 'zod', 'better-auth', 'kysely'],
  'packages/api/src/context.ts': ['db', 'db/database', 'zod', 'trpc', 'kysely', "another's router"],
  'packages/api/src/tasks/router.ts': [
    ...(['db', 'db/database', 'zod', 'trpc', 'kysely', 'own queries', 'own due'] as const),
    ...(["another's queries", "another's schema", 'trpc.ts'] as const),
  ],
  'packages/api/src/tasks/queries.ts': [
    ...(['db', 'db/database', 'zod', 'kysely', 'own due'] as const),
    ...(["another's queries", "another's schema"] as const),
  ],
  'packages/api/src/tasks/schema.ts': ['zod', 'own due', "another's schema"],
  'packages/client/src/links.ts': ['type of api', 'api/tasks/schema', 'zod', 'trpc'],
  'apps/server/src/app.ts': [
    'db',
    'db/database',
    'auth',
    'api',
    'type of api',
    'zod',
    'hono',
    '@hono',
    'trpc',
    'better-auth',
    'kysely',
  ],
  'apps/web/src/tasks/list.tsx': ['type of api', 'api/tasks/schema', 'client', 'zod', 'trpc'],
  'apps/cli/src/tasks/list.ts': ['type of api', 'api/tasks/schema', 'client', 'zod', 'trpc'],
}

/** Files of the folder itself say nothing outside packages/api. */
const relative: Import[] = [
  ...(['own queries', 'own router', 'own due', "another's queries", "another's router"] as const),
  ...(["another's schema", 'trpc.ts'] as const),
]

function lint(path: string, lines: string[]) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), lines.join('\n'))
  writeFileSync(
    join(folder, '.oxlintrc.json'),
    // Only the rules that need no types: there is nothing to resolve them with here.
    readFileSync(join(root, '.oxlintrc.json'), 'utf8').replace('"typeAware": true', '"typeAware": false'),
  )
  const { stdout } = oxlint(path)
  return [...stdout.matchAll(/:(\d+):\d+: .*\[Error\/([^\]]+)\]/g)].map(([, line, rule]) => ({
    line: lines[Number(line) - 1],
    rule,
  }))
}

describe('who may know what', () => {
  test.each(Object.keys(mayImport))('%s', (path) => {
    const names = (Object.keys(imports) as Import[]).filter(
      (name) =>
        (path.startsWith('packages/api') || !relative.includes(name)) &&
        !path.endsWith(`/${name.slice(4)}.ts`),
    )
    const refused = new Set(
      lint(
        path,
        names.map((name) => imports[name]),
      )
        .filter(({ rule }) => rule?.includes('no-restricted-imports'))
        .map(({ line }) => line),
    )
    const accepted = names.filter((name) => !refused.has(imports[name]))
    const free = path === 'packages/api/src/context.ts' ? relative : []
    expect(accepted.toSorted()).toEqual([...new Set([...(mayImport[path] ?? []), ...free])].toSorted())
  })
})

test.each([
  [
    'packages/api/src/tasks/queries.ts',
    'export const url = process.env.DATABASE_URL',
    'node(no-process-env)',
  ],
  ['packages/db/src/connect.ts', "console.log('connected')", 'eslint(no-console)'],
  ['apps/server/src/app.ts', 'export const app: any = 1', 'typescript(no-explicit-any)'],
  ['packages/db/src/connect.test.ts', "test.only('one', () => {})", 'no-focused-tests'],
])('%s refuses `%s`', (path, line, rule) => {
  expect(
    lint(path, [line])
      .map((found) => found.rule)
      .join(' '),
  ).toContain(rule)
})

test('a promise that nobody waits for is found by its type', () => {
  writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true, "types": [] } }')
  writeFileSync(
    join(folder, 'floating.ts'),
    'async function save() {}\n\nexport function click() {\n  save()\n}\n',
  )
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const tsgolint = join(root, 'node_modules/oxlint-tsgolint/bin/tsgolint.js')
  const { stdout } = oxlint('floating.ts', { OXLINT_TSGOLINT_PATH: tsgolint })
  expect(stdout).toContain('floating.ts:4:3')
  expect(stdout).toContain('no-floating-promises')
})

function oxlint(path: string, env: Record<string, string> = {}) {
  const program = join(root, 'node_modules/oxlint/bin/oxlint')
  return spawnSync(process.execPath, [program, '--format', 'unix', path], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
}
