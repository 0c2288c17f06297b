import { createAuthenticator, type Misbehaviour } from '@ownlist/testing/authenticator'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { failure, password, test as base } from './client.fixture.ts'
import { createClient } from './client.ts'
import {
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  beginTotp,
  confirmTotp,
  deletePasskey,
  disableTotp,
  forgetDevices,
  listPasskeys,
  renamePasskey,
  renewRecoveryCodes,
  signInWithPasskey,
  signInWithRecoveryCode,
  signInWithTotp,
  twoFactorStatus,
} from './factors.ts'
import { signIn, signUp } from './session.ts'
import { codeOf } from './totp.fixture.ts'

const test = base
  .extend('origin', ({ url }) => `http://localhost:${new URL(url).port}`)
  .extend('newAccount', ({ url }) => async () => {
    const account = { email: `${randomUUID()}@example.org`, password }
    const { user, token } = await signUp(url, account)
    return { ...account, id: user.id, caller: { url, token } }
  })
  /** A new account with a passkey, and ways to sign in with it. */
  .extend('withPasskey', ({ url, origin, newAccount }) => async (options?: { counts: boolean }) => {
    const account = await newAccount()
    const authenticator = createAuthenticator(origin, options)
    const response = authenticator.register(asked(await beginPasskey(account.caller, { password })))
    const passkey = await addPasskey(account.caller, { response, name: 'Laptop' })
    const answer = async (wrong?: Misbehaviour) =>
      authenticator.authenticate(await beginPasskeySignIn(url), wrong)
    return {
      ...account,
      authenticator,
      passkey,
      answer,
      signIn: async (wrong?: Misbehaviour) => signInWithPasskey(url, await answer(wrong)),
    }
  })

/** What an account is called by authenticators: the bytes of its id. */
function userHandle(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

/** The options as an authenticator without a browser takes them. */
function asked(options: PublicKeyCredentialCreationOptionsJSON) {
  return { challenge: options.challenge, user: options.user, rp: { id: options.rp.id ?? '' } }
}

test('a passkey signs in without password and code, and says who it is by itself', async ({
  url,
  withPasskey,
}) => {
  const { caller, id, passkey, signIn: byPasskey } = await withPasskey()
  expect(passkey).toMatchObject({ name: 'Laptop', lastUsedAt: null, backedUp: false })
  const options = await beginPasskeySignIn(url)
  expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
  expect(options.allowCredentials ?? []).toEqual([])

  const session = await byPasskey()
  expect(session.user.id).toBe(id)
  expect(await createClient({ url, token: session.token }).account.me.query()).toMatchObject({ id })
  expect(await listPasskeys(caller)).toMatchObject([{ id: passkey.id, lastUsedAt: expect.any(String) }])
  // Again: the counter has gone on.
  expect((await byPasskey()).user.id).toBe(id)
})

test('an authenticator without a counter signs in again and again', async ({ withPasskey }) => {
  const { id, signIn: byPasskey } = await withPasskey({ counts: false })
  expect((await byPasskey()).user.id).toBe(id)
  expect((await byPasskey()).user.id).toBe(id)
})

test('what a browser is asked for is a credential of its own, verified by the device, for nobody’s name', async ({
  newAccount,
  withPasskey,
}) => {
  const { caller, email, id } = await newAccount()
  const options = await beginPasskey(caller)
  expect(options).toMatchObject({
    rp: { id: 'localhost', name: 'Ownlist' },
    user: { name: email, id: userHandle(id) },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  const other = await withPasskey()
  expect((await beginPasskey(other.caller)).excludeCredentials).toMatchObject([
    { id: other.authenticator.id },
  ])
})

test('a sign-in is refused that comes from another site, for another site, unverified, forged or copied', async ({
  withPasskey,
}) => {
  const { id, signIn: byPasskey } = await withPasskey()
  const other = await withPasskey()
  for (const wrong of [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost' },
    { rpId: 'evil.example' },
    { userVerified: false },
    { challenge: Buffer.alloc(32).toString('base64url') },
    { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey },
    { userHandle: userHandle(other.id) },
    // WebAuthn, 6.1.1: a counter that does not go on is a copied key.
    { counter: 1 },
    { counter: 0 },
  ]) {
    const [named] = Object.keys(wrong)
    expect(await failure(byPasskey(wrong)), named).toMatchObject({ reason: 'PASSKEY_REFUSED' })
  }
  // Nothing else was wrong with them.
  expect((await byPasskey()).user.id).toBe(id)
})

test('a challenge is answered once, rightly or not, and only for what it was made for', async ({
  url,
  origin,
  newAccount,
  withPasskey,
}) => {
  const { caller, answer, authenticator } = await withPasskey()
  const refused = { reason: 'PASSKEY_REFUSED' }
  const right = await answer()
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => signInWithPasskey(url, right)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)

  const options = await beginPasskeySignIn(url)
  expect(
    await failure(
      signInWithPasskey(url, authenticator.authenticate(options, { origin: 'https://evil.example' })),
    ),
  ).toMatchObject(refused)
  expect(await failure(signInWithPasskey(url, authenticator.authenticate(options)))).toMatchObject(refused)

  const creation = asked(await beginPasskey(caller, { password }))
  const crossed = authenticator.authenticate({ challenge: creation.challenge, rpId: 'localhost' })
  expect(await failure(signInWithPasskey(url, crossed))).toMatchObject(refused)
  // One user's challenge is none for another.
  const eve = await newAccount()
  const made = createAuthenticator(origin).register(creation)
  expect(await failure(addPasskey(eve.caller, { response: made }))).toMatchObject(refused)
  expect(await addPasskey(caller, { response: made })).toMatchObject({ name: 'Passkey' })
  expect(await failure(addPasskey(caller, { response: made }))).toMatchObject(refused)
})

test('a passkey is made with the device’s verification, at the right place, and once', async ({
  origin,
  newAccount,
  withPasskey,
}) => {
  const ada = await withPasskey()
  const eve = await newAccount()
  for (const wrong of [
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { userVerified: false },
  ]) {
    const response = createAuthenticator(origin).register(asked(await beginPasskey(eve.caller)), wrong)
    expect(await failure(addPasskey(eve.caller, { response }))).toMatchObject({ reason: 'PASSKEY_REFUSED' })
  }
  const taken = ada.authenticator.register(asked(await beginPasskey(eve.caller)))
  expect(await failure(addPasskey(eve.caller, { response: taken }))).toMatchObject({
    reason: 'PASSKEY_EXISTS',
  })
  expect(await listPasskeys(eve.caller)).toEqual([])
  expect((await ada.signIn({ userHandle: userHandle(ada.id) })).user.id).toBe(ada.id)
})

test('adding and deleting take the password, or a session that is fresh', async ({
  database,
  withPasskey,
}) => {
  const { caller, id, passkey } = await withPasskey()
  await database.query(`alter table sessions disable trigger sessions_stamp`)
  await database.query(`update sessions set created_at = now() - interval '11 minutes' where user_id = $1`, [
    id,
  ])
  await database.query(`alter table sessions enable trigger sessions_stamp`)
  expect(await failure(beginPasskey(caller))).toMatchObject({ reason: 'PASSWORD_NEEDED' })
  const which = { id: passkey.id }
  expect(await failure(deletePasskey(caller, which))).toMatchObject({ reason: 'PASSWORD_NEEDED' })
  expect(await failure(deletePasskey(caller, { ...which, password: 'wrong' }))).toMatchObject({
    reason: 'PASSWORD_WRONG',
  })
  expect(await listPasskeys(caller)).toHaveLength(1)
  await deletePasskey(caller, { ...which, password })
  expect(await listPasskeys(caller)).toEqual([])
})

test('nobody sees, renames or deletes another’s passkeys', async ({ url, newAccount, withPasskey }) => {
  const ada = await withPasskey()
  const eve = await newAccount()
  const { id } = ada.passkey
  const unknown = { reason: 'PASSKEY_NOT_FOUND' }
  for (const which of [id, randomUUID()]) {
    expect(await failure(renamePasskey(eve.caller, { id: which, name: 'Mine' }))).toMatchObject(unknown)
    expect(await failure(deletePasskey(eve.caller, { id: which }))).toMatchObject(unknown)
  }
  expect(await listPasskeys(eve.caller)).toEqual([])
  expect(await failure(listPasskeys({ url }))).toMatchObject({ reason: 'UNAUTHENTICATED' })
  expect(await renamePasskey(ada.caller, { id, name: 'Old laptop' })).toMatchObject({ name: 'Old laptop' })
  expect(await listPasskeys(ada.caller)).toMatchObject([{ id, name: 'Old laptop' }])
})

test('the last passkey of an account without a password stays, also if two go at once', async ({
  origin,
  database,
  withPasskey,
}) => {
  const { id, caller, passkey } = await withPasskey()
  const response = createAuthenticator(origin).register(asked(await beginPasskey(caller)))
  const second = await addPasskey(caller, { response })
  await database.query('delete from accounts where user_id = $1', [id])
  const outcomes = await Promise.all(
    [passkey, second].map((which) => failure(deletePasskey(caller, { id: which.id }))),
  )
  expect(outcomes.map((error) => error?.reason).toSorted()).toEqual(['LAST_SIGN_IN', undefined])
  expect(await listPasskeys(caller)).toHaveLength(1)
})

test('with its account a passkey is gone, and with a deactivated one it signs nobody in', async ({
  database,
  withPasskey,
}) => {
  const ada = await withPasskey()
  await database.query('update users set is_active = false where id = $1', [ada.id])
  expect(await failure(ada.signIn())).toMatchObject({ reason: 'UNAUTHENTICATED' })
  await database.query('delete from users where id = $1', [ada.id])
  expect(await failure(ada.signIn())).toMatchObject({ reason: 'PASSKEY_REFUSED' })
})

test('an app’s code and recovery codes by the client, and a passkey needs neither', async ({
  url,
  withPasskey,
}) => {
  const { caller, email, id, signIn: byPasskey } = await withPasskey()
  const { secret, totpUri } = await beginTotp(caller, { password })
  expect(new URL(totpUri).searchParams.get('secret')).toBe(secret)
  expect(await failure(confirmTotp(caller, '000000'))).toMatchObject({ reason: 'CODE_WRONG' })
  const { recoveryCodes } = await confirmTotp(caller, codeOf(secret, 0))
  expect(await twoFactorStatus(caller)).toMatchObject({ recoveryCodesLeft: 10, trustedDevices: 0 })
  expect(await failure(beginTotp(caller))).toMatchObject({ reason: 'TOTP_ON' })

  const first = await signIn(url, { email, password })
  expect(first.token).toBeUndefined()
  const token = first.secondFactor?.token ?? ''
  const byCode = await signInWithTotp(url, { token, code: codeOf(secret, 1), trustDevice: true })
  expect(byCode.user.id).toBe(id)
  expect(await failure(signInWithTotp(url, { token, code: codeOf(secret, 1) }))).toMatchObject({
    reason: 'SECOND_STEP_OVER',
  })
  expect(await forgetDevices({ url, token: byCode.token })).toEqual({ forgotten: 1 })

  const again = await signIn(url, { email, password })
  const recovery = { token: again.secondFactor?.token ?? '', code: recoveryCodes[3] ?? '' }
  const byRecovery = await signInWithRecoveryCode(url, recovery)
  expect(await createClient({ url, token: byRecovery.token }).account.me.query()).toMatchObject({ id })
  expect((await renewRecoveryCodes(caller)).recoveryCodes).toHaveLength(10)
  expect((await byPasskey()).user.id).toBe(id)
  await disableTotp(caller, { password })
  expect((await signIn(url, { email, password })).secondFactor).toBeUndefined()
})
