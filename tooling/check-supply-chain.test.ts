import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isBelow, packagesWithScripts, problemsInSupplyChain, unnamedScripts } from './check-supply-chain.ts'
import { checkout } from './checkout.ts'
import { floors } from './floors.ts'

const root = join(import.meta.dirname, '..')
const hash = `sha512-${'a'.repeat(86)}==`
const entry = (name: string, resolution = `{integrity: ${hash}}`) =>
  `  ${name}:\n    resolution: ${resolution}\n    engines: {node: '>=18'}\n\n`

/** A small workspace without a fault, and each test puts one in. */
const sound = {
  lockfile: [
    entry('hono@4.13.19'),
    entry("'@trpc/server@11.22.1'"),
    entry('picomatch@2.3.2'),
    entry('picomatch@4.0.7'),
  ].join(''),
  workspace: readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'),
}

function problemsWith({ lockfile, workspace, ...files }: Record<string, string>) {
  const all: Record<string, string> = {
    ...files,
    'pnpm-lock.yaml': `importers:\n\npackages:\n\n${lockfile ?? sound.lockfile}snapshots:\n`,
    'pnpm-workspace.yaml': workspace ?? sound.workspace,
  }
  return problemsInSupplyChain({ paths: Object.keys(all), read: (path) => all[path] ?? '' })
}

test('the lockfile has no version below its floor, and no package with a floor in two versions', () => {
  const problems = problemsInSupplyChain(checkout(root))
  expect(problems.filter((problem) => / is below | several versions/.test(problem))).toEqual([])
})

test('every package is of an exact version, from the registry, with a hash of SHA-512', () => {
  expect(problemsInSupplyChain(checkout(root))).toEqual([])
})

test('every floor is a version and names the advisories behind it', () => {
  for (const [name, { floor, advisories, what }] of Object.entries(floors)) {
    expect(
      floor.every((version) => /^\d+\.\d+\.\d+$/.test(version)),
      name,
    ).toBe(true)
    expect(advisories.length, name).toBeGreaterThan(0)
    expect(
      advisories.every((id) => /^(GHSA(-[2-9cfghjmpqrvwx]{4}){3}|CVE-\d{4}-\d{4,})$/.test(id)),
      name,
    ).toBe(true)
    expect(what.length, name).toBeGreaterThan(10)
  }
})

test('no installed package has an install script that is not named', () => {
  const withScripts = packagesWithScripts(join(root, 'node_modules'))
  expect(unnamedScripts(sound.workspace, withScripts)).toEqual([])
})

test('a sound workspace passes', () => {
  expect(problemsWith({})).toEqual([])
})

const without = (line: string) => sound.workspace.replace(`${line}\n`, '')

test.each<[fault: string, change: Record<string, string>, problem: string]>([
  [
    'version below its floor',
    { lockfile: entry('hono@4.13.10') },
    'hono@4.13.10 is below 4.13.11 (GHSA-5r4p-p66f-jhc7',
  ],
  [
    'first version of long ago',
    { lockfile: entry("'@trpc/server@9.27.4'") },
    '@trpc/server@9.27.4 is below 11.8.0',
  ],
  [
    'trial of the floor itself',
    { lockfile: entry('better-auth@1.7.0-beta.9') },
    '1.7.0-beta.9 is below 1.7.0',
  ],
  ['old line below its own floor', { lockfile: entry('picomatch@2.3.1') }, 'picomatch@2.3.1 is below 2.3.2'],
  [
    'second version of one line',
    { lockfile: entry('hono@4.13.19') + entry('hono@4.13.20') },
    'hono is there in several versions: 4.13.19, 4.13.20',
  ],
  [
    'package from a repository',
    {
      lockfile: entry(
        'left-pad@https://codeload.github.com/left-pad/left-pad/tar.gz/0123456',
        '{tarball: https://codeload.github.com/left-pad/left-pad/tar.gz/0123456}',
      ),
    },
    'left-pad comes from https://codeload.github.com',
  ],
  [
    'package from another place under a version of the registry',
    { lockfile: entry('left-pad@1.3.0', '{tarball: https://example.org/left-pad.tgz}') },
    'left-pad@1.3.0 has no hash',
  ],
  [
    'package with a weak hash',
    { lockfile: entry('left-pad@1.3.0', '{integrity: sha1-abc=}') },
    'has no hash',
  ],
  ['empty lockfile', { lockfile: '' }, 'pnpm-lock.yaml: has no packages'],
  [
    'range in the catalogue',
    { workspace: sound.workspace.replace(/ {2}hono: .*/, '  hono: ^4.13.19') },
    'hono says ^4.13.19, which is no exact version',
  ],
  [
    'tag in the catalogue',
    { workspace: sound.workspace.replace(/ {2}hono: .*/, '  hono: latest') },
    'hono says latest',
  ],
  ['script of anybody', { workspace: without('strictDepBuilds: true') }, 'strictDepBuilds'],
  ['source of anybody', { workspace: without('blockExoticSubdeps: true') }, 'blockExoticSubdeps'],
  ['version that lost its trust', { workspace: without('trustPolicy: no-downgrade') }, 'trustPolicy'],
  ['version of this morning', { workspace: without('minimumReleaseAge: 4320') }, 'minimumReleaseAge'],
  [
    'registry of a scope',
    { 'apps/web/.npmrc': '@ownlist:registry=https://example.org' },
    'apps/web/.npmrc: there is one registry',
  ],
])('a %s is found', (_, change, problem) => {
  expect(problemsWith(change).join('\n')).toContain(problem)
})

test('an install script of a package that nobody named is found, in whatever form', () => {
  const modules = mkdtempSync(join(tmpdir(), 'ownlist-scripts-'))
  onTestFinished(() => rmSync(modules, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(modules, path)), { recursive: true })
    writeFileSync(join(modules, path), text)
  }
  const manifest = (scripts: object) => JSON.stringify({ name: 'x', scripts })
  write('.pnpm/quiet@1.0.0/node_modules/quiet/package.json', manifest({ test: 'node test.js' }))
  write('.pnpm/after@1.0.0/node_modules/after/package.json', manifest({ postinstall: 'node steal.js' }))
  write('.pnpm/@of+scope@1.0.0/node_modules/@of/scope/package.json', manifest({ preinstall: 'sh x' }))
  write('.pnpm/native@1.0.0/node_modules/native/package.json', manifest({}))
  write('.pnpm/native@1.0.0/node_modules/native/binding.gyp', '{}')

  const found = packagesWithScripts(modules)
  expect(found.toSorted()).toEqual(['@of/scope', 'after', 'native'])
  const workspace = "allowBuilds:\n  # Looked at.\n  '@of/scope': false\n  native: true\n"
  expect(unnamedScripts(workspace, found)).toEqual([
    'after: runs a script when it is installed, and is not named in pnpm-workspace.yaml (allowBuilds)',
  ])
  expect(unnamedScripts('catalog:\n', found)).toHaveLength(3)
})

test('versions are compared by their numbers', () => {
  expect(isBelow('4.9.10', '4.13.0')).toBe(true)
  expect(isBelow('4.13.0', '4.13.0')).toBe(false)
  expect(isBelow('10.0.0', '9.9.9')).toBe(false)
  expect(isBelow('2.0.0-rc.1', '2.0.0')).toBe(true)
  expect(isBelow('2.0.1-rc.1', '2.0.0')).toBe(false)
})
