import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import type { Owner } from '../../../../packages/db/src/owner.fixture.ts'
/** What the matrix' servers sign tokens with. */
export const secret = 'a secret of the matrix that is long enough'

export interface Person {
  userId: string
  sessionId: string
  email: string
  /** The token's secret part, which is in no table. */
  token: string
  authorization: string
}

/** Somebody with a session, as sign-up would leave them, without the time that a password takes. */
export async function addPerson(
  owner: Owner,
  { name = 'Somebody', email = `${randomUUID()}@example.org`, agent = 'test' } = {},
): Promise<Person> {
  const token = randomBytes(24).toString('hex')
  const [row] = await owner.rows<{ userId: string; sessionId: string }>(
    `with made as (insert into users (email, name, is_verified) values ($1, $2, true) returning id), locked as (
       insert into accounts (user_id, account_id, provider_id, password_hash)
       select id, id, 'credential', $4 from made)
     insert into sessions (user_id, token_hash, expires_at, user_agent)
     select id, $3, now() + interval '30 days', $5 from made returning user_id as "userId", id as "sessionId"`,
    [email, name, createHash('sha256').update(token).digest('hex'), passwordHash, agent],
  )
  if (!row) throw new Error(`${name} was not added`)
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return { ...row, email, token, authorization: `Bearer ${token}.${signature}` }
}

/** Of "correct horse", at a cost that takes no time. */
const passwordHash =
  '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$t5QLzMlfSPLMezb1X/hRw1bKTTpryM1JhqBpLyqseOw'
