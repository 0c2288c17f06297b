import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { createAuthEndpoint } from 'better-auth/api'
import { asAssertion, asRegistration, inputs } from './inputs.ts'
import {
  countUse,
  deletePasskey,
  findPasskey,
  insertPasskey,
  listCredentials,
  listPasskeys,
  rememberChallenge,
  renamePasskey,
  takeChallenge,
} from './passkey-queries.ts'
import type { FactorContext } from './plugin.ts'
import { refusal } from './refusals.ts'
import { signInAs } from './sign-in.ts'

/**
 * `passkey/*` (WebAuthn, level 3): discoverable credentials only, with the user verified by their device, so that a
 * passkey alone is two factors. Where a browser is, its origin and the name of the site, are those of the base URL.
 */
export function passkeyEndpoints({ db, baseUrl, now, signedIn, proven, change }: FactorContext) {
  const site = siteOf(baseUrl)
  const expected = { expectedOrigin: site.origin, expectedRPID: site.hostname, requireUserVerification: true }

  /**
   * The challenge that an authenticator says it answers, which is taken before anything else is looked at: it is answered
   * once, rightly or not.
   */
  async function answeredChallenge(clientDataJson: string, userId: string | null): Promise<string> {
    const challenge = challengeIn(clientDataJson)
    if (challenge !== undefined && (await takeChallenge(db, { challenge, userId }, now()))) return challenge
    throw refusal('PASSKEY_REFUSED')
  }

  return {
    beginPasskey: createAuthEndpoint(
      '/passkey/generate-register-options',
      { method: 'POST', body: inputs.confirmed },
      async (ctx) => {
        const { id, email, name } = (await proven(ctx.body.password)).user
        const options = await generateRegistrationOptions({
          rpName: 'Ownlist',
          rpID: site.hostname,
          userID: userHandle(id),
          userName: email,
          userDisplayName: name,
          attestationType: 'none',
          supportedAlgorithmIDs: algorithms,
          excludeCredentials: await listCredentials(db, id),
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        })
        await rememberChallenge(db, { challenge: options.challenge, userId: id }, now())
        return ctx.json(options)
      },
    ),

    addPasskey: createAuthEndpoint(
      '/passkey/verify-registration',
      { method: 'POST', body: inputs.registration },
      async (ctx) => {
        const { user } = await signedIn()
        const verified = await verifyRegistrationResponse({
          ...expected,
          supportedAlgorithmIDs: algorithms,
          response: asRegistration(ctx.body.response),
          expectedChallenge: await answeredChallenge(ctx.body.response.response.clientDataJSON, user.id),
        }).catch(refused)
        if (!verified?.verified) throw refusal('PASSKEY_REFUSED')
        const { credential, credentialBackedUp, aaguid } = verified.registrationInfo
        const passkey = {
          userId: user.id,
          name: ctx.body.name ?? 'Passkey',
          credentialId: credential.id,
          publicKey: credential.publicKey,
          counter: credential.counter,
          transports: ctx.body.response.response.transports ?? [],
          backedUp: credentialBackedUp,
          aaguid,
        }
        const added = await change(
          { headers: ctx.headers, userId: user.id, kind: 'passkey-added' },
          (within) => insertPasskey(within, passkey),
          (done) => typeof done === 'object',
        )
        if (added === 'too many') throw refusal('TOO_MANY_PASSKEYS')
        if (added === 'there already') throw refusal('PASSKEY_EXISTS')
        return ctx.json({ passkey: added })
      },
    ),

    beginPasskeySignIn: createAuthEndpoint(
      '/passkey/generate-authenticate-options',
      { method: 'POST', body: inputs.nothing },
      async (ctx) => {
        // It names no credentials: which account has some is nobody's business.
        const options = await generateAuthenticationOptions({
          rpID: site.hostname,
          userVerification: 'required',
        })
        await rememberChallenge(db, { challenge: options.challenge, userId: null }, now())
        return ctx.json(options)
      },
    ),

    signInByPasskey: createAuthEndpoint(
      '/passkey/verify-authentication',
      { method: 'POST', body: inputs.assertion },
      async (ctx) => {
        const { response } = ctx.body
        const expectedChallenge = await answeredChallenge(response.response.clientDataJSON, null)
        const passkey = await findPasskey(db, response.id)
        if (!passkey) throw refusal('PASSKEY_REFUSED')
        const { id, userId, publicKey, counter } = passkey
        const verified = await verifyAuthenticationResponse({
          ...expected,
          response: asAssertion(response),
          expectedChallenge,
          credential: { id: response.id, publicKey: new Uint8Array(publicKey), counter },
        }).catch(refused)
        const named = response.response.userHandle === Buffer.from(userHandle(userId)).toString('base64url')
        if (!verified?.verified || !named) throw refusal('PASSKEY_REFUSED')
        const { newCounter, credentialBackedUp } = verified.authenticationInfo
        if (!(await countUse(db, { id, counter: newCounter, backedUp: credentialBackedUp }, now()))) {
          throw refusal('PASSKEY_REFUSED')
        }
        return ctx.json(await signInAs(ctx, userId))
      },
    ),

    listPasskeys: createAuthEndpoint(
      '/passkey/list-user-passkeys',
      { method: 'POST', body: inputs.nothing },
      async (ctx) => {
        const { user } = await signedIn()
        return ctx.json({ items: await listPasskeys(db, user.id) })
      },
    ),

    renamePasskey: createAuthEndpoint(
      '/passkey/update-passkey',
      { method: 'POST', body: inputs.passkeyName },
      async (ctx) => {
        const { user } = await signedIn()
        const passkey = await renamePasskey(db, { ...ctx.body, userId: user.id })
        if (!passkey) throw refusal('PASSKEY_NOT_FOUND')
        return ctx.json({ passkey })
      },
    ),

    deletePasskey: createAuthEndpoint(
      '/passkey/delete-passkey',
      { method: 'POST', body: inputs.passkeyRef },
      async (ctx) => {
        const { user } = await proven(ctx.body.password)
        const outcome = await change(
          { headers: ctx.headers, userId: user.id, kind: 'passkey-removed' },
          (within) => deletePasskey(within, { userId: user.id, id: ctx.body.id }),
          (done) => done === 'deleted',
        )
        if (outcome === 'not found') throw refusal('PASSKEY_NOT_FOUND')
        if (outcome === 'last') throw refusal('LAST_SIGN_IN')
        return ctx.json({ success: true })
      },
    ),
  }
}

/** Browsers make passkeys for names, not for addresses: on one's own machine for `localhost`. */
function siteOf(baseUrl: string): URL {
  const site = new URL(baseUrl)
  if (/^(127\.|\[::1\]$)/.test(site.hostname)) site.hostname = 'localhost'
  return site
}

/** WebAuthn, 14.6.1: a user handle says nothing of a person. These are the 16 bytes of the account's id. */
function userHandle(userId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'))
}

/** EdDSA, ES256 and RS256 (RFC 9053, RFC 8812): what authenticators have. */
const algorithms = [-8, -7, -257]

function challengeIn(clientDataJson: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString())
    const challenge = data && typeof data === 'object' && 'challenge' in data ? data.challenge : undefined
    return typeof challenge === 'string' ? challenge : undefined
  } catch {
    return undefined
  }
}

/** Verifying throws for whatever is wrong with an answer, and in words that are nobody's business. */
function refused(): undefined {
  return undefined
}
