import { randomBytes } from 'node:crypto'
import type { Owner } from '../../../../packages/db/src/owner.fixture.ts'
import type { Person } from './people.fixture.ts'

/**
 * What identity keeps of somebody beside their account and session, a row for each table: $1 is the user, $2 a canary, $3 a
 * hash. A table with a user's rows that is neither here nor written by a procedure of the victim's has no place.
 */
const rows: Record<string, string> = {
  verifications: `insert into verifications (identifier, value, expires_at)
    select 'victim:' || email, $2 || $3, now() + interval '1 hour' from users where id = $1`,
  email_tokens: `insert into email_tokens (user_id, token_hash, purpose, email, expires_at)
    values ($1, $3, 'verify', $2 || '@example.org', now() + interval '1 hour')`,
  security_events: `insert into security_events (user_id, kind, ip_address, user_agent, detail)
    values ($1, 'signed-in', $2, $2, jsonb_build_object('hash', $3::text))`,
  totp_factors: `insert into totp_factors (user_id, secret) values ($1, convert_to($2 || $3, 'UTF8'))`,
  recovery_codes: `insert into recovery_codes (user_id, code_hash) select $1, $3 where $2 <> ''`,
  second_steps: `insert into second_steps (user_id, token_hash, expires_at)
    select $1, $3, now() + interval '1 hour' where $2 <> ''`,
  trusted_devices: `insert into trusted_devices (user_id, token_hash, user_agent, expires_at)
    values ($1, $3, $2, now() + interval '1 hour')`,
  passkeys: `insert into passkeys (user_id, name, credential_id, public_key, counter, is_backed_up, aaguid)
    values ($1, $2, $3, convert_to($2, 'UTF8'), 0, false, gen_random_uuid())`,
  passkey_challenges: `insert into passkey_challenges (user_id, challenge_hash, expires_at)
    select $1, $3, now() + interval '1 hour' where $2 <> ''`,
  api_tokens: `insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at)
    values ($1, $2, $3, 'abcd', '{read}', now() + interval '1 day')`,
  device_codes: `insert into device_codes (user_id, device_code_hash, user_code, status, client_id, expires_at)
    values ($1, $3, translate(left(upper($3), 8), '01', 'GH'), 'pending', $2, now() + interval '1 hour')`,
}

/** Plants a row in each of them that there is. */
export async function plantIdentity(owner: Owner, { userId }: Person, canary: () => string): Promise<void> {
  await owner.rows('update users set image = $2 where id = $1', [userId, canary()])
  await owner.rows(
    `update accounts set access_token = $2, refresh_token = $3, id_token = $4, scope = $5 where user_id = $1`,
    [userId, canary(), canary(), canary(), canary()],
  )
  const there = await owner.rows<{ name: string }>(
    `select name from unnest($1::text[]) name where to_regclass('public.' || name) is not null`,
    [Object.keys(rows)],
  )
  for (const { name } of there) {
    // Their types are the columns'; a parameter of a condition says its own.
    const text = String(rows[name])
      .replaceAll(/\$1(?!\d)/g, '$1::uuid')
      .replaceAll(/\$([23])(?!\d)/g, '$$$1::text')
    await owner.rows(text, [userId, canary(), randomBytes(32).toString('hex')])
  }
}
