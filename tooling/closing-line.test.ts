import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Runs vitest itself over the given files, and gives its exit code and the last line of its output. */
function run(files: Record<string, string>) {
  // Inside the checkout, so that the files find vitest; node_modules is where no other tool looks.
  const folder = mkdtempSync(join(root, 'node_modules', '.closing-line-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, test } from 'vitest'\n${body}\n`)
  }
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { ClosingLine } from '${join(root, 'tooling/closing-line.ts').replaceAll('\\', '/')}'
    export default { test: { include: ['*.test.ts'], exclude: [], reporters: ['default', new ClosingLine()] } }`,
  )
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], {
    encoding: 'utf8',
    cwd: tmpdir(),
  })
  return { status, last: stdout.trimEnd().split('\n').at(-1) }
}

const passes = "test('passes', () => expect(1).toBe(1))"

test('all pass', () => {
  expect(run({ 'a.test.ts': passes, 'b.test.ts': passes })).toEqual({ status: 0, last: '2 passed, 0 failed' })
})

test('some are skipped', () => {
  expect(run({ 'a.test.ts': `${passes}\ntest.skip('later', () => {})` })).toEqual({
    status: 0,
    last: '1 passed, 0 failed, 1 skipped',
  })
})

test('a test fails', () => {
  expect(run({ 'a.test.ts': `${passes}\ntest('fails', () => expect(1).toBe(2))` })).toEqual({
    status: 1,
    last: '1 passed, 1 failed',
  })
})

test('a file does not load', () => {
  expect(
    run({ 'a.test.ts': passes, 'b.test.ts': "throw new Error('no')", 'c.test.ts': 'const = 1' }),
  ).toEqual({
    status: 1,
    last: '1 passed, 2 failed',
  })
})

test('a hook throws, and its tests never run', () => {
  const body = `describe('one', () => { beforeAll(() => { throw new Error('no') }); ${passes} })`
  expect(run({ 'a.test.ts': body })).toEqual({ status: 1, last: '0 passed, 1 failed, 1 skipped' })
})

test('an error that nobody catches', () => {
  const body =
    "test('passes', async () => { setTimeout(() => { throw new Error('late') }); await new Promise((r) => setTimeout(r, 20)) })"
  expect(run({ 'a.test.ts': body })).toEqual({ status: 1, last: '1 passed, 1 failed' })
})

test('there are no tests', () => {
  expect(run({})).toEqual({ status: 1, last: '0 passed, 1 failed' })
})
