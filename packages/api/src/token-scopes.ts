/**
 * What an API token may be for: `read` what the user owns, `write` it, which is of no use without reading, and so
 * includes it, or look after the `account`, which includes neither.
 */
export const tokenScopes = ['read', 'write', 'account'] as const

export type TokenScope = (typeof tokenScopes)[number]

/** What a procedure asks of a token. It follows from where the procedure is and of what kind, so none can forget it. */
export function neededScope(path: string, type: 'query' | 'mutation' | 'subscription'): TokenScope {
  if (path.startsWith('account.')) return 'account'
  return type === 'mutation' ? 'write' : 'read'
}

export function allows(scopes: readonly TokenScope[], needed: TokenScope): boolean {
  return scopes.includes(needed) || (needed === 'read' && scopes.includes('write'))
}
