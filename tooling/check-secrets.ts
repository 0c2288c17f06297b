import type { Tree } from './check-structure.ts'

/** Shapes that are secrets wherever they stand. */
const tokens: [name: string, shape: RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an AWS access key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
  ['a GitLab token', /\bglpat-[\w-]{20}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a Slack token', /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
  ['a Google key', /\bAIza[\w-]{35}/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,}/],
  ['an API key', /\bsk-[A-Za-z0-9_-]{32,}/],
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
]

const login = /\b[a-z][a-z+]*:\/\/[^\s:/@'"`<>]*:([^\s/@'"`]+)@/gi

/** Words that stand for a password where a reader or a test needs to see the form of a URL. */
const standsForOne = /^(password|secret|\*+|…|\.{3}|<.*>|\$\{.*|\$[A-Z_]+)$/

/** No credential is ever committed: not in a URL, not as a token, not as a file. */
export function problemsInSecrets({ paths, read }: Tree): string[] {
  return paths
    .filter((path) => path !== 'pnpm-lock.yaml' && !/\.(png|ico|webp|woff2|gz|zip)$/.test(path))
    .flatMap((path) => {
      const text = read(path)
      return [
        ...(/(^|\/)\.env(\.(?!example$).*)?$/.test(path)
          ? [`${path}: an environment file is never committed`]
          : []),
        ...[...text.matchAll(login)]
          .filter(([, password]) => password && !standsForOne.test(password))
          .map((found) => `${path}:${lineOf(text, found.index)}: a URL with a password in it`),
        ...tokens.flatMap(([name, shape]) => {
          const found = shape.exec(text)
          return found ? [`${path}:${lineOf(text, found.index)}: ${name}`] : []
        }),
      ]
    })
}

function lineOf(text: string, index: number) {
  return text.slice(0, index).split('\n').length
}
