import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { extname, join } from 'node:path'
import { checkout, type Tree } from './checkout.ts'

/**
 * What looks like a secret and is none: a file, what the scan says of it, and why that is no secret. An entry that no
 * longer meets anything is a fault itself.
 */
export type Allowed = { path: string; what: string; why: string }
export const allowed: Allowed[] = [
  {
    path: 'packages/auth/src/factors/totp.test.ts',
    what: 'a random value under the name of a secret',
    why: 'the secret of the examples of RFC 6238',
  },
]

/** Shapes that are secrets wherever they stand, where secretlint's rules ask for more than the shape, or have none. */
const shapes: [name: string, shape: RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/g],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ['a Google key', /AIza[\w-]{35}/g],
  ['an API key', /\bsk-[\w-]{32,}/g],
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
  ['one of our own API tokens', /\bol_[A-Za-z0-9]{32,}/g],
]

const login = /\b[a-z][a-z+]*:\/\/[^\s:/@'"`<>]*:([^\s/@'"`]+)@/gi

/** Words that stand for a password where a reader or a test needs to see the form of a URL. */
const standsForOne = /^(password|secret|\*+|…|\.{3}|<.*>|\$\{.*|\$[A-Z_]+)$/

/** A name that promises a secret, and the literal it is given: `apiKey: '…'`, `AUTH_SECRET=…`. */
const assignment =
  /(?:secret|token|passw(?:or)?d|api_?key|access_?key|private_?key|credential)\w*['"]?\s*[:=]\s*(?:(['"`])([\w+/=.-]{20,})\1|([\w+/=-]{20,})$)/gim

const config: Parameters<typeof lintSource>[0]['options']['config'] = {
  rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }],
}
/** It takes `<password>` for a password; `login` knows the words that stand for one. */
const leftToUs = '@secretlint/secretlint-rule-database-connection-string'

/** No credential is ever committed: not in a URL, not as a token, not as a file. One line for each that is found. */
export async function secretsIn({ paths, read }: Tree, allow = allowed): Promise<string[]> {
  const found: { path: string; line: number; what: string }[] = []
  for (const path of paths.filter(isText)) {
    const text = read(path)
    if (/(^|\/)\.env(\.(?!example$).*)?$/.test(path))
      found.push({ path, line: 1, what: 'an environment file is never committed' })
    for (const { index, what } of inText(text)) found.push({ path, line: lineOf(text, index), what })
    const { messages } = await lintSource({
      source: { filePath: path, content: text, ext: extname(path), contentType: 'text' },
      options: { config, noPhysicFilePath: true, maskSecrets: true },
    })
    for (const { ruleId, range } of messages.filter((message) => message.ruleId !== leftToUs)) {
      found.push({ path, line: lineOf(text, range[0]), what: ruleId.replace(/^.*secretlint-rule-/, '') })
    }
  }
  const unused = allow.filter(
    ({ path, what }) => !found.some((one) => one.path === path && one.what === what),
  )
  return [
    ...found
      .filter((one) => !allow.some(({ path, what }) => one.path === path && one.what === what))
      .map(({ path, line, what }) => `${path}:${line}: ${what}`),
    ...unused.map(({ path, what }) => `${path}: is allowed to have "${what}", and has it no longer`),
  ]
}

function inText(text: string) {
  return [
    ...[...text.matchAll(login)]
      .filter(([, password]) => password && !standsForOne.test(password))
      .map(({ index }) => ({ index, what: 'a URL with a password in it' })),
    ...shapes.flatMap(([what, shape]) => [...text.matchAll(shape)].map(({ index }) => ({ index, what }))),
    ...[...text.matchAll(assignment)]
      .filter(([, , quoted = '', bare = '']) => looksRandom(quoted || bare))
      .map(({ index }) => ({ index, what: 'a random value under the name of a secret' })),
  ]
}

/** Letters and digits, with more than 3.5 bits of entropy for each character: words and paths have less. */
function looksRandom(value: string): boolean {
  if (!/\d/.test(value) || !/[a-z]/i.test(value)) return false
  const counts = Object.values(Object.groupBy(value, (character) => character)).map((all) => all?.length ?? 0)
  return counts.reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0) > 3.5
}

const isText = (path: string) =>
  path !== 'pnpm-lock.yaml' && !/\.(png|ico|webp|woff2|gz|br|zip|pdf)$/.test(path)

function lineOf(text: string, index: number) {
  return text.slice(0, index).split('\n').length
}

if (import.meta.main) {
  const secrets = await secretsIn(checkout(process.argv[2] ?? join(import.meta.dirname, '..')))
  for (const secret of secrets) console.error(secret)
  process.exitCode = secrets.length > 0 ? 1 : 0
}
