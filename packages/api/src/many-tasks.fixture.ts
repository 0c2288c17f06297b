import { createHash } from 'node:crypto'
import type { Owner } from '../../db/src/owner.fixture.ts'

/**
 * So many tasks of each of so many users, with the same lists and tags each: as many as it takes for a plan to show
 * what it costs. Without triggers, and with indexes and keys made afterwards: a third of the time.
 */
export async function seed(owner: Owner, users: number, ofUser: number): Promise<void> {
  const keys = await owner.rows<{ name: string; definition: string }>(`
    select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = 'tasks'::regclass and contype in ('p', 'u')`)
  const references = await owner.rows<{ name: string; from: string; definition: string }>(`
    select conname as name, conrelid::regclass::text as from, pg_get_constraintdef(oid) as definition
    from pg_constraint where confrelid = 'tasks'::regclass`)
  const indexes = await owner.rows<{ name: string; definition: string }>(`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'tasks' and indexname like '%idx'`)
  for (const { name, from } of references) await owner.rows(`alter table ${from} drop constraint ${name}`)
  for (const { name } of keys) await owner.rows(`alter table tasks drop constraint ${name}`)
  for (const { name } of indexes) await owner.rows(`drop index ${name}`)

  await owner.rows(`set session_replication_role = replica`)
  await owner.rows(`set maintenance_work_mem = '256MB'`)
  await owner.rows(`
    insert into users (id, email, name)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, i || '@example.org', 'User ' || i
    from generate_series(1, ${users}) i`)
  await owner.rows(`
    insert into lists (user_id, id, name)
    select id, ${idOf('list', 'n')}, 'List ' || n from users, generate_series(0, 99) n`)
  // One of each user in turn, so that nobody's tasks lie side by side.
  await owner.rows(`
    insert into tasks (user_id, id, number, title, description, status, completed_at, priority, due_date,
      due_all_day, list_id, parent_id, tag_ids, position, created_at, updated_at, revision)
    select ('00000000-0000-4000-8000-' || lpad((1 + i % ${users})::text, 12, '0'))::uuid, ${idOf('task', 'i')}, 1 + n,
      'Task ' || md5(i::text), case when n % 8 = 0 then 'Some words about it ' || i end,
      (array['pending', 'in_progress', 'completed', 'completed'])[1 + n % 4],
      case when n % 4 >= 2 then now() end, (array['low', 'medium', 'high', null])[1 + n / 4 % 4],
      case when n % 2 = 0 then timestamptz '2026-01-01' + n % 700 * interval '1 day' end,
      case when n % 2 = 0 then true end,
      -- Half of all tasks are in one of a hundred lists; every tenth has four subtasks; half carry one tag of twenty.
      case when n / 10 % 2 = 0 then ${idOf('list', 'n / 20 % 100')} end,
      case when n % 10 between 1 and 4 then ${idOf('task', `(i - n % 10 * ${users})`)} end,
      case when n / 5 % 2 = 0 then array[${idOf('tag', 'n / 10 % 20')}] else '{}' end,
      'a' || lpad((n * 7919 % 1000000)::text, 7, '0') || 'V',
      timestamptz '2026-01-01' + i * interval '20 seconds', timestamptz '2026-11-20' + n % 999 * interval '1 minute', n
    from generate_series(0, ${users * ofUser - 1}) i, lateral (select i / ${users} as n) each`)
  for (const { name, definition } of keys) {
    await owner.rows(`alter table tasks add constraint ${name} ${definition}`)
  }
  for (const { definition } of indexes) await owner.rows(definition)
  for (const { name, from, definition } of references) {
    await owner.rows(`alter table ${from} add constraint ${name} ${definition}`)
  }
  await owner.rows('vacuum analyze tasks')
}

/** The id of a task (counted over all users, each in turn), of a user's list or of a tag, by its number. */
export function numbered(kind: 'task' | 'list' | 'tag', number: number): string {
  const hex = createHash('md5').update(`${kind} ${number}`).digest('hex')
  const uuid = `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The same in SQL. */
function idOf(kind: 'task' | 'list' | 'tag', number: string): string {
  return `overlay(overlay(md5('${kind} ' || ${number}) placing '4' from 13) placing '8' from 17)::uuid`
}
