import { expect, test } from 'vitest'

import { launchersOf } from './launchers.ts'

const chain = (...commands: string[]) =>
  commands.map((command, index) => ({ pid: 100 - index, parent: 99 - index, command }))
const watched = (...commands: string[]) => launchersOf(chain(...commands)).map(({ command }) => command)

test('everything up to the topmost package manager is watched', () => {
  expect(
    watched(
      'sh -c node tooling/start.ts',
      'pnpm start',
      'sh -c pnpm start',
      'npm exec pnpm@12 start',
      '-bash',
    ),
  ).toEqual(['sh -c node tooling/start.ts', 'pnpm start', 'sh -c pnpm start', 'npm exec pnpm@12 start'])
  expect(watched('sh -c x', 'node /opt/pnpm/bin/pnpm.cjs start', '/bin/zsh')).toHaveLength(2)
})

test('shells and terminals a person sits in are not: the server may outlive them', () => {
  expect(watched('-bash', 'tmux', 'systemd')).toEqual([])
  expect(watched('bash -c node tooling/start.ts & disown', 'sshd: ada')).toEqual([])
  expect(watched('pnpm start', '-zsh', 'npm run editor')).toEqual(['pnpm start'])
})
