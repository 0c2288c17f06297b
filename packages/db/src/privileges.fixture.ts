import type { Owner } from './owner.fixture.ts'

// Least privilege as a table: what each of the two roles may do, with every table, column and function there is. What is
// not here nobody may, and a new table fails the tests until it stands here.

const roles = ['ownlist_app', 'ownlist_auth'] as const
const everything = 'select, insert, update, delete'

export interface Rights {
  app: string
  auth: string
}

/** By table. `users` is read by requests in six columns only, which stand in `columnRights`. */
export const tableRights: Record<string, Rights> = {
  accounts: { app: '', auth: everything },
  api_tokens: { app: '', auth: everything },
  changes: { app: 'select', auth: '' },
  comments: { app: everything, auth: '' },
  device_codes: { app: '', auth: everything },
  email_tokens: { app: '', auth: 'select, insert, delete' },
  erasures: { app: '', auth: '' },
  limits: { app: '', auth: '' },
  lists: { app: everything, auth: '' },
  migrations: { app: 'select', auth: 'select' },
  migrations_lock: { app: '', auth: '' },
  operations: { app: 'select, insert', auth: 'select, insert' },
  passkey_challenges: { app: '', auth: everything },
  passkeys: { app: '', auth: everything },
  recovery_codes: { app: '', auth: everything },
  revisions: { app: 'select', auth: '' },
  second_steps: { app: '', auth: everything },
  security_events: { app: '', auth: 'select' },
  sessions: { app: '', auth: everything },
  tags: { app: everything, auth: '' },
  task_texts: { app: '', auth: '' },
  tasks: { app: everything, auth: '' },
  totp_factors: { app: '', auth: everything },
  trusted_devices: { app: '', auth: everything },
  user_clocks: { app: 'select', auth: '' },
  users: { app: '', auth: everything },
  verifications: { app: '', auth: everything },
  views: { app: everything, auth: '' },
}

/** Columns that a role may use though it may not use the table. */
export const columnRights: Record<string, Rights> = {
  'security_events.detail': { app: '', auth: 'insert' },
  'security_events.ip_address': { app: '', auth: 'insert' },
  'security_events.kind': { app: '', auth: 'insert' },
  'security_events.user_agent': { app: '', auth: 'insert' },
  'security_events.user_id': { app: '', auth: 'insert' },
  'users.email': { app: 'select', auth: '' },
  'users.id': { app: 'select', auth: '' },
  'users.locale': { app: 'select', auth: '' },
  'users.name': { app: 'select', auth: '' },
  'users.time_zone': { app: 'select', auth: '' },
  'users.week_start': { app: 'select', auth: '' },
}

/**
 * Who may call the functions that run as their owner. The others run as whoever calls them, with no more rights than that,
 * and triggers are nobody's to call.
 */
export const definerRights: Record<string, 'app' | 'auth' | 'nobody'> = {
  erase_rows: 'auth',
  find_erasure: 'auth',
  find_texts: 'app',
  finish_erasure: 'auth',
  forget_limits: 'auth',
  forget_security_events: 'auth',
  forget_task_texts: 'nobody',
  forgive_limits: 'auth',
  hold_clock: 'nobody',
  keep_comment_texts: 'nobody',
  keep_new_task_texts: 'nobody',
  keep_task_texts: 'nobody',
  log_changes: 'nobody',
  newest_revisions: 'auth',
  pass_limits: 'auth',
  remember_task_numbers: 'nobody',
  remove_expired: 'auth',
  search_for_erased: 'auth',
  take_tokens: 'auth',
  tick: 'app', // which refuses whoever is no trigger
}

/** Asked one by one of the database itself. MAINTAIN came with PostgreSQL 17. */
const tablePrivileges = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']

export async function tableRightsOf(owner: Owner): Promise<Record<string, Rights>> {
  const rows = await owner.rows<{ name: string; app: string; auth: string }>(
    `select c.relname as name, ${perRole('has_table_privilege(role, c.oid, privilege)')}
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
    [tablePrivileges],
  )
  return byName(rows)
}

export async function columnRightsOf(owner: Owner): Promise<Record<string, Rights>> {
  const rows = await owner.rows<{ name: string; app: string; auth: string }>(
    `select * from (
       select c.relname || '.' || a.attname as name, ${perRole(
         `has_column_privilege(role, c.oid, a.attnum, privilege)
          and not has_table_privilege(role, c.oid, privilege)`,
       )}
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')) columns
     where app <> '' or auth <> '' order by 1`,
    [['select', 'insert', 'update', 'references']],
  )
  return byName(rows)
}

export async function definerRightsOf(owner: Owner): Promise<Record<string, string>> {
  const rows = await owner.rows<{ name: string; who: string }>(
    `select p.proname as name, coalesce(nullif(concat_ws(' and ',
       case when has_function_privilege('ownlist_app', p.oid, 'execute') then 'app' end,
       case when has_function_privilege('ownlist_auth', p.oid, 'execute') then 'auth' end), ''), 'nobody') as who
     from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`,
  )
  return Object.fromEntries(rows.map(({ name, who }) => [name, who]))
}

/** Two columns, `app` and `auth`, with the privileges of $1 that the condition grants. */
function perRole(condition: string): string {
  return roles
    .map(
      (role) => `(select coalesce(string_agg(privilege, ', ' order by at), '')
         from unnest($1::text[]) with ordinality p(privilege, at), (select '${role}'::name as role) r
         where ${condition}) as ${role.slice('ownlist_'.length)}`,
    )
    .join(', ')
}

function byName(rows: ({ name: string } & Rights)[]): Record<string, Rights> {
  return Object.fromEntries(rows.map(({ name, app, auth }) => [name, { app, auth }]))
}
