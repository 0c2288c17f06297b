import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** What the database keeps of a session token: SHA-256 in hex. Tokens are random, so no salt is needed. */
export function hashToken(token: string): string {
  return hash('sha256', token)
}

/**
 * The token inside a signed one, `token.signature` with HMAC-SHA256 in base64, as better-auth writes
 * it into cookies and into `set-auth-token`. Undefined where the signature is not ours.
 */
export function openSignedToken(signed: string, secret: string): string | undefined {
  const dot = signed.lastIndexOf('.')
  if (dot < 1 || signed.length > 256) return undefined
  const token = signed.slice(0, dot)
  const given = Buffer.from(signed.slice(dot + 1), 'base64')
  const expected = createHmac('sha256', secret).update(token).digest()
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined
}

/** The signed token of a request: `Authorization: Bearer …` or the session cookie. */
export function signedTokenOf(headers: Headers, cookieName: string): string | undefined {
  const authorization = headers.get('authorization')
  if (authorization !== null) return decode(/^bearer +(\S+)$/i.exec(authorization)?.[1])
  return cookieOf(headers, cookieName)
}

/** The first cookie of this name, decoded; undefined where there is none. */
export function cookieOf(headers: Headers, name: string): string | undefined {
  for (const pair of headers.get('cookie')?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (pair.slice(0, equals).trim() === name) return decode(pair.slice(equals + 1).trim())
  }
  return undefined
}

/** Whether a request comes with an API token. One in `Authorization` counts, and no cookie beside it. */
export function apiTokenOf(headers: Headers): string | undefined {
  return /^bearer +(ol_\S*)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

/** Signs a session token as better-auth does: the form that is given out, and that `openSignedToken` opens. */
export function signToken(token: string, secret: string): string {
  return `${token}.${createHmac('sha256', secret).update(token).digest('base64')}`
}

function decode(value: string | undefined): string | undefined {
  if (value === undefined || !value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
