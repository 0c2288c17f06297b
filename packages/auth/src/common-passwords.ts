import list from './common-passwords.json' with { type: 'json' }

const common = new Set(list.passwords)

/** Whether a password is among the 10,000 that attackers try first, in whatever case it is written. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.normalize('NFKC').toLowerCase())
}
