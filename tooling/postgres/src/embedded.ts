import { chmodSync, constants, cpSync, lstatSync, mkdirSync } from 'node:fs'
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { codeOf, LaunchError } from './errors.ts'

/**
 * npm packages cannot hold symlinks, and the install script that would make these does not run (pnpm runs no
 * scripts but those named). Says whether all are there.
 */
export function completeSymlinks(native: string): boolean {
  try {
    makeSymlinks(native)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

/** A copy of the binaries that the service account can reach, made once for each version. */
export function cachedCopy(home: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const version = hasVersion(manifest) ? manifest.version : 'unknown'
  const copy = join(cacheDir(), `postgres-${version}-${process.platform}-${process.arch}`)
  if (isOurs(copy)) return copy

  const making = `${copy}.new-${process.pid}`
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
  rmSync(making, { recursive: true, force: true })
  cpSync(join(home, 'native'), making, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  })
  makeSymlinks(making)
  openToAll(making)
  try {
    renameSync(making, copy)
  } catch (error) {
    // Another start was quicker, or what stands there is not ours and cannot be trusted.
    rmSync(making, { recursive: true, force: true })
    if (!isOurs(copy))
      throw new LaunchError(`${copy} belongs to somebody else (${codeOf(error)}). Remove it.`)
  }
  return copy
}

function makeSymlinks(native: string): void {
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(links)) throw new LaunchError(`${native}/pg-symlinks.json is not a list.`)
  for (const { source, target } of links.filter(isLink)) {
    // The list names them from the root of the package, where this directory is called "native".
    const from = join(native, relative('native', source))
    const to = join(native, relative('native', target))
    if (lstatSync(to, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(to), from), to)
    } catch (error) {
      // Two starts at once make the same links.
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

// Whatever the umask was when the modules were installed, the service account has to read the copy.
function openToAll(copy: string): void {
  chmodSync(copy, 0o755)
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    else if (entry.isFile()) chmodSync(path, entry.parentPath.endsWith('bin') ? 0o755 : 0o644)
  }
}

// A place that only its owner can write to, and that nothing cleans up behind a running server's back.
function cacheDir(): string {
  if (process.getuid?.() === 0)
    return process.platform === 'darwin' ? '/Library/Caches/ownlist' : '/var/cache/ownlist'
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'ownlist')
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ownlist')
}

function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  return (
    found !== undefined &&
    found.isDirectory() &&
    found.uid === process.getuid?.() &&
    (found.mode & 0o022) === 0
  )
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value))
    return false
  return typeof value.source === 'string' && typeof value.target === 'string'
}

function hasVersion(value: unknown): value is { version: string } {
  return (
    typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'
  )
}
