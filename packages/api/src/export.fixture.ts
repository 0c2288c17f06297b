import { asUser } from '@ownlist/db'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { expect } from 'vitest'
import { exportAccount } from './account/export.ts'
import { test as base, type SignedUp } from './testing.fixture.ts'

export const now = new Date('2026-11-21T09:00:00Z')
const securityEvents = [
  {
    id: '0b0e0f5e-3f0c-4a53-9f3c-3c5e5d0b8a11',
    kind: 'password-changed',
    at: '2026-11-21T08:30:00.000000Z',
    ipAddress: '192.0.2.1',
    userAgent: 'Tests',
    detail: {},
  },
]
export const record = {
  image: null,
  isVerified: false,
  createdAt: '2026-11-21T08:00:00.000Z',
  updatedAt: '2026-11-21T08:00:00.000Z',
  signIns: [{ provider: 'credential', createdAt: '2026-11-21T08:00:00.000Z' }],
  sessions: [],
  factors: { totpSince: null, recoveryCodesLeft: 0, passkeys: [], trustedDevices: [] },
  securityEvents: {
    async *[Symbol.asyncIterator]() {
      yield securityEvents
    },
  },
  tokens: [],
}

export interface Document {
  tasks: Record<string, unknown>[]
  history: {
    revision: number
    changes: { entity: string; id: string; before: object | null; after: object | null }[]
  }[]
  operations: { opId: string }[]
}

export const test = base.extend('unzipped', ({ connection }) => {
  return async ({ user }: SignedUp, at?: string) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of exportAccount(asUser(connection, user.id), { at, now, record, user })) {
      chunks.push(chunk)
    }
    const files = unzipSync(Buffer.concat(chunks))
    const text = (name: string) => textOf(files[name])
    return {
      names: Object.keys(files),
      text,
      document: JSON.parse(text('account.json')) as Document & Record<string, unknown>,
      table: (name: string) => readTable(text(name)),
    }
  }
})

/** With its byte order mark. */
export function textOf(file: Uint8Array = new Uint8Array()): string {
  return Buffer.from(file).toString()
}

/** As README.txt says that it is to be read, by a parser that is not ours. */
export function readTable(text: string): Record<string, string | null>[] {
  expect(text.startsWith('\uFEFF')).toBe(true)
  const rows = parse<Record<string, string | null>>(text, {
    bom: true,
    columns: true,
    record_delimiter: '\r\n',
    cast: (value, { quoting, header }) => {
      if (header) return value
      return value === '' && !quoting ? null : value.replace(/^'/, '')
    },
  })
  return rows
}
