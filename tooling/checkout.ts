import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A checkout, as far as the rules look: its files' paths from the root, and their text. */
export type Tree = { paths: string[]; read: (path: string) => string }

/** What git tracks or is about to: a file is checked before it is added, too. */
export function checkout(root: string): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: root })
  const gone = new Set(deleted.toString().split('\0'))
  const texts = new Map<string, string>()
  return {
    paths: [...new Set(listed.toString().split('\0'))].filter((path) => path && !gone.has(path)),
    read(path) {
      const text = texts.get(path) ?? readFileSync(join(root, path), 'utf8')
      texts.set(path, text)
      return text
    },
  }
}
