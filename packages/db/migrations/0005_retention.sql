-- What ends: old log entries and operation records, expired sessions, and whole accounts.
--
-- Requests may not touch the log, and what works in the background has no role of its own: it is the
-- identity role, which may delete any account as it is. What that role may not do itself, the functions
-- below do for it, within bounds that hold even if it asks for something else.

alter table users
  add column erase_asked_at timestamptz,
  add column erase_after    timestamptz, -- until then the user may take it back
  add column erasure_id     uuid,        -- the receipt's, which says nothing of the user
  add constraint users_erase_after_check check (
    num_nulls(erase_asked_at, erase_after, erasure_id) in (0, 3) and erase_after >= erase_asked_at);

create index users_erase_after_idx on users (erase_after) where erase_after is not null;

-- What is left of an erased account: that there was one, and what was done. Nothing here leads to a person.
create table erasures (
  id           uuid not null,
  requested_at timestamptz not null,
  began_at     timestamptz not null default now(),
  erased_at    timestamptz, -- null while it is under way
  removed      jsonb not null default '{}', -- table -> rows
  searched     jsonb,                       -- table -> rows read afterwards, and rows in which a trace was found
  constraint erasures_pkey primary key (id)
);

-- Records of a user by age.
create index operations_user_id_made_at_idx on operations (user_id, made_at);

-- Forced row-level security binds the owner too, and the functions below run as the owner: they have to
-- see every row of every table, to remove what is an account's and to be sure that nothing is left.
create policy tasks_upkeep on tasks to current_user using (true) with check (true);
create policy operations_upkeep on operations to current_user using (true) with check (true);
create policy sessions_upkeep on sessions to current_user using (true) with check (true);
create policy accounts_upkeep on accounts to current_user using (true) with check (true);
create policy verifications_upkeep on verifications to current_user using (true) with check (true);

-- Removes what is older than the given moments, of the next accounts after the given one, about `most`
-- rows; gives the account to go on after, null at the end. A user's log goes from its oldest revision on
-- and whole revisions at a time, so its first revision tells where it begins. Nothing younger than a day is
-- removed, whoever asks.
create function remove_expired(
  after_user uuid, users_at_once integer, log_before timestamptz, operations_before timestamptz, most integer,
  out last_user uuid, out removed_revisions bigint, out removed_operations bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  one record;
  room bigint := most;
  gone bigint;
begin
  log_before := least(log_before, now() - interval '1 day');
  operations_before := least(operations_before, now() - interval '1 day');
  removed_revisions := 0;
  removed_operations := 0;

  for one in
    select u.id, r.made_at < log_before as has_log, o.made_at < operations_before as has_operations
    from (select id from users where id > after_user order by id limit users_at_once) u
    left join lateral (
      select made_at from revisions where user_id = u.id order by revision limit 1) r on true
    left join lateral (
      select made_at from operations where user_id = u.id order by made_at limit 1) o on true
    order by u.id
  loop
    if one.has_operations then
      delete from operations where user_id = one.id and op_id in (
        select op_id from operations
        where user_id = one.id and made_at < operations_before order by made_at limit room);
      get diagnostics gone = row_count;
      removed_operations := removed_operations + gone;
      room := room - gone;
    end if;

    if one.has_log and room > 0 then
      with oldest as (
        select revision, bool_and(made_at < log_before) over (order by revision) as expired
        from (select revision, made_at from revisions where user_id = one.id order by revision limit room) r
      ), counted as (
        select o.revision, row_number() over w as place, sum(n.entries) over w as entries
        from oldest o, lateral (
          select 1 + count(*) as entries from changes c where c.user_id = one.id and c.revision = o.revision) n
        where o.expired window w as (order by o.revision)
      ), wanted as (
        -- A revision never goes in part, so the first goes however long it is.
        select max(revision) as last from counted where place = 1 or entries <= room
      )
      delete from revisions r using wanted w where r.user_id = one.id and r.revision <= w.last;
      get diagnostics gone = row_count;
      removed_revisions := removed_revisions + gone;
      if exists (
        select from (select made_at from revisions where user_id = one.id order by revision limit 1) r
        where made_at < log_before) then
        room := 0;
      end if;
      room := room - gone;
    end if;

    -- Without room the next call begins with this account again.
    exit when room <= 0;
    last_user := one.id;
  end loop;

  if room <= 0 then
    last_user := coalesce(last_user, after_user);
  elsif not exists (select from users where id > last_user) then
    last_user := null;
  end if;
end $$;

-- Whether a line has an address in it, and not only one that contains or begins with it.
create function mentions(line text, address text) returns boolean
language sql immutable strict parallel safe
return line ~ (
  '(^|[^a-z0-9._%+-])' || regexp_replace(address, '([][(){}.*+?^$|\/-])', '\\\1', 'g') || '($|[^a-z0-9.-]|[.-]($|[^a-z0-9]))');

-- Removes some rows of an account whose time is over, at most `most`, from the first table that has any:
-- first what the user wrote, then the log, which also hears of that, the clock last. Gives no table when
-- nothing is left. It finds the tables by their user_id, so a later one needs no word here.
create function erase_rows(erased uuid, most integer, out removed_from text, out removed_rows bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  receipt uuid;
begin
  select erasure_id into receipt from users where id = erased and not is_active and erase_after <= now();
  if not found then
    raise exception 'this account is not to be erased' using errcode = 'insufficient_privilege';
  end if;
  insert into erasures (id, requested_at) select erasure_id, erase_asked_at from users where id = erased
  on conflict (id) do nothing;
  -- The clock before any row, as everybody does: a request of the user's own may still be under way.
  perform from user_clocks where user_id = erased for update;

  for removed_from in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    order by coalesce(array_position(array['operations', 'changes', 'revisions', 'user_clocks'], c.relname::text), 0),
      c.relname
  loop
    execute format(
      'delete from public.%I where ctid = any(array(select ctid from public.%1$I where user_id = $1 limit $2))',
      removed_from) using erased, most;
    get diagnostics removed_rows = row_count;
    if removed_rows > 0 then
      update erasures
      set removed = removed || jsonb_build_object(
        removed_from, coalesce((removed ->> removed_from)::bigint, 0) + removed_rows)
      where id = receipt;
      return;
    end if;
  end loop;

  -- What carries an address without saying whose it is.
  delete from verifications v using users u
  where u.id = erased and (strpos(concat_ws(' ', v.identifier, v.value), u.id::text) > 0
    or mentions(lower(concat_ws(' ', v.identifier, v.value)), lower(u.email)));
  get diagnostics removed_rows = row_count;
  removed_from := case when removed_rows > 0 then 'verifications' end;
  update erasures set removed = removed || jsonb_build_object('verifications', removed_rows)
  where id = receipt and removed_rows > 0;
end $$;

-- Reads some pages of a table, every column as text, for the ids and addresses of accounts whose time is
-- over. Their own rows in `users` go last, because they are what there is to search for.
create function search_for_erased(
  searched_table text, first_page bigint, pages integer, erased uuid[])
returns table (account uuid, rows_read bigint, rows_with_id bigint, rows_with_address bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- Lower case by the "C" collation, which is many times faster: what is searched for is ASCII. Looking at
  -- the words around an address comes last, for the few rows that have it.
  return query execute format(
    'with needles as materialized (
       select id, id::text as word, lower(email collate "C") as address from public.users
       where id = any($3) and not is_active and erase_after <= now()
     )
     select n.id, count(*), count(*) filter (where strpos(r.line, n.word) > 0),
       count(*) filter (where strpos(r.line, n.address) > 0 and mentions(r.line, n.address))
     from (select lower(t::text collate "C") as line from public.%I t where t.ctid >= $1 and t.ctid < $2 %s offset 0) r
     cross join needles n
     group by n.id',
    searched_table, case when searched_table = 'users' then 'and t.id <> all($3)' end)
  using format('(%s,0)', first_page)::tid, format('(%s,0)', first_page + pages)::tid, erased;
end $$;

-- Closes the receipt, in the transaction that deletes the account itself; refuses while anything is left.
create function finish_erasure(erased uuid, receipt uuid, searched_tables jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  owned text;
  is_left boolean;
begin
  for owned in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  loop
    execute format('select exists (select from public.%I where user_id = $1)', owned) into is_left using erased;
    if is_left or exists (select from users where id = erased) then
      raise exception 'the account is not empty: %', owned;
    end if;
  end loop;
  update erasures set erased_at = now(), removed = removed || '{"users": 1}', searched = searched_tables
  where id = receipt and erased_at is null;
end $$;

-- A receipt, for whoever holds its id.
create function find_erasure(receipt uuid) returns setof erasures
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select * from erasures where id = receipt $$;

revoke execute on function remove_expired(uuid, integer, timestamptz, timestamptz, integer),
  erase_rows(uuid, integer), search_for_erased(text, bigint, integer, uuid[]),
  finish_erasure(uuid, uuid, jsonb), find_erasure(uuid) from public;
grant execute on function remove_expired(uuid, integer, timestamptz, timestamptz, integer),
  erase_rows(uuid, integer), search_for_erased(text, bigint, integer, uuid[]),
  finish_erasure(uuid, uuid, jsonb), find_erasure(uuid) to ownlist_auth;
