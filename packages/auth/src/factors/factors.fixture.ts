import { expect } from 'vitest'
import { password, test as base } from '../testing.fixture.ts'
import { codeOfStep, stepOf } from './totp.ts'

export interface Step {
  token: string
  methods: string[]
  expiresAt: string
}

/** A server whose clock stands in the middle of a step and goes as a test says. */
export const test = base.extend('clocked', ({ serve }) => {
  return function clocked() {
    let time = Math.floor(Date.now() / 30_000) * 30_000 + 15_000
    const server = serve({ now: () => new Date(time) })
    const post = async (route: string, body: unknown, headers?: Record<string, string>) => {
      const answer = await server.post(route, body, headers)
      return { ...answer, data: JSON.parse(answer.text) as Record<string, unknown> & { code?: string } }
    }
    const codeFor = (secret: Buffer, offset = 0) => codeOfStep(secret, stepOf(new Date(time)) + offset)

    return {
      ...server,
      post,
      codeFor,
      pass(seconds: number) {
        time += seconds * 1000
      },

      /** An account that is asked for a code, and what its owner has. The clock has gone on, so that a new code stands. */
      async signUpWithTotp() {
        const account = await server.signUp()
        const bearer = { authorization: `Bearer ${account.token}` }
        const { data } = await post('two-factor/enable', { password }, bearer)
        const secret = unBase32(String(data['secret']))
        const confirmed = await post('two-factor/confirm', { code: codeFor(secret) }, bearer)
        expect(confirmed.text).toContain('recoveryCodes')
        time += 60_000
        return { ...account, bearer, secret, recoveryCodes: confirmed.data['recoveryCodes'] as string[] }
      },

      /** The first step of a sign-in. */
      async begin(email: string, headers?: Record<string, string>): Promise<Step> {
        const answer = await post('sign-in/email', { email, password }, headers)
        if (answer.status !== 202) throw new Error(answer.text)
        return answer.data['secondFactor'] as Step
      },
    }
  }
})

/** A code that is not the present one. */
export function wrongCode(right: string): string {
  return String((Number(right) + 1) % 1_000_000).padStart(6, '0')
}

export function counted(answers: { status: number; data: { code?: string } }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, data } of answers) {
    const kind = `${status} ${data.code ?? ''}`.trim()
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

export function unBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
}
