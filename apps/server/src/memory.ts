/**
 * Starts the process over, under the same id, with memory settings that can only be given at the start.
 *
 * - glibc gives large blocks back to the system only while it was never asked to free one of that size: argon2 frees 19 MiB
 *   per sign-in, so ten sign-ins would leave 80 MiB behind for good. A fixed limit keeps it giving back.
 * - V8 lets the young part of its heap grow to three times 16 MiB before it looks for garbage in it; requests are done with
 *   theirs long before. docs/benchmarks.md has the figures.
 */
export function boundMemory(): void {
  if (process.platform !== 'linux' || process.env['MALLOC_MMAP_THRESHOLD_'] !== undefined) return
  // A parent that talks to this process (node --watch) would lose it.
  if (process.connected || process.execve === undefined) return
  const options = ['--max-semi-space-size=8', ...process.execArgv]
  process.execve(process.execPath, [process.execPath, ...options, ...process.argv.slice(1)], {
    ...process.env,
    MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  })
}
