import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

export type Proof = { file: string | undefined; titles: string[]; text: string }

/** The cells of each line of a document's tables that `starts`; a cell may hold `\|`. */
export function rowsOf(document: string, starts: RegExp): string[][] {
  return document
    .split('\n')
    .filter((line) => starts.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** A cell holds files in backticks, each followed by any number of titles in quotes that stand in it. */
export function proofsIn(cell: string): Proof[] {
  if (cell === '') return []
  const found = [...cell.matchAll(/`([^`]+)`([^`]*)/g)].map(([text, file, rest = '']) => ({
    file,
    titles: [...rest.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
    text,
  }))
  return found.length > 0 ? found : [{ file: undefined, titles: [], text: cell }]
}

/** What of a proof is not there: the file, or a title in it. */
export function missingPart({ file, titles, text }: Proof): string[] {
  if (!file) return [`"${text}" names no file`]
  if (!existsSync(join(root, file))) return [`${file} is not there`]
  const source = readFileSync(join(root, file), 'utf8').replaceAll(String.raw`\'`, "'")
  return titles.filter((title) => !source.includes(title)).map((title) => `${file} has no "${title}"`)
}
