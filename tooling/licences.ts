import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkout } from './checkout.ts'

/** Licences under which anybody may use, change and pass on what they cover without giving away what is beside it. */
const allowedLicences = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
])

type Manifest = {
  name: string
  version: string
  license?: string | { type: string }
  licenses?: { type: string }[]
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
type Licence = { name: string; version: string; licence: string }

/**
 * The licence of everything that production runs or serves: what the packages depend on beyond their tests, and what that
 * depends on, as it is installed here. Binaries for other machines are not; they have the licence of those for this one.
 */
export function productionLicences(root: string): Licence[] {
  const shipped = /^(package\.json|(packages|apps)\/[^/]+\/package\.json|tooling\/postgres\/package\.json)$/
  const open = checkout(root)
    .paths.filter((path) => shipped.test(path))
    .map((path) => dirname(join(root, path)))
  const found = new Map<string, Licence>()
  const seen = new Set<string>()
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (seen.has(folder)) continue
    seen.add(folder)
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    if (folder.includes('node_modules')) {
      const { name, version } = manifest
      found.set(`${name}@${version}`, { name, version, licence: licenceOf(manifest) })
    }
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const dependency = installed(name, folder)
      if (dependency) open.push(dependency)
    }
  }
  return [...found.values()].toSorted((a, b) =>
    `${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1,
  )
}

/** Those that nobody has allowed. */
export function refusedLicences(all: Licence[]): string[] {
  return all
    .filter(({ licence }) => !isAllowed(licence))
    .map(({ name, version, licence }) => `${name}@${version}: ${licence}`)
}

/** `(MIT AND Zlib)` needs both, `(MIT OR GPL-2.0)` one. */
function isAllowed(licence: string): boolean {
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ')
  return alternatives.some((one) => one.split(' AND ').every((part) => allowedLicences.has(part)))
}

function licenceOf({ license, licenses }: Manifest): string {
  if (typeof license === 'string') return license
  return license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none'
}

/** As Node finds a package from a folder; optional ones may not be there. */
function installed(name: string, from: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
  }
  return undefined
}

if (import.meta.main) {
  const all = productionLicences(join(import.meta.dirname, '..'))
  const groups = Object.entries(Object.groupBy(all, ({ licence }) => licence)).toSorted()
  for (const [licence, of = []] of groups) {
    console.log(`${licence} (${of.length})`)
    for (const { name, version } of of) console.log(`  ${name} ${version}`)
  }
  const refused = refusedLicences(all)
  for (const one of refused) console.error(`not allowed: ${one}`)
  process.exitCode = refused.length > 0 ? 1 : 0
}
