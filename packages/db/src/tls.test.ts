import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { startPostgres, type Postgres } from '@ownlist/postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from './connect.ts'
import { migrate } from './migrate.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asAuth } from './scope.ts'
import { sql } from 'kysely'

const openssl = process.env['OPENSSL'] ?? 'openssl'
const present = hasOpenssl()
if (!present)
  process.stdout.write('SKIPPED: no test of TLS, openssl is not installed to make a certificate.\n')

describe.skipIf(!present)('a PostgreSQL that speaks TLS', () => {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-tls-'))
  let postgres: Postgres
  let admin: Owner

  beforeAll(async () => {
    // Root's PostgreSQL runs as another user, which has to reach its data.
    chmodSync(home, 0o755)
    makeCertificate('server', 'IP:127.0.0.1,DNS:localhost')
    makeCertificate('other', 'DNS:elsewhere.example.org')
    postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
    await migrate({ url: postgres.url, login: new URL(postgres.serverUrl).username })
    admin = await openOwner(postgres.url)
    await serve('server')
  })

  afterAll(async () => {
    await admin.end()
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  })

  function makeCertificate(name: string, names: string) {
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const files = ['-keyout', join(home, `${name}.key`), '-out', join(home, `${name}.crt`)]
    const subject = ['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`]
    execFileSync(openssl, [...request, ...files, ...subject], { stdio: 'ignore' })
  }

  /** The server writes the files itself, so that they belong to whom it runs as. */
  async function serve(name: string) {
    for (const kind of ['key', 'crt']) {
      const text = readFileSync(join(home, `${name}.${kind}`), 'utf8')
      await admin.rows(`copy (select unnest(string_to_array('${text.trim()}', e'\\n')))
        to program 'umask 077; cat > server.${kind}'`)
    }
    await admin.rows('alter system set ssl = on')
    await admin.rows('select pg_reload_conf()')
    // The server reads its settings anew when it comes to it.
    await vi.waitFor(
      async () => {
        const database = await connect({ url: withOptions(`sslmode=verify-ca&${ca(name)}`), max: 1 })
        await database.end()
      },
      { timeout: 10_000 },
    )
  }

  function withOptions(options: string, host = '127.0.0.1', base = postgres.serverUrl): string {
    const url = new URL(base)
    url.hostname = host
    url.search = `?${options}`
    return url.href
  }

  const ca = (name = 'server') => `sslrootcert=${encodeURIComponent(join(home, `${name}.crt`))}`

  let attempts = 0

  /** What PostgreSQL says of the connections, or why there are none. */
  async function outcome(options: string, host?: string) {
    attempts += 1
    const name = `tls_test_${attempts}`
    const url = withOptions(`${options}&application_name=${name}`, host)
    const database = await connect({ url, max: 3 }).catch((error: Error) => error)
    if (database instanceof Error) return `${database.name}: ${database.message}`
    try {
      await sql`select 1`.execute(asAuth(database))
      const seen = await admin.rows<{ ssl: boolean }>(
        'select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = $1',
        [name],
      )
      return seen.map(({ ssl }) => (ssl ? 'encrypted' : 'plain')).join(' and ')
    } finally {
      await database.end()
    }
  }

  test.each([
    ['sslmode=disable', 'plain'],
    ['sslmode=allow', 'encrypted'],
    ['sslmode=prefer', 'encrypted'],
    ['sslmode=require', 'encrypted'],
    ['sslmode=require&channel_binding=disable', 'encrypted'],
    ['sslmode=require&channel_binding=require', 'encrypted'],
    ['channel_binding=require', 'encrypted'],
  ])('%s gives a connection that is %s', async (options, expected) => {
    expect(await outcome(options)).toBe(expected)
  })

  test.each(['require', 'verify-ca', 'verify-full'])(
    '%s with the right certificate connects',
    async (mode) => {
      expect(await outcome(`sslmode=${mode}&${ca()}`)).toBe('encrypted')
      expect(await outcome(`sslmode=${mode}&${ca()}`, 'localhost')).toBe('encrypted')
      expect(await outcome(`sslmode=${mode}&${ca()}&channel_binding=require`)).toBe('encrypted')
    },
  )

  test.each(['require', 'verify-ca', 'verify-full'])(
    '%s with a foreign certificate is refused',
    async (mode) => {
      expect(await outcome(`sslmode=${mode}&${ca('other')}`)).toMatch(
        /^ConfigurationError: The certificate of PostgreSQL at 127\.0\.0\.1 is not trusted \(/,
      )
    },
  )

  test.each(['verify-ca', 'verify-full'])(
    '%s without a root certificate trusts only the public ones',
    async (mode) => {
      expect(await outcome(`sslmode=${mode}`)).toMatch(
        /^ConfigurationError: The certificate .* is not trusted/,
      )
    },
  )

  test('migrations honour the same options', async () => {
    expect(
      await migrate({ url: withOptions(`sslmode=verify-full&${ca()}`, '127.0.0.1', postgres.url) }),
    ).toEqual([])
    await expect(
      migrate({ url: withOptions('sslmode=verify-full', '127.0.0.1', postgres.url) }),
    ).rejects.toThrow(/is not trusted/)
  })

  test('a certificate of another name is refused by verify-full and taken by verify-ca', async () => {
    await serve('other')
    expect(await outcome(`sslmode=verify-ca&${ca('other')}`)).toBe('encrypted')
    expect(await outcome(`sslmode=verify-full&${ca('other')}`)).toMatch(
      /^ConfigurationError: The certificate of PostgreSQL at 127\.0\.0\.1 is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    )
    await serve('server')
    expect(await outcome(`sslmode=verify-full&${ca()}`)).toBe('encrypted')
  })

  describe('an impostor in between, with a certificate of its own,', () => {
    let impostor: Server
    let received = ''
    /** What the impostor asks for once the client has said hello. */
    let demand = Buffer.alloc(0)

    beforeAll(async () => {
      impostor = createServer((socket) => void answer(socket).catch(() => socket.destroy()))
      await new Promise<void>((resolve) => void impostor.listen(0, '127.0.0.1', resolve))
    })

    afterAll(() => void impostor.close())

    async function answer(socket: Socket) {
      socket.on('error', () => {})
      await new Promise((resolve) => void socket.once('data', resolve)) // SSLRequest
      socket.write('S')
      const secure = new TLSSocket(socket, {
        isServer: true,
        key: readFileSync(join(home, 'other.key')),
        cert: readFileSync(join(home, 'other.crt')),
      })
      secure.on('error', () => {})
      secure.once('data', () => {
        secure.on('data', (data: Buffer) => (received += data.toString('latin1')))
        secure.write(demand)
      })
    }

    /** AuthenticationCleartextPassword, AuthenticationMD5Password, SASL without channel binding, AuthenticationOk. */
    const demands = {
      'the password in clear': message(3),
      'its MD5': message(5, Buffer.from('salt')),
      'a proof that is not bound to the channel': message(10, Buffer.from('SCRAM-SHA-256\0\0')),
      'nothing at all': message(0),
    }

    function message(kind: number, rest = Buffer.alloc(0)): Buffer<ArrayBuffer> {
      const head = Buffer.alloc(9)
      head.write('R')
      head.writeInt32BE(8 + rest.length, 1)
      head.writeInt32BE(kind, 5)
      return Buffer.concat([head, rest])
    }

    test.each(Object.entries(demands))(
      'who asks for %s is refused by channel_binding=require, and hears nothing',
      async (_what, bytes) => {
        received = ''
        demand = bytes
        const address = impostor.address()
        const url = new URL(withOptions('sslmode=require&channel_binding=require'))
        url.port = String(typeof address === 'object' && address ? address.port : 0)
        await expect(connect({ url: url.href, max: 1 })).rejects.toThrow(
          'DATABASE_URL asks for channel_binding=require, which the server did not offer.',
        )
        expect(received).toBe('')
      },
    )
  })
})

describe('a PostgreSQL that does not speak TLS', () => {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-plain-'))
  let postgres: Postgres

  beforeAll(async () => {
    // Root's PostgreSQL runs as another user, which has to reach its data.
    chmodSync(home, 0o755)
    postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
    await migrate({ url: postgres.url, login: new URL(postgres.serverUrl).username })
  })

  afterAll(async () => {
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  })

  test.each(['allow', 'prefer', 'disable'])('is good enough for sslmode=%s', async (mode) => {
    const database = await connect({ url: `${postgres.serverUrl}?sslmode=${mode}`, max: 1 })
    expect(await sql`select 1 as one`.execute(asAuth(database))).toMatchObject({ rows: [{ one: 1 }] })
    await database.end()
  })

  test.each(['sslmode=require', 'sslmode=verify-full', 'channel_binding=require'])(
    'is refused by %s',
    async (options) => {
      await expect(connect({ url: `${postgres.serverUrl}?${options}`, max: 1 })).rejects.toThrow(
        'PostgreSQL at 127.0.0.1 does not speak TLS, which DATABASE_URL asks for.',
      )
    },
  )
})

function hasOpenssl(): boolean {
  try {
    execFileSync(openssl, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
