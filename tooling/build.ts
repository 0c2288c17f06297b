import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// `pnpm build`. turbo reports every run to its makers unless the environment says no, and has no other place to say it.
const turbo = fileURLToPath(import.meta.resolve('turbo/bin/turbo'))
const { status } = spawnSync(process.execPath, [turbo, 'run', 'build', ...process.argv.slice(2)], {
  cwd: join(import.meta.dirname, '..'),
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  stdio: 'inherit',
})
process.exitCode = status ?? 1
