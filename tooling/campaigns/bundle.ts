import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The server as production runs it, freshly built; or another build of it: OWNLIST_BUNDLE=…/main.js */
export function serverBundle(): string {
  const given = process.env['OWNLIST_BUNDLE']
  if (given !== undefined) return given
  const folder = join(import.meta.dirname, '../../apps/server')
  const rolldown = join(folder, 'node_modules/.bin/rolldown')
  const { status, stderr } = spawnSync(rolldown, ['-c', 'rolldown.config.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the server does not build: ${stderr}`)
  return join(folder, 'dist/server/main.js')
}
