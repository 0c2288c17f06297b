import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/**
 * `pnpm check`: everything that can be said of the code without running the product. All steps run at once, each
 * ends in one line, and what failed is printed in full below.
 *
 * `turbo boundaries` is not among them: what it finds, strict dependencies, `exports`, the lint rules per folder and
 * check-structure.ts find too, and it takes it for a fault that packages/db is tested with tooling/testing, which
 * stands on packages/db.
 */
const steps: [name: string, command: string, ...args: string[]][] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint'],
  ['types', 'tsc', '-b'],
  ['structure', 'node', 'tooling/check-structure.ts'],
  ['secrets', 'node', 'tooling/check-secrets.ts'],
  ['supply chain', 'node', 'tooling/check-supply-chain.ts'],
  ['unused', 'knip', '--no-progress', '--no-config-hints'],
  // Migrates an empty database and holds packages/db/src/database.ts against it.
  ['database types', 'node', 'tooling/check-database.ts'],
]

const root = join(import.meta.dirname, '..')
const isWindows = process.platform === 'win32'
// oxlint colours its output wherever CI is set, whatever NO_COLOR says: so it is taken off here.
const inColour = process.stdout.isTTY

const results = await Promise.all(steps.map(run))
const failed = results.filter(({ ok }) => !ok)
for (const { name, output } of failed)
  console.log(`\n── ${name} ──\n${inColour ? output.trimEnd() : stripVTControlCharacters(output).trimEnd()}`)
if (failed.length > 0) {
  console.log(
    `\n${failed.length} of ${steps.length} steps failed: ${failed.map(({ name }) => name).join(', ')}`,
  )
}
process.exitCode = failed.length > 0 ? 1 : 0

function run([name, command, ...args]: (typeof steps)[number]) {
  const { promise, resolve } = Promise.withResolvers<{ name: string; ok: boolean; output: string }>()
  const started = performance.now()
  const done = (ok: boolean, output: string) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(15)} ${seconds.padStart(5)} s`)
    resolve({ name, ok, output })
  }

  const bin = join(root, 'node_modules/.bin')
  const child = spawn(
    command === 'node' ? process.execPath : join(bin, isWindows ? `${command}.CMD` : command),
    args,
    {
      cwd: root,
      shell: isWindows,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: inColour ? { ...process.env, FORCE_COLOR: '1' } : process.env,
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.on('error', (error) => done(false, error.message))
  child.on('close', (code) => done(code === 0, output))
  return promise
}
