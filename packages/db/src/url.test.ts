import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigurationError, isLoopback, parseDatabaseUrl } from './url.ts'

/** Put together here, so that no URL with a password stands in a file. */
const secret = ['s3', 'cret'].join('')
const remote = (rest = '', scheme = 'postgresql') => `${scheme}://ada:${secret}@db.example.org/ownlist${rest}`

describe('DATABASE_URL', () => {
  test('says who, where and what', () => {
    expect(parseDatabaseUrl(`postgresql://ada:${secret}@db.example.org:6543/ownlist`)).toEqual({
      host: 'db.example.org',
      port: 6543,
      database: 'ownlist',
      user: 'ada',
      password: secret,
      ssl: 'prefer',
      requireChannelBinding: false,
      enableChannelBinding: true,
      applicationName: 'ownlist',
    })
  })

  test.each(['postgres', 'postgresql', 'postgresql+asyncpg', 'postgres+psycopg2'])(
    'of the scheme %s is understood',
    (scheme) => {
      expect(parseDatabaseUrl(remote('', scheme))).toMatchObject({
        host: 'db.example.org',
        database: 'ownlist',
      })
    },
  )

  test.each([
    ['the usual port', 'db.example.org', 5432],
    ['port 80, which http hides', 'db.example.org:80', 80],
    ['port 65535', 'db.example.org:65535', 65535],
  ])('with %s', (_what, place, port) => {
    expect(parseDatabaseUrl(`postgresql://ada@${place}/ownlist`).port).toBe(port)
    expect(parseDatabaseUrl(`postgresql://ada@${place}/ownlist?sslmode=require`).port).toBe(port)
  })

  test('with an IPv6 address', () => {
    expect(parseDatabaseUrl('postgresql://ada@[2001:db8::7]:5433/ownlist')).toMatchObject({
      host: '2001:db8::7',
      port: 5433,
    })
    expect(parseDatabaseUrl('postgresql://ada@[::1]/ownlist')).toMatchObject({ host: '::1', ssl: false })
  })

  test('decodes what is percent-encoded', () => {
    const password = ['p%2Fw', '%23%3A%25%20é'].join('')
    const url = `postgresql://a%40b:${password}@db.example.org/my%2Fdata`
    expect(parseDatabaseUrl(url)).toMatchObject({ user: 'a@b', password: 'p/w#:% é', database: 'my/data' })
  })

  test('may leave the password out and have spaces around it', () => {
    expect(parseDatabaseUrl('  postgresql://ada@db.example.org/ownlist\n').password).toBeUndefined()
  })

  test('names the application, if it likes', () => {
    expect(parseDatabaseUrl(remote('?application_name=worker')).applicationName).toBe('worker')
  })

  test.each([
    ['nothing', ''],
    ['no URL', 'db.example.org'],
    ['another database', 'mysql://ada@db.example.org/ownlist'],
    ['no slashes', 'postgresql:ada@db.example.org/ownlist'],
    ['no host', 'postgresql:///ownlist'],
    ['no database', `postgresql://ada:${secret}@db.example.org/`],
    ['no user', 'postgresql://db.example.org/ownlist'],
    ['a # in the password', `postgresql://ada:${secret}#x@db.example.org/ownlist`],
    ['a / in the password', `postgresql://ada:${secret}/x@db.example.org/ownlist`],
    ['a % in the password', `postgresql://ada:${secret}%zz@db.example.org/ownlist`],
    ['a port beyond the last', `postgresql://ada:${secret}@db.example.org:65536/ownlist`],
    ['a port that is no number', `postgresql://ada:${secret}@db.example.org:abc/ownlist`],
    ['an unknown sslmode', remote('?sslmode=yes')],
    ['an unknown channel_binding', remote('?channel_binding=maybe')],
    ['channel binding without TLS', remote('?channel_binding=require&sslmode=disable')],
    ['a certificate that is not there', remote('?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')],
  ])('with %s is refused in words, without the password', (_what, url) => {
    const refused = refusal(() => parseDatabaseUrl(url))
    expect(refused).toBeInstanceOf(ConfigurationError)
    expect(refused.message).toMatch(/^DATABASE_URL .*\S$/)
    expect(`${refused.message} ${refused.stack}`).not.toContain(secret)
  })

  test('is called what the administrator calls it', () => {
    expect(refusal(() => parseDatabaseUrl('', 'REPLICA_URL')).message).toMatch(/^REPLICA_URL must look like/)
  })
})

describe('sslmode', () => {
  const ssl = (rest: string) => parseDatabaseUrl(remote(rest)).ssl

  test('disable does without TLS', () => {
    expect(ssl('?sslmode=disable')).toBe(false)
  })

  test.each(['allow', 'prefer'])('%s asks the server', (mode) => {
    expect(ssl(`?sslmode=${mode}`)).toBe('prefer')
  })

  test('require encrypts and trusts anybody, as libpq does', () => {
    expect(ssl('?sslmode=require')).toEqual({ rejectUnauthorized: false })
  })

  test('verify-ca wants a trusted certificate of whatever name', () => {
    const options = ssl('?sslmode=verify-ca')
    expect(options).toMatchObject({ checkServerIdentity: expect.any(Function) })
    expect(options).not.toMatchObject({ rejectUnauthorized: false })
  })

  test('verify-full wants a trusted certificate of this name', () => {
    expect(ssl('?sslmode=verify-full')).toEqual({})
    expect(ssl('?sslmode=verify-full&sslrootcert=system')).toEqual({})
  })

  test('sslrootcert is read, and makes require a verification', () => {
    const home = mkdtempSync(join(tmpdir(), 'ownlist-url-'))
    const file = join(home, 'ca.pem')
    try {
      writeFileSync(file, 'certificate')
      const options = `sslrootcert=${encodeURIComponent(file)}`
      expect(ssl(`?sslmode=verify-full&${options}`)).toEqual({ ca: 'certificate' })
      expect(ssl(`?sslmode=require&${options}`)).toEqual({
        ca: 'certificate',
        checkServerIdentity: expect.any(Function),
      })
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  test('is disable by default on this machine, and prefer everywhere else', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      expect(parseDatabaseUrl(`postgresql://ada@${host}/ownlist`).ssl).toBe(false)
    }
    for (const host of ['localhost.example.org', '127.0.0.1.example.org', '10.0.0.1', '[2001:db8::1]']) {
      expect(parseDatabaseUrl(`postgresql://ada@${host}/ownlist`).ssl).toBe('prefer')
    }
    expect(isLoopback('::1.example.org')).toBe(false)
  })
})

describe('channel_binding', () => {
  const settings = (rest: string) => parseDatabaseUrl(remote(rest))

  test('is offered by default, and may be turned off or insisted on', () => {
    expect(settings('')).toMatchObject({ enableChannelBinding: true, requireChannelBinding: false })
    expect(settings('?channel_binding=disable')).toMatchObject({
      enableChannelBinding: false,
      requireChannelBinding: false,
    })
    expect(settings('?channel_binding=require&sslmode=verify-full')).toMatchObject({
      enableChannelBinding: true,
      requireChannelBinding: true,
      ssl: {},
    })
  })

  test('require makes TLS a must where sslmode only prefers it', () => {
    expect(settings('?channel_binding=require').ssl).toEqual({ rejectUnauthorized: false })
  })
})

function refusal(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was refused')
}
