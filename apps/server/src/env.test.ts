import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEnv, variables } from './env.ts'

const root = join(import.meta.dirname, '../../..')
const least = { AUTH_SECRET: 'x'.repeat(32), DATABASE_URL: 'postgresql://ada@localhost/ownlist' }

test('two variables are enough, and the rest has defaults', () => {
  expect(readEnv(least)).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    DATABASE_POOL_MAX: 30,
    DATABASE_IDLE_SECONDS: 300,
    DATABASE_LIFETIME_SECONDS: 300,
    DATABASE_PREPARED: 'auto',
    LOG_RETENTION_DAYS: 400,
    OPERATION_RETENTION_DAYS: 7,
    ERASE_GRACE_DAYS: 14,
    LOG_LEVEL: 'info',
  })
})

test('an empty variable is one that is not set', () => {
  expect(readEnv({ ...least, PORT: '', BASE_URL: '', WEB_DIR: '' })).toEqual(readEnv(least))
})

test('each mistake has one line, which names the variable and what to do, and no secret', () => {
  const wrong = {
    AUTH_SECRET: 'short',
    PORT: '70000',
    BASE_URL: 'tasks.example.org',
    DATABASE_POOL_MAX: '1',
    DATABASE_IDLE_SECONDS: 'five',
    DATABASE_PREPARED: 'yes',
    LOG_RETENTION_DAYS: '-1',
    OPERATION_RETENTION_DAYS: '0',
    ERASE_GRACE_DAYS: '366',
    LOG_LEVEL: 'loud',
  }
  const lines = messageOf(() => readEnv({ DATABASE_URL: least.DATABASE_URL, ...wrong })).split('\n')
  expect(lines.map((line) => line.split(' ')[0]).toSorted()).toEqual(Object.keys(wrong).toSorted())
  for (const line of lines) expect(line).toMatch(/^[A-Z_]+ must .+\.|^AUTH_SECRET must have at least 32/)
  expect(lines.join()).not.toContain('short')
  expect(messageOf(() => readEnv({})).split('\n')).toEqual([
    expect.stringMatching(/^AUTH_SECRET is missing: .*openssl rand/),
    expect.stringMatching(/^DATABASE_URL is missing: postgresql:/),
  ])
})

test('providers to sign in by are a list in JSON, and what is wrong with it is said without its secrets', () => {
  const house = {
    id: 'house',
    name: 'The House',
    issuer: 'https://id.example.org',
    clientId: 'a',
    clientSecret: 'hidden',
  }
  const read = (list: unknown) => readEnv({ ...least, OIDC_PROVIDERS: JSON.stringify(list) }).OIDC_PROVIDERS
  expect(readEnv(least).OIDC_PROVIDERS).toEqual([])
  expect(read([house])).toEqual([house])
  expect(read([{ ...house, issuer: 'http://127.0.0.1:4000' }])).toHaveLength(1)
  for (const [wrong, where] of [
    ['hidden', ''],
    [house, ''],
    [[house, house], ''],
    [[{ ...house, id: 'The House' }], '0.id'],
    [[{ ...house, issuer: 'http://id.example.org' }], '0.issuer'],
    [[{ ...house, issuer: 'nope' }], '0.issuer'],
    [[{ ...house, issuer: 'ftp://localhost' }], '0.issuer'],
    [[{ ...house, issuer: 'http://127.0.0.1.evil.example' }], '0.issuer'],
    [[{ ...house, clientSecret: '' }], '0.clientSecret'],
    [[{ ...house, hidden: 'hidden' }], '0'],
  ] as const) {
    const message = messageOf(() => read(wrong))
    expect(message).toMatch(/^OIDC_PROVIDERS must be a JSON list of [^\n]+\.$/)
    if (where) expect(message).toContain(`look at ${where}`)
    expect(message).not.toContain('hidden')
  }
  expect(messageOf(() => readEnv({ ...least, OIDC_PROVIDERS: '[{"clientSecret":"hidden"' }))).not.toContain(
    'hidden',
  )
})

test('BASE_URL is an origin: no path, no name to sign in', () => {
  for (const url of ['https://tasks.example.org', 'https://tasks.example.org/', 'http://localhost:3000'])
    expect(readEnv({ ...least, BASE_URL: url }).BASE_URL).toBe(url)
  for (const url of [
    'https://x.example/ownlist/',
    'https://somebody@x.example',
    'https://x.example/?a',
    'ftp://x.example',
    'x',
  ])
    expect(
      messageOf(() => readEnv({ ...least, BASE_URL: url })),
      url,
    ).toMatch(/^BASE_URL must be a URL like [^\n]+$/)
})

test('in production what leads people back needs BASE_URL, and says so', () => {
  const mail = { SMTP_URL: 'smtps://mail.example.org', MAIL_FROM: 'a@example.org' }
  const house = { id: 'house', name: 'H', issuer: 'https://id.example.org', clientId: 'a', clientSecret: 'b' }
  const production = { ...least, NODE_ENV: 'production' }
  for (const more of [mail, { OIDC_PROVIDERS: JSON.stringify([house]) }]) {
    expect(messageOf(() => readEnv({ ...production, ...more }))).toMatch(/^BASE_URL is missing: /)
    expect(readEnv({ ...production, ...more, BASE_URL: 'https://x.example' }).BASE_URL).toBe(
      'https://x.example',
    )
  }
  expect(readEnv(production).BASE_URL).toBeUndefined()
})

test('limits leave room for what costs most: a sign-up, a batch, an export', () => {
  const few = { RATE_LIMIT_IDENTITY: '3', RATE_LIMIT_ADDRESS: '10', RATE_LIMIT_ACCOUNT: '25' }
  expect(readEnv({ ...least, ...few })).toMatchObject({
    RATE_LIMIT_IDENTITY: 3,
    RATE_LIMIT_ADDRESS: 10,
    RATE_LIMIT_ACCOUNT: 25,
  })
  for (const [name, number] of Object.entries(few))
    expect(messageOf(() => readEnv({ ...least, [name]: String(Number(number) - 1) }))).toMatch(
      new RegExp(`^${name} must be between ${number} and `),
    )
})

test('a database URL that is none is said without its password', () => {
  const password = ['hunt', 'er2'].join('')
  for (const [name, url] of [
    ['DATABASE_URL', `mysql://ada:${password}@localhost/x`],
    ['DATABASE_URL', `postgresql://ada:${password}@:5432/x`],
    ['DATABASE_URL', `postgresql://ada:${password}@localhost/`],
    ['DATABASE_URL_UNPOOLED', `postgresql://ada:${password}@localhost/x?sslmode=maybe`],
  ] as const) {
    const message = messageOf(() => readEnv({ ...least, [name]: url }))
    expect(message).toMatch(new RegExp(`^${name} `))
    expect(message).not.toContain(password)
    expect(message).not.toContain('\n')
  }
})

test('.env.example lists every variable that the server and its launcher read, and no other', () => {
  const listed = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^# ?([A-Z][A-Z_]+)=/gm)].map(
    ([, name]) => name,
  )
  // What the system itself sets is nobody's configuration.
  const system = new Set(['PATH', 'XDG_CACHE_HOME'])
  const launched = [
    'tooling/start.ts',
    ...sources('tooling/lifecycle'),
    ...sources('tooling/postgres/src'),
  ].flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/\benv\.([A-Z][A-Z_]+)/g)].map(
      ([, name = '']) => name,
    ),
  )
  const read = new Set([...variables, ...launched].filter((name) => !system.has(name)))
  expect(listed.toSorted()).toEqual([...read].toSorted())
  expect(read).toContain('DATA_DIR')
})

function sources(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name))
    .map((name) => join(folder, name))
}

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigurationError') return error.message
    throw error
  }
  throw new Error('nothing was refused')
}
