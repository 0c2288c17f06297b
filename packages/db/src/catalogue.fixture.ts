import type { Owner } from './owner.fixture.ts'

// What must be true of every table, asked of the database itself: a table that somebody adds is
// covered without a word here. Each rule gives one line for each thing that breaks it.

/** Every rule is a query whose rows are what is wrong. */
const rules = {
  'every table with user_id has row-level security, forced, and a policy': `
    select c.relname as wrong from owned c
    where not c.relrowsecurity or not c.relforcerowsecurity
      or not exists (select from pg_policy p where p.polrelid = c.oid)`,

  'every table at all has row-level security, forced, unless requests cannot touch it': `
    select c.relname as wrong from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity)
      and exists (
        select from unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege,
          unnest(array['ownlist_app', 'ownlist_auth']) role
        where has_table_privilege(role, c.oid, privilege)
          or privilege in ('insert', 'update') and has_any_column_privilege(role, c.oid, privilege))`,

  'every policy for ownlist_app binds reading and writing to the current user': `
    select c.relname || ': ' || p.polname as wrong
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where ('ownlist_app'::regrole = any(p.polroles) or 0 = any(p.polroles)) and (
      p.polcmd <> 'a' and coalesce(pg_get_expr(p.polqual, p.polrelid), '') !~ 'current_user_id\\(\\)'
      or p.polcmd in ('a', 'w', '*')
        and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), '')
          !~ 'current_user_id\\(\\)')`,

  'no second policy for ownlist_app widens the first': `
    select c.relname || ': ' || string_agg(p.polname, ', ' order by p.polname) as wrong
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where p.polpermissive and ('ownlist_app'::regrole = any(p.polroles) or 0 = any(p.polroles))
    group by c.relname, p.polcmd having count(*) > 1`,

  'every table that ownlist_app writes has a primary key that starts with user_id': `
    select c.relname as wrong from writable c
    where not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p'
      and k.conkey[1] = (select attnum from pg_attribute where attrelid = c.oid and attname = 'user_id'))`,

  'every table that ownlist_app touches at all has user_id, except users': `
    select c.relname as wrong from touched c
    where c.relname <> 'users' and not exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and a.attnotnull)`,

  'every foreign key between owned tables carries user_id': `
    select k.conname as wrong from pg_constraint k
    join pg_attribute mine on mine.attrelid = k.conrelid and mine.attname = 'user_id'
    join pg_attribute theirs on theirs.attrelid = k.confrelid and theirs.attname = 'user_id'
    where k.contype = 'f' and not exists (
      select from unnest(k.conkey, k.confkey) pair(here, there)
      where here = mine.attnum and there = theirs.attnum)`,

  'every unique index on a table that ownlist_app touches starts with user_id': `
    select i.indexrelid::regclass::text as wrong from pg_index i join touched c on c.oid = i.indrelid
    where i.indisunique and c.relname <> 'users' and i.indkey[0] is distinct from
      (select attnum from pg_attribute where attrelid = c.oid and attname = 'user_id')`,

  'every index on a table that ownlist_app touches starts with user_id': `
    select i.indexrelid::regclass::text as wrong from pg_index i join touched c on c.oid = i.indrelid
    where c.relname <> 'users' and i.indkey[0] is distinct from
      (select attnum from pg_attribute where attrelid = c.oid and attname = 'user_id')`,

  'every table may be searched by its owner, and what is a user’s be erased': `
    select c.relname as wrong from tables c
    where c.relrowsecurity and not exists (
      select from pg_policy p where p.polrelid = c.oid and c.relowner = any(p.polroles)
        and pg_get_expr(p.polqual, p.polrelid) = 'true'
        and (p.polcmd = '*' or p.polcmd = 'r' and c.relname = 'users'))`,

  'every view runs with the rights of whoever reads it': `
    select c.relname as wrong from pg_class c
    where c.relnamespace = 'public'::regnamespace and (
      c.relkind = 'v' and not coalesce(c.reloptions @> array['security_invoker=true'], false)
      or c.relkind = 'm' and (has_table_privilege('ownlist_app', c.oid, 'select')
        or has_table_privilege('ownlist_auth', c.oid, 'select')))`,

  'every function that runs as its owner has a pinned search path with pg_temp last': `
    select p.oid::regprocedure::text as wrong from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef and not exists (
      select from unnest(p.proconfig) setting
      where setting ~ '^search_path=pg_catalog, public, pg_temp$')`,

  'no function that runs as its owner may be called by everybody': `
    select p.oid::regprocedure::text as wrong from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and (p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))`,

  'ownlist_app has no privilege on what belongs to identity': `
    select table_name || ': ' || privilege_type as wrong from information_schema.column_privileges
    where grantee in ('ownlist_app', 'PUBLIC') and table_schema = 'public'
      and table_name in ('sessions', 'accounts', 'verifications', 'email_tokens', 'security_events',
        'totp_factors', 'recovery_codes', 'second_steps', 'trusted_devices', 'passkeys', 'passkey_challenges',
        'api_tokens', 'device_codes')`,

  'ownlist_app reads six columns of users and writes none': `
    select column_name || ': ' || privilege_type as wrong from information_schema.column_privileges
    where grantee in ('ownlist_app', 'PUBLIC') and table_schema = 'public' and table_name = 'users'
      and not (privilege_type = 'SELECT'
        and column_name in ('id', 'email', 'name', 'time_zone', 'week_start', 'locale'))`,

  'ownlist_auth has no privilege beyond the identity tables, except to see the migrations and keep operations': `
    select distinct table_name || ': ' || privilege_type as wrong from information_schema.column_privileges
    where grantee in ('ownlist_auth', 'PUBLIC') and table_schema = 'public'
      and table_name not in ('users', 'sessions', 'accounts', 'verifications', 'email_tokens', 'totp_factors',
        'recovery_codes', 'second_steps', 'trusted_devices', 'passkeys', 'passkey_challenges',
        'api_tokens', 'device_codes')
      and (table_name, privilege_type) not in (
        ('migrations', 'SELECT'), ('operations', 'SELECT'), ('operations', 'INSERT'),
        ('security_events', 'SELECT'), ('security_events', 'INSERT'))`,

  'no table may be emptied, referred to or given triggers by a role that serves requests': `
    select table_name || ': ' || privilege_type || ' for ' || grantee as wrong
    from information_schema.table_privileges
    where table_schema = 'public' and grantee in ('ownlist_app', 'ownlist_auth', 'PUBLIC')
      and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')`,

  'neither role can log in, make anything, copy the database or get around row-level security': `
    select rolname as wrong from pg_roles where rolname in ('ownlist_app', 'ownlist_auth') and (
      rolcanlogin or rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication
      or has_schema_privilege(oid, 'public', 'create')
      or has_database_privilege(oid, current_database(), 'create'))`,

  'neither role is a member of another': `
    select m.roleid::regrole || ' has ' || m.member::regrole as wrong from pg_auth_members m
    where m.member in ('ownlist_app'::regrole, 'ownlist_auth'::regrole)`,

  'neither role owns anything': `
    select classid::regclass || ' ' || objid as wrong from pg_shdepend
    where deptype = 'o' and refclassid = 'pg_authid'::regclass
      and dbid = (select oid from pg_database where datname = current_database())
      and refobjid in ('ownlist_app'::regrole, 'ownlist_auth'::regrole)`,

  'every time is a timestamptz, and created_at and updated_at are never null and have a default': `
    select c.relname || '.' || a.attname as wrong
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in ('migrations', 'migrations_lock') and a.attnum > 0 and not a.attisdropped
      and (a.atttypid in ('timestamp'::regtype, 'timetz'::regtype, 'time'::regtype)
        or a.attname ~ '_at$' and a.atttypid <> 'timestamptz'::regtype
        or a.attname in ('created_at', 'updated_at') and not (a.attnotnull and a.atthasdef))`,

  'created_at is kept by a trigger on every table that has it': `
    select c.relname as wrong from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'created_at'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not exists (
        select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled in ('O', 'A')
          and t.tgtype & 19 = 19 -- before update, for each row
          and p.prosrc like '%old.created_at%')`,

  'every foreign key to users deletes with the user': `
    select k.conname as wrong from pg_constraint k
    where k.contype = 'f' and k.confrelid = 'users'::regclass and k.confdeltype <> 'c'`,

  'every constraint and index is named after its table': `
    select conname as wrong from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'public'::regnamespace and c.relname not like 'migrations%'
      and (conname not like c.relname || '\\_%' or k.contype <> 'n' and conname !~ '_(pkey|key|fkey|check)$')
    union all
    select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and c.relname not like 'migrations%'
      and i.indexrelid::regclass::text !~ ('^' || c.relname || '_.*(pkey|key|idx)$')`,
}

/** Owned: has user_id. Touched: ownlist_app has any privilege on it or a column. Writable: may change it. */
const words = `
  with tables as (
    select c.* from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in ('migrations', 'migrations_lock')
  ), owned as (
    select c.* from tables c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
  ), touched as (
    select c.* from tables c
    where has_table_privilege('ownlist_app', c.oid, 'select, insert, update, delete')
      or has_any_column_privilege('ownlist_app', c.oid, 'select, insert, update')
  ), writable as (
    select c.* from owned c
    where has_table_privilege('ownlist_app', c.oid, 'insert, update, delete')
      or has_any_column_privilege('ownlist_app', c.oid, 'insert, update')
  )`

export type Rule = keyof typeof rules
export const every = Object.keys(rules) as Rule[]

/** One line for each thing that breaks the rule. */
export async function broken(owner: Owner, rule: Rule): Promise<string[]> {
  const found = await owner.rows<{ wrong: string }>(`${words} ${rules[rule]}`)
  return found.map(({ wrong }) => wrong)
}

export async function tablesThatAre(owner: Owner, word: 'owned' | 'touched' | 'writable'): Promise<string[]> {
  const found = await owner.rows<{ name: string }>(`${words} select relname as name from ${word} order by 1`)
  return found.map(({ name }) => name)
}
