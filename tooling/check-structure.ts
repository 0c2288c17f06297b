import { basename, dirname, join } from 'node:path'
import { problemsInLockfile } from './check-lockfile.ts'
import { checkout, type Tree } from './checkout.ts'

/** The rules of docs/ARCHITECTURE.md that a script can hold. Each gives one line per thing that breaks it. */
export function problemsIn(tree: Tree): string[] {
  return [
    folderNames,
    featureFolders,
    barrels,
    dependencyDirection,
    developmentOnly,
    catalogVersions,
    referencedProjects,
    fileLength,
    rawSql,
    migrations,
    problemsInLockfile,
  ].flatMap((rule) => rule(tree))
}

type Manifest = {
  name: string
  exports?: unknown
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** What each package may depend on of ours, and what its tests may add. A new package needs a line here. */
const mayDependOn: Record<string, { always: string[]; forTests: string[] }> = {
  '@ownlist/recurrence': { always: [], forTests: [] },
  '@ownlist/quick-add': { always: [], forTests: [] },
  '@ownlist/db': { always: [], forTests: ['@ownlist/testing', '@ownlist/postgres'] },
  '@ownlist/auth': { always: ['@ownlist/db'], forTests: ['@ownlist/testing', '@ownlist/postgres'] },
  '@ownlist/api': {
    always: ['@ownlist/db', '@ownlist/recurrence'],
    forTests: ['@ownlist/testing', '@ownlist/postgres'],
  },
  '@ownlist/client': {
    always: ['@ownlist/api', '@ownlist/recurrence'],
    forTests: ['@ownlist/testing', '@ownlist/server'],
  },
  '@ownlist/server': {
    always: ['@ownlist/api', '@ownlist/auth', '@ownlist/db'],
    forTests: ['@ownlist/client', '@ownlist/testing', '@ownlist/postgres'],
  },
  '@ownlist/web': {
    always: ['@ownlist/client', '@ownlist/api', '@ownlist/quick-add', '@ownlist/recurrence'],
    forTests: ['@ownlist/server', '@ownlist/testing', '@ownlist/postgres'],
  },
  '@ownlist/cli': {
    always: ['@ownlist/client', '@ownlist/api', '@ownlist/quick-add', '@ownlist/recurrence'],
    forTests: ['@ownlist/server', '@ownlist/testing', '@ownlist/postgres'],
  },
  '@ownlist/postgres': { always: [], forTests: [] },
  '@ownlist/testing': { always: ['@ownlist/db', '@ownlist/postgres'], forTests: [] },
  '@ownlist/bench': {
    always: [
      '@ownlist/api',
      '@ownlist/auth',
      '@ownlist/client',
      '@ownlist/db',
      '@ownlist/postgres',
      '@ownlist/server',
      '@ownlist/testing',
    ],
    forTests: [],
  },
}

/** Names that say "elsewhere" instead of what is inside. */
const emptyNames = new Set([
  'utils',
  'util',
  'lib',
  'libs',
  'helpers',
  'common',
  'shared',
  'services',
  'types',
  'misc',
])

function folderNames({ paths }: Tree) {
  const folders = new Set(paths.flatMap(foldersOf))
  return [...folders]
    .filter((folder) => emptyNames.has(basename(folder)))
    .map((folder) => `${folder}/: a folder is named after what it holds`)
}

// `queries.ts` where the feature owns rows; account's belong to the identity role, behind `accounts.ts`.
const everyFeatureHas = ['schema.ts', 'router.ts', 'router.test.ts']

/**
 * A feature is one flat folder with the four files that every feature has. More modules beside them are fine
 * (`due.ts`, `cursor.ts`, and tests), as long as nobody has to look for procedures outside router.ts.
 */
function featureFolders({ paths, read }: Tree) {
  const features = new Map<string, string[]>()
  for (const path of paths) {
    const [, feature, file] = /^packages\/api\/src\/([^/]+)\/(.+)$/.exec(path) ?? []
    if (feature && file) features.set(feature, [...(features.get(feature) ?? []), file])
  }
  return [...features].flatMap(([feature, files]) => {
    const folder = `packages/api/src/${feature}`
    const missing = everyFeatureHas.filter((file) => !files.includes(file))
    return [
      ...missing.map((file) => `${folder}/: has no ${file}`),
      ...files
        .filter((file) => !/^[a-z0-9-]+(\.test)?\.ts$/.test(file))
        .map((file) => `${folder}/${file}: a feature is one flat folder of kebab-case .ts files`),
      ...files
        .filter((file) => !file.endsWith('.test.ts') && file !== 'router.ts')
        .filter((file) =>
          importsOf(read(`${folder}/${file}`)).some((name) => /^@trpc\/|\/trpc\.ts$/.test(name)),
        )
        .map((file) => `${folder}/${file}: only router.ts knows of tRPC`),
    ]
  })
}

function barrels({ paths, read }: Tree) {
  const exported = new Set(
    manifests({ paths, read }).flatMap(({ folder, manifest }) =>
      strings(manifest.exports).map((target) => join(folder, target)),
    ),
  )
  return paths
    .filter(isCode)
    .flatMap((path) => [
      ...(/^\s*export\s+\*/m.test(read(path))
        ? [`${path}: exports are named, one by one (no \`export *\`)`]
        : []),
      ...(/^index\.tsx?$/.test(basename(path)) && !exported.has(path)
        ? [`${path}: index.ts stands only where package.json's exports point at it`]
        : []),
    ])
}

function dependencyDirection(tree: Tree) {
  return manifests(tree).flatMap(({ path, manifest }) => {
    if (path === 'package.json') return []
    const allowed = mayDependOn[manifest.name]
    if (!allowed) return [`${path}: ${manifest.name} has no line in mayDependOn (tooling/check-structure.ts)`]
    const refused = (names: string[], list: string[]) =>
      names
        .filter((name) => name.startsWith('@ownlist/') && !list.includes(name))
        .map((name) => `${path}: ${manifest.name} may not depend on ${name}`)
    return [
      ...refused(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }), allowed.always),
      ...refused(Object.keys({ ...manifest.devDependencies }), [...allowed.always, ...allowed.forTests]),
    ]
  })
}

/** What a package lists for its tests does not reach what it ships. A tool may still load it by `import()`. */
function developmentOnly(tree: Tree) {
  return manifests(tree).flatMap(({ folder, manifest }) => {
    const development = Object.keys(manifest.devDependencies ?? {}).filter((name) =>
      name.startsWith('@ownlist/'),
    )
    return tree.paths
      .filter((path) => path.startsWith(`${folder}/src/`) && isCode(path) && !isTest(path))
      .flatMap((path) =>
        importsOf(tree.read(path))
          .filter((name) => development.some((one) => name === one || name.startsWith(`${one}/`)))
          .map((name) => `${path}: ${name} is there for tests only`),
      )
  })
}

function catalogVersions(tree: Tree) {
  return manifests(tree).flatMap(({ path, manifest }) =>
    Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
      ...manifest.peerDependencies,
    })
      .filter(([, version]) => version !== 'catalog:' && version !== 'workspace:*')
      .map(
        ([name, version]) =>
          `${path}: ${name} says ${version}; versions stand in pnpm-workspace.yaml (catalog:)`,
      ),
  )
}

/** A package that the root does not refer to would never be type-checked, and nobody would notice. */
function referencedProjects(tree: Tree) {
  const root = tree.paths.includes('tsconfig.json') ? tree.read('tsconfig.json') : ''
  return manifests(tree)
    .filter(({ folder }) => folder !== '.' && !root.includes(`"path": "${folder}"`))
    .map(({ folder }) => `tsconfig.json: does not refer to ${folder}`)
}

const maximumLines = 350
const generated = new Set(['packages/db/src/database.ts', 'packages/db/schema.sql'])

function fileLength({ paths, read }: Tree) {
  return paths
    .filter((path) => /\.(tsx?|sql|css)$/.test(path) && !generated.has(path) && !path.endsWith('.gen.ts'))
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > maximumLines)
    .map(({ path, lines }) => `${path}: ${lines} lines; past ${maximumLines} it is usually two ideas`)
}

/** Migrations are SQL text by nature; nothing else may put a string into a statement. */
const mayUseRawSql = new Set(['packages/db/src/migrate.ts', 'packages/db/src/cli.ts'])

function rawSql({ paths, read }: Tree) {
  return paths
    .filter((path) => isCode(path) && !mayUseRawSql.has(path))
    .filter((path) => /\bsql\s*\.\s*(raw|lit|literal)\s*[<(]/.test(read(path)))
    .map((path) => `${path}: sql.raw and sql.lit put text into a statement; bind a value or use sql.ref`)
}

const sqlWords =
  /\b(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TABLE|INDEX|FUNCTION|TRIGGER|POLICY|GRANT|REVOKE|FROM|WHERE|NOT NULL|REFERENCES|CONSTRAINT|PRIMARY KEY|DEFAULT|BEGIN|RETURNS?)\b/

function migrations({ paths, read }: Tree) {
  const files = paths.filter((path) => path.startsWith('packages/db/migrations/')).toSorted()
  const upward = files.filter((path) => !path.endsWith('.down.sql'))
  return [
    ...files
      .filter((path) => !/^\d{4}_[a-z0-9_]+(\.down)?\.sql$/.test(basename(path)))
      .map((path) => `${path}: a migration is named NNNN_name.sql`),
    ...upward
      .filter((path, at) => Number(basename(path).slice(0, 4)) !== at + 1)
      .map((path) => `${path}: migrations count 0001, 0002, … without a gap or a double`),
    ...files.flatMap((path) => {
      const word = sqlWords.exec(read(path).replaceAll(/--.*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"[^"]*"/g, ''))
      return word ? [`${path}: SQL is written in lower case (${word[0]})`] : []
    }),
  ]
}

/** Every name that is imported or re-exported for its values; `import type` and `import()` are not. */
function importsOf(source: string) {
  const statements = /^\s*(?:import|export)\s(?!type\s)(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]/gm
  return [...source.matchAll(statements)].map(([, name]) => name ?? '')
}

function manifests({ paths, read }: Tree) {
  return paths
    .filter((path) => basename(path) === 'package.json')
    .map((path) => ({ path, folder: dirname(path), manifest: JSON.parse(read(path)) as Manifest }))
}

function foldersOf(path: string): string[] {
  const folder = dirname(path)
  return folder === '.' ? [] : [folder, ...foldersOf(folder)]
}

/** The file names in a package's `exports`, whatever conditions they stand under. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []
}

const isCode = (path: string) => /\.tsx?$/.test(path)
const isTest = (path: string) => /\.(test|fixture)\.tsx?$/.test(path)

if (import.meta.main) {
  const problems = problemsIn(checkout(process.argv[2] ?? join(import.meta.dirname, '..')))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
