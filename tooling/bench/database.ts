import { migrate, parseDatabaseUrl } from '@ownlist/db'
import { startPostgres } from '@ownlist/postgres'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startOwnlist } from './servers.ts'

/** A user of the benchmark, who can sign in. */
export interface Person {
  id: string
  email: string
  tasks: number
}

export interface BenchDatabase {
  /** The owner, whom row-level security does not bind. */
  url: string
  serverUrl: string
  /** Those with 10,000, with 100,000, and eight of those with 900 tasks. */
  people: Person[]
  version: string
  /** Asks as the owner. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  stop(): Promise<void>
}

export const password = 'correct horse battery staple'

const total = 1_000_000
const sizes = [10_000, 100_000, ...Array.from({ length: 8 }, () => 900)]
const template = 'bench_seed'
const name = 'bench'
const home = join(tmpdir(), 'ownlist-bench')

/**
 * A PostgreSQL of its own, as durable as in production, with 1,000,000 tasks. The seed is kept between runs, until
 * a migration or this file changes; every run works on a fresh copy of it.
 */
export async function openDatabase(say: (line: string) => void): Promise<BenchDatabase> {
  mkdirSync(home, { recursive: true })
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  const kept = `seed-${fingerprint()}`
  for (const other of readdirSync(home)) {
    if (other !== kept) rmSync(join(home, other), { recursive: true, force: true })
  }
  const postgres = await startPostgres({ dataDir: join(home, kept) })
  const urls = (database: string) => ({
    url: withDatabase(postgres.url, database),
    serverUrl: withDatabase(postgres.serverUrl, database),
  })

  try {
    const databases = await ask<{ name: string }>(postgres.url, 'select datname as name from pg_database')
    const has = (wanted: string) => databases.some((database) => database.name === wanted)
    if (!has(template)) {
      if (has('bench_making')) await ask(postgres.url, 'drop database bench_making with (force)')
      await ask(postgres.url, 'create database bench_making')
      const started = performance.now()
      await seed(urls('bench_making'))
      await ask(postgres.url, `alter database bench_making rename to ${template}`)
      say(`Seeded ${total.toLocaleString('en')} tasks in ${seconds(started)} s.`)
    }
    const started = performance.now()
    await ask(postgres.url, `drop database if exists ${name} with (force)`)
    await ask(postgres.url, `create database ${name} template ${template} strategy file_copy`)
    await ask(postgres.url, 'checkpoint')
    say(`Copied the seed in ${seconds(started)} s.`)

    const { url, serverUrl } = urls(name)
    const people = await ask<Person>(
      url,
      `select id, email, (select count(*)::int from tasks t where t.user_id = u.id) as tasks
       from users u where email like 'bench-%' order by email`,
    )
    return {
      url,
      serverUrl,
      people,
      version: postgres.version,
      query: (text, values) => ask(url, text, values),
      async stop() {
        await ask(postgres.url, `drop database ${name} with (force)`)
        await postgres.stop()
      },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

/** People who can sign in come about as everybody does, through the server; the others are only rows. */
async function seed({ url, serverUrl }: { url: string; serverUrl: string }): Promise<void> {
  await migrate({ url, login: parseDatabaseUrl(serverUrl).user })
  const server = await startOwnlist({ url, serverUrl })
  try {
    for (const [at] of sizes.entries()) {
      const response = await fetch(`${server.url}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `bench-${at}@example.org`, password, name: `Bench ${at}` }),
      })
      if (!response.ok) throw new Error(`sign-up failed: ${await response.text()}`)
    }
  } finally {
    await server.stop()
  }
  const others = total - sizes.reduce((sum, size) => sum + size, 0)
  await ask(url, seedSql(sizes, Math.floor(others / 900), total))
  // As autovacuum would: what has no rows stays unknown to the planner, instead of known to be empty for ever.
  await ask(url, 'vacuum analyze users, accounts, sessions, tasks, comments, task_texts, user_clocks')
}

/** What comments are made of. */
const words =
  'after again already and another answer ask because before better both bring call can change check colour could cost ' +
  'date day done draft each early email enough every few finish first for found from give great half have here house hour ' +
  'idea invoice just keep know last late later left less letter list long look lunch mail make maybe meeting might money ' +
  'month more morning must need never new next nice nobody note number often old one only open order other our paper park ' +
  'part pay people phone place plan please point price question quick quite read ready reason right room said same school ' +
  'second see send should since small some soon still street sure talk tell than thank that the their then there thing think ' +
  'this time today tomorrow train try two under until very wait want water week well what when where which while who why ' +
  'will window with without word work would write year yesterday yet your'

/**
 * Triggers sleep (`replica`): number, revision and clock are written as they would have made them. Ids are
 * UUIDv7 of the time of creation. A third is completed, four in ten are due within the year, one in six
 * has a description, three in ten have a comment of 5 to 45 words.
 */
const seedSql = (list: number[], users: number, rows: number) => `
do $$ begin perform setseed(0.42); end $$;
set session_replication_role = replica;
set synchronous_commit = off;
create temporary table sizes as
  select id as user_id, (array[${list.join(', ')}])[1 + substring(email from '\\d+')::int] as size
  from users where email like 'bench-%';
with made as (
  insert into users (email, name)
  select 'user-' || n || '@example.org', 'User ' || n from generate_series(1, ${users}) n returning id
)
insert into sizes select id, 900 from made;
update sizes set size = size + ${rows} - (select sum(size) from sizes)
  where user_id = (select user_id from sizes where size = 900 order by user_id desc limit 1);
insert into tasks (user_id, id, number, title, description, status, completed_at, priority, due_date, due_all_day,
  due_time_zone, position, created_at, updated_at, revision)
select user_id,
  (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8'
    || substr(hash, 4, 15))::uuid,
  n,
  (array['Write','Call','Buy','Review','Plan','Fix','Send','Read','Clean','Book'])[1 + (r1 * 9.99)::int % 10] || ' '
    || (array['the report','a letter','groceries','the draft','Zoë','the tickets','the garage','a café table',
        'the invoice','the slides'])[1 + (r2 * 9.99)::int % 10] || ' ' || n,
  case when r3 < 0.17 then repeat('Some more words about it. ', 1 + (r2 * 8)::int) end,
  case when r4 < 0.33 then 'completed' when r4 < 0.43 then 'in_progress' else 'pending' end,
  case when r4 < 0.33 then at + interval '1 day' end,
  case when r1 < 0.2 then 'high' when r1 < 0.8 then 'medium' when r1 < 0.9 then 'low' end,
  case when r3 > 0.6 then date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'
    + (r2 * 365 - 180)::int * interval '1 day' end,
  case when r3 > 0.6 then true end, null,
  'a' || lpad(n::text, 7, '0') || 'V', at, at, n
from sizes, lateral generate_series(1, size) n,
  lateral (select now() - interval '2 years' * (1 - n::float / size) - interval '1 hour' as at,
    md5(user_id::text || n) as hash, random() as r1, random() as r2, random() as r3, random() as r4 where n > 0) x
order by user_id, n;
insert into comments (user_id, id, task_id, body, created_at, updated_at, revision)
select t.user_id, overlay(t.id::text placing substr(md5(t.id::text), 1, 8) from 29)::uuid, t.id, said.body, t.created_at, t.updated_at, t.revision
from tasks t, lateral (
  select string_agg((string_to_array('${words}', ' '))[1 + ('x' || substr(md5(t.number || '.' || n), 1, 6))::bit(24)::int % ${words.split(' ').length}], ' ') as body
  from generate_series(1, 5 + t.number * 7 % 41) n) said
where t.number % 10 < 3;
drop index task_texts_grams_idx;
insert into task_texts (user_id, task_id, kind, id, body)
  select user_id, id, 'title', id, e'\\n' || title_folded from tasks
  union all
  select user_id, id, 'description', id, description_folded from tasks where description_folded is not null
  union all
  select user_id, task_id, 'comment', id, fold(body) from comments;
set maintenance_work_mem = '512MB';
create index task_texts_grams_idx on task_texts using gin (grams(user_id, kind, body))
  with (fastupdate = on, gin_pending_list_limit = 128);
insert into user_clocks (user_id, revision, last_number, xact, xact_at)
select user_id, size, size, pg_current_xact_id(), now() from sizes;
reset session_replication_role;
drop table sizes;`

async function ask<Row extends object>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

function fingerprint(): string {
  const migrations = new URL('../../packages/db/migrations/', import.meta.url)
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)))
  for (const file of readdirSync(migrations).toSorted()) hash.update(readFileSync(new URL(file, migrations)))
  return hash.digest('hex').slice(0, 12)
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
