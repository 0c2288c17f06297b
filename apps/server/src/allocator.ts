/**
 * Starts the process over, under the same id, with an allocator that gives large blocks back. glibc raises its limit for
 * that to the largest block it ever freed; argon2 frees 19 MiB per sign-in, so a few sign-ins would leave each thread with
 * tens of megabytes for good (measured: 130 MiB after thirty). The limit is read from the environment at the start only.
 */
export function fixAllocator(): void {
  if (process.platform !== 'linux' || process.env['MALLOC_MMAP_THRESHOLD_'] !== undefined) return
  // A parent that talks to this process (node --watch) would lose it.
  if (process.connected || process.execve === undefined) return
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...process.env,
    MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  })
}
