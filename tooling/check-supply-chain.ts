import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, type Tree } from './checkout.ts'
import { floors } from './floors.ts'

/** What pnpm is told, so that it refuses by itself what the rules below can only find afterwards. */
const settings: [line: RegExp, what: string][] = [
  [/^saveExact: true$/m, 'saves exact versions (saveExact)'],
  [
    /^blockExoticSubdeps: true$/m,
    'takes dependencies of dependencies from the registry only (blockExoticSubdeps)',
  ],
  [/^strictDepBuilds: true$/m, 'stops where a package with an install script is not named (strictDepBuilds)'],
  [/^trustPolicy: no-downgrade$/m, 'takes no version that is less trusted than an earlier one (trustPolicy)'],
  [/^catalogMode: strict$/m, 'takes versions from the catalogue only (catalogMode)'],
]

/** Minutes that a version is out before it is taken: most that steal are found within hours. */
const youngest = 3 * 24 * 60

/** What the lockfile and the workspace say of what is installed; each line is something that may not be so. */
export function problemsInSupplyChain({ paths, read }: Tree): string[] {
  const lockfile = read('pnpm-lock.yaml')
  const workspace = read('pnpm-workspace.yaml')
  return [
    ...belowTheFloor(lockfile),
    ...notFromTheRegistry(lockfile),
    ...notExact(workspace),
    ...settings
      .filter(([line]) => !line.test(workspace))
      .map(([, what]) => `pnpm-workspace.yaml: no longer ${what}`),
    ...(Number(/^minimumReleaseAge: (\d+)$/m.exec(workspace)?.[1] ?? 0) < youngest
      ? [`pnpm-workspace.yaml: takes versions that are younger than ${youngest} minutes (minimumReleaseAge)`]
      : []),
    // A registry of its own for a scope, or a token for one, is how somebody else's package gets in.
    ...paths
      .filter((path) => /(^|\/)\.(npmrc|yarnrc(\.yml)?)$/.test(path))
      .map((path) => `${path}: there is one registry, and nothing to configure for it`),
  ]
}

/** Packages that are installed and would run a script of theirs, by name, and have not been looked at and named. */
export function unnamedScripts(workspace: string, withScripts: string[]): string[] {
  const named = new Set(namesIn(workspace))
  return withScripts
    .filter((name) => !named.has(name))
    .map(
      (name) =>
        `${name}: runs a script when it is installed, and is not named in pnpm-workspace.yaml (allowBuilds)`,
    )
}

/** The names under `allowBuilds:`, with `true` or `false`. */
function namesIn(workspace: string): string[] {
  const block = /^allowBuilds:\n((?:[ #].*\n|\n)*)/m.exec(`${workspace}\n`)?.[1] ?? ''
  return [...block.matchAll(/^ {2}'?([^#'\s]+)'?: (?:true|false)$/gm)].map(([, name]) => name ?? '')
}

/** Names of the installed packages that have a script for their installation, whether it is allowed to run or not. */
export function packagesWithScripts(modules: string): string[] {
  const store = join(modules, '.pnpm')
  return readdirSync(store)
    .map((folder) => join(store, folder, 'node_modules'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => realFolders(folder).map((name) => ({ name, path: join(folder, name) })))
    .filter(({ path }) => existsSync(join(path, 'package.json')) && hasScript(path))
    .map(({ name }) => name)
}

/** The package that a folder of the store is for; those it depends on are links. */
function realFolders(folder: string): string[] {
  const real = (path: string) => readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory())
  return real(folder).flatMap(({ name }) =>
    name.startsWith('@') ? real(join(folder, name)).map((inner) => `${name}/${inner.name}`) : [name],
  )
}

function hasScript(folder: string): boolean {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>
  }
  // npm's way: where there is a binding.gyp and no word of it, it is built.
  return (
    ['preinstall', 'install', 'postinstall'].some((name) => name in scripts) ||
    existsSync(join(folder, 'binding.gyp'))
  )
}

function belowTheFloor(lockfile: string): string[] {
  const versions = new Map<string, string[]>()
  for (const { name, version } of packagesOf(lockfile))
    versions.set(name, [...(versions.get(name) ?? []), version])
  return Object.entries(floors).flatMap(([name, { floor, advisories }]) => {
    const installed = versions.get(name) ?? []
    const lines = floor.map((lowest) => ({
      lowest,
      of: installed.filter((one) => lineOf(one, floor) === lowest),
    }))
    return [
      ...lines.flatMap(({ lowest, of }) =>
        of
          .filter((version) => isBelow(version, lowest))
          .map(
            (version) => `pnpm-lock.yaml: ${name}@${version} is below ${lowest} (${advisories.join(', ')})`,
          ),
      ),
      ...lines
        .filter(({ of }) => of.length > 1)
        .map(({ of }) => `pnpm-lock.yaml: ${name} is there in several versions: ${of.join(', ')}`),
    ]
  })
}

/** The floor that a version stands on: that of its own major line, or the highest of those below it. */
function lineOf(version: string, floor: string[]): string | undefined {
  const below = floor.filter((lowest) => Number.parseInt(lowest) <= Number.parseInt(version))
  return below.at(-1) ?? floor[0]
}

/** By the numbers alone; of equal ones, what is called alpha, beta or so comes before. */
export function isBelow(version: string, floor: string): boolean {
  const parts = (text: string) => text.split(/[-+]/)[0]?.split('.').map(Number) ?? []
  const [a, b] = [parts(version), parts(floor)]
  const at = [0, 1, 2].find((index) => a[index] !== b[index])
  return at === undefined ? version.includes('-') && !floor.includes('-') : (a[at] ?? 0) < (b[at] ?? 0)
}

function packagesOf(lockfile: string): { name: string; version: string; entry: string }[] {
  const [, block = ''] = /\npackages:\n([^]*?)(?:\nsnapshots:\n|$)/.exec(lockfile) ?? []
  return [...block.matchAll(/^ {2}'?(@?[^@'\s]+)@([^\n]+?)'?:\n((?: {4}.*\n?)*)/gm)].map(
    ([, name = '', version = '', entry = '']) => ({ name, version, entry }),
  )
}

/** A version number, and a hash of SHA-512 that what the registry gives out is held against. */
function notFromTheRegistry(lockfile: string): string[] {
  const packages = packagesOf(lockfile)
  return [
    ...(packages.length === 0 ? ['pnpm-lock.yaml: has no packages'] : []),
    ...packages.flatMap(({ name, version, entry }) => [
      ...(/^\d+\.\d+\.\d+[\w.+-]*$/.test(version) ? [] : [`pnpm-lock.yaml: ${name} comes from ${version}`]),
      ...(/^ {4}resolution: \{integrity: sha512-[\w+/]{86}==\}$/m.test(entry)
        ? []
        : [`pnpm-lock.yaml: ${name}@${version} has no hash, or another source than the registry`]),
    ]),
  ]
}

function notExact(workspace: string): string[] {
  const [, block = ''] = /^catalog:\n((?: .*\n)*)/m.exec(workspace) ?? []
  const entries = [...block.matchAll(/^ {2}'?([^#'\s]+?)'?: (.+)$/gm)]
  return [
    ...(entries.length === 0 ? ['pnpm-workspace.yaml: has no catalogue'] : []),
    ...entries
      .filter(([, , version = '']) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([, name, version]) => `pnpm-workspace.yaml: ${name} says ${version}, which is no exact version`),
  ]
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const problems = [
    ...problemsInSupplyChain(checkout(root)),
    ...unnamedScripts(
      readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'),
      packagesWithScripts(join(root, 'node_modules')),
    ),
  ]
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
