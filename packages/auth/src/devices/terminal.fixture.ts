/** Device login (RFC 8628) as a terminal sees it. */
export const client = { client_id: 'ownlist-cli' }
export const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', ...client }

export interface Asked {
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
  expires_in: number
  interval: number
}

interface Told {
  error?: string
  code?: string
  access_token?: string
  token_type?: string
  userCode?: string
  status?: string
  clientId?: string | null
  ipAddress?: string | null
  userAgent?: string | null
  askedAt?: string | null
}

interface Server {
  post(
    route: string,
    body: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; text: string; headers: Headers }>
}

export function terminalOf(server: Server) {
  async function post(route: string, body: object, headers?: Record<string, string>, at = server) {
    const { status, text, headers: said } = await at.post(route, body, headers)
    return { status, text, headers: said, body: JSON.parse(text) as Told }
  }
  return {
    post,
    ask: async (headers?: Record<string, string>) =>
      JSON.parse((await server.post('device/code', client, headers)).text) as Asked,
    /** Asks for the session, of this server or of another one on the same database. */
    poll: (code: string, at?: Server) => post('device/token', { ...grant, device_code: code }, undefined, at),
  }
}
