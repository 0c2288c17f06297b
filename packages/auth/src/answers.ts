/** Browsers say where a request comes from; other clients have no reason to. */
export function fromBrowser(headers: Headers): boolean {
  return headers.has('origin') || headers.has('sec-fetch-site')
}

/** A browser has its cookie, which scripts cannot read; so scripts get no token by another way either. */
export async function withoutToken(response: Response, shape?: Shape): Promise<Response> {
  const stripped = await withoutBodyToken(response, shape)
  stripped.headers.delete('set-auth-token')
  stripped.headers.delete('access-control-expose-headers')
  return stripped
}

/** The token in the body is unsigned and of no use: `set-auth-token` has the signed one. */
export async function withoutBodyToken(response: Response, shape?: Shape): Promise<Response> {
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const body: unknown = await response.json().catch(() => null)
  if (body && typeof body === 'object' && 'token' in body) delete body.token
  const shaped = shape && body ? shape(body as Record<string, unknown>) : body
  return new Response(JSON.stringify(shaped), { status: response.status, headers })
}

type Shape = (body: Record<string, unknown>) => Record<string, unknown>
