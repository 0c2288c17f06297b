import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ask } from '../../apps/server/src/matrix/doors.fixture.ts'

export interface Verdict {
  /** `untested`: it could not try, or did not come to an end; the reason is among the lines. */
  outcome: 'nothing found' | 'found' | 'untested'
  /** What was found, or suspected and taken back. */
  lines: string[]
}

/** Hands a request to sqlmap, which tries every value in it and, from level 3 on, the headers. */
export async function sqlmap(
  { method, path, body }: Ask,
  url: string,
  { authorization, level, risk }: { authorization: string; level: string; risk: string },
): Promise<Verdict> {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-sqlmap-'))
  const file = join(home, 'request.txt')
  const { host } = new URL(url)
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\nUser-Agent: sqlmap\r\nReferer: ${url}\r\n`
  writeFileSync(
    file,
    method === 'POST'
      ? `${head}Content-Type: application/json\r\n\r\n${JSON.stringify(body)}`
      : `${head}\r\n`,
  )
  const how = `--level ${level} --risk ${risk} --dbms postgresql --time-sec 3 --threads 2 --ignore-code *`
  const quietly = '--batch --flush-session --ignore-stdin --disable-coloring'
  try {
    const said = await new Promise<string>((resolve, reject) => {
      const running = spawn(
        'sqlmap',
        ['-r', file, '--output-dir', home, ...how.split(' '), ...quietly.split(' ')],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      let text = ''
      running.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
      running.on('error', reject)
      running.on('close', () => resolve(text))
    })
    return verdictOf(said)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/**
 * What sqlmap says at the end of a test is taken by its own words: whatever else it ends with is no proof. What it suspects
 * in between it tries once more, and takes back where that shows nothing: the answer only differed by itself.
 */
export function verdictOf(said: string): Verdict {
  const lines = said.split('\n')
  const found = lines.filter((line) => /is vulnerable|^ *Type: /.test(line))
  const suspected = lines.filter((line) => /appears to be .*injectable/.test(line))
  const withdrawn = lines.filter((line) => line.includes('false positive or unexploitable'))
  if (found.length > 0 || suspected.length > withdrawn.length)
    return { outcome: 'found', lines: [...suspected, ...found] }
  if (/all tested parameters do not appear to be injectable/.test(said))
    return { outcome: 'nothing found', lines: suspected }
  return { outcome: 'untested', lines: lines.filter((line) => /CRITICAL|ERROR/.test(line)).slice(-3) }
}
