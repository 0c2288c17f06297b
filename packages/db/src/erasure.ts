import { sql, type Kysely } from 'kysely'
import type { Database } from './connect.ts'
import type { DB } from './database.ts'
import { asAuth } from './scope.ts'
import { inSteps, UpkeepElsewhereError, upkeepStep, type UpkeepOptions } from './upkeep.ts'

/** What was done to erase an account. Nothing in it leads to a person. */
export interface ErasureReceipt {
  id: string
  requestedAt: string
  /** Null while it is under way. */
  erasedAt: string | null
  tables: Record<
    string,
    {
      /** Rows of the account that were removed. */
      removed: number
      /** Rows that were read afterwards, each as text with all its columns … */
      searched: number
      /** … and those of them in which the account's id was found, and its address. */
      withId: number
      withAddress: number
    }
  >
}

interface Account {
  id: string
  receiptId: string
}

/** What a search found of one account, by table. */
type Found = Record<string, { searched: number; withId: number; withAddress: number }>

const rowsAtOnce = 1_000
/** They share one search: each costs a little more, and one alone nearly as much as all. */
const accountsAtOnce = 10
/** Milliseconds that reading should take at once, far from any timeout, and pages (8 KiB) to begin with. */
const readingTime = 100
const firstPages = 64

/**
 * Erases the accounts whose time is over. Every step is a short transaction that holds nothing of anybody else's; what a
 * kill interrupts, the next call goes on with, because the account itself is the last row to go.
 *
 * @returns the receipts' ids
 * @throws UpkeepElsewhereError where another server is at it
 */
export async function eraseDue(database: Database, options: UpkeepOptions = {}): Promise<string[]> {
  const accounts = await upkeepStep(database, close)
  if (accounts.length === 0) return []
  for (const { id } of accounts) await inSteps(() => upkeepStep(database, (db) => empty(db, id)), options)
  const found = await search(database, accounts, options)
  const failures: unknown[] = []
  for (const account of accounts) {
    const last = upkeepStep(database, (db) => finish(db, account, found.get(account.id) ?? {}))
    await last.catch((error: unknown) => {
      if (error instanceof UpkeepElsewhereError) throw error
      failures.push(error)
    })
  }
  // One that cannot be finished is in nobody's way.
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
  return accounts.map(({ receiptId }) => receiptId)
}

/** Sets the time of an account to now, for an administrator; undefined where there is no such account. */
export async function askErasure(database: Database, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ receiptId: string }>`
    update users set erase_asked_at = coalesce(erase_asked_at, now()), erase_after = now(),
      erasure_id = coalesce(erasure_id, gen_random_uuid())
    where lower(email) = lower(${email}) returning erasure_id as "receiptId"`.execute(asAuth(database))
  return rows[0]?.receiptId
}

export async function findReceipt(database: Database, id: string): Promise<ErasureReceipt | undefined> {
  const { rows } = await sql<{
    requested_at: Date
    erased_at: Date | null
    removed: Record<string, number>
    searched: Found | null
  }>`select requested_at, erased_at, removed, searched from find_erasure(${id})`.execute(asAuth(database))
  const [row] = rows
  if (!row) return undefined
  const { removed, searched } = row
  const names = [...new Set([...Object.keys(removed), ...Object.keys(searched ?? {})])].toSorted()
  return {
    id,
    requestedAt: row.requested_at.toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
    tables: Object.fromEntries(
      names.map((name) => [
        name,
        { removed: removed[name] ?? 0, ...(searched?.[name] ?? { searched: 0, withId: 0, withAddress: 0 }) },
      ]),
    ),
  }
}

/** From here on nobody gets in, and the user can take nothing back. */
async function close(db: Kysely<DB>): Promise<Account[]> {
  const { rows } = await sql<Account>`
    update users set is_active = false
    where erase_after <= now() and id = any(array(
      select id from users where erase_after <= now() order by erase_after limit ${accountsAtOnce}))
    returning id, erasure_id as "receiptId"`.execute(db)
  // Links carry an address before anybody has an account with it.
  await sql`
    delete from email_tokens where lower(email) in (
      select lower(email) from users where id = any(${rows.map(({ id }) => id)}::uuid[]))`.execute(db)
  return rows
}

/** Removes some rows; true when none was left. */
async function empty(db: Kysely<DB>, id: string): Promise<boolean> {
  const { rows } = await sql<{ removed_from: string | null }>`
    select removed_from from erase_rows(${id}, ${rowsAtOnce})`.execute(db)
  return (rows[0]?.removed_from ?? null) === null
}

/** Reads every table, once for all the accounts: it costs a walk over the whole database. */
async function search(
  database: Database,
  accounts: Account[],
  options: UpkeepOptions,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>(accounts.map(({ id }) => [id, {}]))
  const ids = accounts.map(({ id }) => id)
  const { rows: tables } = await sql<{ name: string; pages: number }>`
    select relname as name, pg_relation_size(oid) / current_setting('block_size')::integer as pages
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`.execute(
    asAuth(database),
  )
  let pagesAtOnce = firstPages
  for (const { name, pages } of tables) {
    for (const sums of found.values()) sums[name] = { searched: 0, withId: 0, withAddress: 0 }
    let page = 0
    const read = () =>
      upkeepStep(database, async (db) => {
        const start = performance.now()
        const { rows } = await sql<{
          account: string
          searched: number
          withId: number
          withAddress: number
        }>`
          select account, rows_read as searched, rows_with_id as "withId", rows_with_address as "withAddress"
          from search_for_erased(${name}, ${page}, ${pagesAtOnce}, ${ids})`.execute(db)
        for (const { account, searched, withId, withAddress } of rows) {
          const sum = found.get(account)?.[name]
          if (!sum) continue
          sum.searched += searched
          sum.withId += withId
          sum.withAddress += withAddress
        }
        page += pagesAtOnce
        const took = performance.now() - start
        pagesAtOnce = took > readingTime ? Math.ceil(pagesAtOnce / 2) : Math.min(pagesAtOnce * 2, 4_096)
        return page >= pages
      })
    await inSteps(read, options)
  }
  return found
}

/** The account goes with its receipt, or stays with whatever was found of it, for the next time. */
async function finish(db: Kysely<DB>, { id, receiptId }: Account, found: Found): Promise<void> {
  const owned = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
    where c.relnamespace = 'public'::regnamespace`.execute(db)
  const others = new Set(owned.rows.map(({ name }) => name))
  // What other people write about an address is theirs; anywhere else it is a trace.
  const traces = Object.entries(found)
    .filter(([table, { withId, withAddress }]) => withId > 0 || (withAddress > 0 && !others.has(table)))
    .map(([table]) => table)
  if (traces.length > 0) throw new Error(`erasure ${receiptId} left traces in ${traces.join(', ')}`)
  await sql`delete from users where id = ${id} and not is_active and erase_after <= now()`.execute(db)
  await sql`select finish_erasure(${id}, ${receiptId}, ${JSON.stringify(found)})`.execute(db)
}
