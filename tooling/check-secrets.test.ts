import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allowed, secretsIn } from './check-secrets.ts'
import { checkout } from './checkout.ts'

/** What is planted is put together here, for this file is searched as well. */
const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'
const keyOf = (kind: string) => `-----BEGIN ${kind} PRIVATE KEY-----`
const url = (password: string) => `postgres://ada:${password}@db.example.com/ownlist`

function scan(files: Record<string, string>, allow: typeof allowed = []) {
  return secretsIn({ paths: Object.keys(files), read: (path) => files[path] ?? '' }, allow)
}

test('this checkout holds no secret, and every exception is still needed and says why', async () => {
  const tree = checkout(join(import.meta.dirname, '..'))
  expect(tree.paths.length).toBeGreaterThan(600)
  expect(await secretsIn(tree)).toEqual([])
  expect(allowed.filter(({ why }) => why.length < 20)).toEqual([])
})

test.each<[what: string, text: string, said: string]>([
  ['private key', keyOf('RSA'), 'a private key'],
  ['key of OpenSSH', keyOf('OPENSSH'), 'a private key'],
  ['key of AWS', `AKIA${letters.slice(0, 16).toUpperCase()}`, 'an AWS access key'],
  ['key of Google', `AIza${letters.slice(0, 35)}`, 'a Google key'],
  ['key of OpenAI', `sk-${letters}`, 'an API key'],
  ['signed token', `eyJ${'a'.repeat(12)}.eyJ${'b'.repeat(12)}.${'c'.repeat(12)}`, 'a signed token'],
  ['API token of Ownlist', `ol_${letters}`, 'one of our own API tokens'],
  ['token of GitHub', `ghp_${letters.slice(0, 36)}`, 'github'],
  ['token of GitLab', `glpat-${letters.slice(0, 20)}`, 'gitlab'],
  ['token of npm', `npm_${letters.slice(0, 36)}`, 'npm'],
  ['token of Slack', `xoxb-${'123456789012-'.repeat(2)}${letters.slice(0, 24)}`, 'slack'],
  ['key of Stripe', `sk_live_${letters.slice(0, 24)}`, 'stripe'],
  ['key of SendGrid', `SG.${letters.slice(0, 22)}.${letters}xyz`, 'sendgrid'],
  ['password in a URL', url('hunter2'), 'a URL with a password in it'],
  ['random value in code', `const apiSecret = '${letters}'`, 'a random value under the name of a secret'],
  ['random value in JSON', `{ "access_token": "${letters}" }`, 'a random value under the name of a secret'],
  ['random value in a shell', `export AUTH_SECRET=${letters}`, 'a random value under the name of a secret'],
])('a %s is found, with its line', async (_, text, said) => {
  expect(await scan({ 'docs/a.md': `one\n${text}\n` })).toContain(`docs/a.md:2: ${said}`)
})

test('an environment file is found by its name alone', async () => {
  expect(await scan({ 'apps/server/.env.production': '' })).toEqual([
    'apps/server/.env.production:1: an environment file is never committed',
  ])
})

test('what only looks like a secret is let through', async () => {
  const innocent = {
    '.env.example': 'AUTH_SECRET=\nPORT=3000\n',
    'docs/a.md': `${url('password')} ${url('<password>')} ${url('$PASSWORD')}`,
    'src/a.ts': `const secret = 'a secret of tests that is long enough'
const token = 'tasks_user_id_number_key'
const tokenHash = hashToken(row.token_hash_of_the_session_1)
const password = 'correct horse battery staple'`,
  }
  expect(await scan(innocent)).toEqual([])
})

test('an exception lets through what it names and nothing else, and is a fault when it is not needed', async () => {
  const files = {
    'src/a.test.ts': `const token = '${letters}'\n`,
    'src/b.ts': keyOf('EC'),
  }
  const exception = {
    path: 'src/a.test.ts',
    what: 'a random value under the name of a secret',
    why: 'made up',
  }
  expect(await scan(files, [exception])).toEqual(['src/b.ts:1: a private key'])
  expect(await scan({ 'src/b.ts': '' }, [exception])).toEqual([
    `src/a.test.ts: is allowed to have "${exception.what}", and has it no longer`,
  ])
})
