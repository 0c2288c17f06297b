import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { client } from './provider.fixture.ts'

export type Claims = Record<string, unknown>
export type Header = Record<string, unknown>

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A JWT (RFC 7515) with whatever header; without a key it has no signature, and a text for a key is a secret. */
export function jwt(header: Header, claims: Claims, key?: KeyObject | string): string {
  const signed = `${encode(header)}.${encode(claims)}`
  if (key === undefined) return `${signed}.`
  const signature =
    typeof key === 'string'
      ? createHmac('sha256', key).update(signed).digest()
      : sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

/**
 * As much of an OpenID provider as a server asks, which answers for a code with whatever ID token a test makes: no real one
 * would make a wrong one.
 */
export async function startForger() {
  const [own, others] = [pair(), pair()]
  const jwkOf = (key: KeyObject) => ({
    ...key.export({ format: 'jwk' }),
    kid: 'one',
    use: 'sig',
    alg: 'ES256',
  })
  let idToken: string | undefined
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answers: Record<string, () => object> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['ES256'],
      }),
      '/jwks': () => ({ keys: [jwkOf(own.publicKey)] }),
      '/others': () => ({ keys: [jwkOf(others.publicKey)] }),
      '/token': () => ({
        access_token: randomUUID(),
        token_type: 'Bearer',
        expires_in: 600,
        ...(idToken !== undefined && { id_token: idToken }),
      }),
    }
    const answer = answers[path]
    request.resume()
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer?.() ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    keys: { own, others },
    jwkOf,
    asked,
    /** What it says of somebody who signs in now, with nothing wrong. */
    claims(nonce: string, more: Claims = {}): Claims {
      const now = Math.floor(Date.now() / 1000)
      const times = { iat: now, exp: now + 600 }
      return { iss: issuer, aud: client.clientId, nonce, ...times, email_verified: true, ...more }
    },
    gives(token: string | undefined) {
      idToken = token
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
