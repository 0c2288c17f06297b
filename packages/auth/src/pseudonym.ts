import { createHmac } from 'node:crypto'

/**
 * What stands in the log for an account or an e-mail: the same each time, and nobody without the server's secret can tell whose
 * it is or make one (OWASP ASVS 5.0, 16.2.5). With the account gone, it leads to nobody.
 */
export function pseudonym(kind: 'account' | 'email', value: string, secret: string): string {
  return createHmac('sha256', secret).update(`log\0${kind}\0${value}`).digest('hex').slice(0, 16)
}
