import { randomUUID } from 'node:crypto'
import { createTestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { connect } from './connect.ts'
import { insertEveryKind } from './kinds.fixture.ts'
import { migrate } from './migrate.ts'
import { once } from './operations.ts'
import { openOwner } from './owner.fixture.ts'
import { asUser, inTransaction, type Scope } from './scope.ts'
import { insert, update } from './tasks.fixture.ts'

export interface Person {
  scope: Scope
  userId: string
  email: string
  /** Texts that stand nowhere but in what is theirs. */
  canaries: string[]
}

/**
 * A database whose owner is no superuser, as in production: row-level security binds it too, and what it may not see
 * it could neither erase nor find.
 */
export async function openErasures() {
  const testDatabase = await createTestDatabase({ migrated: false })
  const admin = await openOwner(testDatabase.ownerUrl)
  const keeper = `keeper_${testDatabase.name}`
  await admin.rows(`create role ${keeper} login password 'x'`)
  await admin.rows(`alter database ${testDatabase.name} owner to ${keeper}`)
  await admin.rows(`alter schema public owner to ${keeper}`)
  const keeperUrl = new URL(testDatabase.ownerUrl)
  keeperUrl.username = keeper
  keeperUrl.password = 'x'
  await migrate({ url: keeperUrl.href, login: new URL(testDatabase.url).username })
  const database = await connect({ url: testDatabase.url, max: 9 })

  /** Somebody with a trace of everything that can be left of a person. */
  async function person(tasks: number): Promise<Person> {
    const [name, title, description, gone, answer, session, token, kept] = Array.from(
      { length: 8 },
      () => `canary${randomUUID().replaceAll('-', '').slice(6)}`,
    )
    const email = `${randomUUID()}@example.org`
    const [user] = await admin.rows<{ id: string }>(
      'insert into users (email, name, image) values ($1, $2, $2) returning id',
      [email, name],
    )
    const userId = user?.id ?? ''
    const scope = asUser(database, userId, {
      actor: 'session',
      session: randomUUID(),
      client: name?.slice(0, 60),
    })
    await inTransaction(scope, async (within) => {
      // A few hundred at a time: what search keeps of them takes longer than the tasks, and a statement has its time.
      for (let left = tasks; left > 0; left -= 250) {
        await sql`insert into tasks (user_id, title, description)
          select ${userId}, ${title}, ${description} from generate_series(1, ${Math.min(left, 250)})`.execute(
          within.db,
        )
      }
    })
    await insertEveryKind(scope, `${kept}`)
    const { id } = await insert(scope, { title: gone ?? '' })
    await update(scope, id, { description: `${gone} ${email}` })
    await scope.db.deleteFrom('tasks').where('id', '=', id).execute()
    const operation = { opId: randomUUID(), procedure: 'tasks.create', inputHash: Buffer.alloc(32, 1) }
    await once(scope, operation, async () => ({ title: answer, email, user: userId }))
    await admin.rows(
      `insert into sessions (user_id, token_hash, expires_at, user_agent)
       select $1, encode(sha256(convert_to($2::text || n, 'UTF8')), 'hex'), now() + interval '1 day', $2 from generate_series(1, 3) n`,
      [userId, session],
    )
    await admin.rows(
      `insert into accounts (user_id, account_id, provider_id, id_token) values ($1::uuid, $1, 'credential', $2)`,
      [userId, token],
    )
    await admin.rows(
      `with app as (insert into totp_factors (user_id, secret) values ($1, '\\x00')),
         codes as (insert into recovery_codes (user_id, code_hash)
           select $1, encode(sha256(convert_to(n::text, 'UTF8')), 'hex') from generate_series(1, 2) n),
         steps as (insert into second_steps (user_id, token_hash, expires_at)
           values ($1, encode(sha256(convert_to($1::text, 'UTF8')), 'hex'), now())),
         devices as (insert into trusted_devices (user_id, token_hash, user_agent, expires_at)
           values ($1, encode(sha256(convert_to($1::text, 'UTF8')), 'hex'), $2, now())),
         challenges as (insert into passkey_challenges (user_id, challenge_hash, expires_at)
           values ($1, encode(sha256(convert_to($1::text, 'UTF8')), 'hex'), now()))
       insert into passkeys (user_id, name, credential_id, public_key, counter, is_backed_up, aaguid)
       values ($1, $2, $1::text, '\\x00', 0, false, gen_random_uuid())`,
      [userId, session],
    )
    await admin.rows(
      `with codes as (insert into device_codes (device_code_hash, user_code, user_id, status, expires_at)
           values (encode(sha256(convert_to($1::text, 'UTF8')), 'hex'), left($1::text, 8), $1::uuid, 'approved', now()))
       insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at)
       values ($1::uuid, $2, encode(sha256(convert_to($2, 'UTF8')), 'hex'), 'abcd', '{read}', now() + interval '1 day')`,
      [userId, session],
    )
    await admin.rows(`insert into security_events (user_id, kind, user_agent) values ($1, 'signed-in', $2)`, [
      userId,
      session,
    ])
    await admin.rows(
      `insert into email_tokens (token_hash, purpose, user_id, email, name, password_hash, expires_at) values
         (encode(sha256(convert_to($1::text, 'UTF8')), 'hex'), 'reset', $1::uuid, $2, null, null, now()),
         (encode(sha256(convert_to($2, 'UTF8')), 'hex'), 'sign-up', null, upper($2), $3, '$argon2id$', now())`,
      [userId, email, name],
    )
    await admin.rows(
      `insert into verifications (identifier, value, expires_at) values
         ('email-verification:' || $1::text, 'x', now()), ('reset-password:x', $2, now())`,
      [email.toUpperCase(), userId],
    )
    return {
      scope,
      userId,
      email,
      canaries: [name, title, description, gone, answer, session, token, kept].map(String),
    }
  }

  /** Every line of every table, each with all its columns: the only place where a person could be. */
  async function everything(): Promise<string> {
    const tables = await admin.rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm')`,
    )
    const lines = await Promise.all(tables.map(({ name }) => admin.contents(name)))
    return lines.flat().join('\n').toLowerCase()
  }

  return {
    admin,
    database,
    keeper,
    ownerUrl: testDatabase.ownerUrl,
    person,
    everything,
    async end() {
      await database.end()
      await admin.rows(
        `reassign owned by ${keeper} to current_user; drop owned by ${keeper}; drop role ${keeper}`,
      )
      await admin.end()
      await testDatabase.drop()
    },
  }
}

/** What of a person a text has. */
export function traces(text: string, { userId, email, canaries }: Person): string[] {
  return [userId, email, ...canaries].filter((word) => text.includes(word.toLowerCase()))
}
