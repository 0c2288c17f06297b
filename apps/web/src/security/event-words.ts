/** What happened, in words. A newer server may know of more. */
export function sayEvent({ kind, detail }: { kind: string; detail: Record<string, unknown> }): string {
  const text = (name: string) => (typeof detail[name] === 'string' ? detail[name] : undefined)
  const named = text('name') === undefined ? '' : ` “${text('name')}”`
  switch (kind) {
    case 'email-changed':
      return `E-mail address changed${text('to') ? ` to ${text('to')}` : ''}`
    case 'email-change-asked':
      return `Change of the e-mail address asked for${text('to') ? `, to ${text('to')}` : ''}`
    case 'sessions-revoked':
      return 'Signed out everywhere else'
    case 'passkey-added':
    case 'passkey-removed':
    case 'token-created':
    case 'token-revoked':
      return `${words[kind]}${named}`
    case 'provider-linked':
      return `Signing in with ${text('name') ?? 'a provider'} added`
    case 'provider-unlinked':
      return `Signing in with ${text('name') ?? 'a provider'} removed`
    default:
      return words[kind] ?? kind.replaceAll('-', ' ')
  }
}

const words: Record<string, string> = {
  'signed-up': 'Account made',
  'signed-in': 'Signed in from a new device',
  'email-verified': 'E-mail address confirmed',
  'password-changed': 'Password changed',
  'password-reset-asked': 'Link to a new password asked for',
  'password-reset': 'New password set by a link',
  'session-revoked': 'A device was signed out',
  'erasure-asked': 'Erasure of the account asked for',
  'erasure-taken-back': 'Erasure of the account taken back',
  'two-factor-enabled': 'Authenticator app set up',
  'two-factor-disabled': 'Authenticator app turned off',
  'recovery-codes-made': 'New recovery codes made',
  'recovery-code-used': 'Signed in with a recovery code',
  'passkey-added': 'Passkey added',
  'passkey-removed': 'Passkey removed',
  'token-created': 'API token made',
  'token-revoked': 'API token revoked',
  'device-approved': 'A terminal was let in',
}
