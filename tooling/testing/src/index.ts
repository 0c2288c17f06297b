import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client, DatabaseError } from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestServer
  }
}

/** The server of this run, as the global setup hands it to the workers. */
export interface TestServer {
  ownerUrl: string
  serverUrl: string
  template: string
  version: string
}

export interface TestDatabase {
  /** What the application connects with: a login without privileges of its own. */
  url: string
  /** The owner, a superuser: to look past every protection and see what is really there. */
  ownerUrl: string
  name: string
  /** Asks as the owner. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  drop(): Promise<void>
}

/** A database of one's own, migrated (a copy of the template) or, for tests of migrations, empty. */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = inject('postgres')
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = migrated ? server.template : 'template0'
  // Copying files beats writing everything to the log when nothing is flushed: half the time.
  await administer(server, `create database ${name} template ${template} strategy file_copy`)
  const ownerUrl = withDatabase(server.ownerUrl, name)
  return {
    name,
    url: withDatabase(server.serverUrl, name),
    ownerUrl,
    async query<Row extends object>(text: string, values: unknown[] = []) {
      const client = new Client({ connectionString: ownerUrl })
      await client.connect()
      try {
        return (await client.query<Row>(text, values)).rows
      } finally {
        await client.end()
      }
    },
    drop: () => administer(server, `drop database if exists ${name} with (force)`),
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

async function administer(server: TestServer, statement: string): Promise<void> {
  const client = new Client({ connectionString: withDatabase(server.ownerUrl, 'postgres') })
  await client.connect()
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(statement)
        return
      } catch (error) {
        // PostgreSQL copies no template that somebody (an autovacuum worker, say) is connected to.
        const busy = error instanceof DatabaseError && error.code === '55006'
        if (!busy || attempt === 50) throw error
        await sleep(50)
      }
    }
  } finally {
    await client.end()
  }
}
