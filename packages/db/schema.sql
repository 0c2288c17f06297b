--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: changed_fields(jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.changed_fields(fields jsonb, other jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT COALESCE(jsonb_object_agg(f.key, f.value), '{}'::jsonb) AS "coalesce" FROM jsonb_each(changed_fields.fields) f(key, value) WHERE (((changed_fields.other -> f.key) IS DISTINCT FROM f.value) OR ((f.key = ANY (ARRAY['due_date'::text, 'due_all_day'::text, 'due_time_zone'::text])) AND (SELECT bool_or(((changed_fields.other -> due.key) IS DISTINCT FROM (changed_fields.fields -> due.key))) AS bool_or FROM unnest('{due_date,due_all_day,due_time_zone}'::text[]) due(key))) OR ((f.key = ANY (ARRAY['recurrence'::text, 'recurrence_basis'::text, 'series_id'::text, 'series_start'::text, 'occurrence'::text, 'occurrence_number'::text])) AND (SELECT bool_or(((changed_fields.other -> series.key) IS DISTINCT FROM (changed_fields.fields -> series.key))) AS bool_or FROM unnest('{recurrence,recurrence_basis,series_id,series_start,occurrence,occurrence_number}'::text[]) series(key)))));

--
-- Name: current_user_id(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid;

--
-- Name: erase_rows(uuid, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.erase_rows(erased uuid, most integer, OUT removed_from text, OUT removed_rows bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
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
      array_position(array['comments', 'tasks'], c.relname::text) nulls last, c.relname
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
end $_$;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: erasures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.erasures (
    id uuid NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    erased_at timestamp with time zone,
    removed jsonb DEFAULT '{}'::jsonb NOT NULL,
    searched jsonb
);

--
-- Name: find_erasure(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_erasure(receipt uuid) RETURNS SETOF public.erasures
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$ select * from erasures where id = receipt $$;

--
-- Name: find_texts(text, text[], integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_texts(needle text, kinds text[], most integer) RETURNS TABLE(kind text, task_ids uuid[])
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
declare
  me uuid := current_user_id();
  wanted_grams tsquery;
  frequent text[];
begin
  if me is null then
    return;
  end if;
  frequent := array(
    select newest.kind
    from (select t.kind, t.body from task_texts t where t.user_id = me order by t.task_id desc limit 600) newest
    where strpos(newest.body, needle) > 0 group by newest.kind having count(*) >= 20);

  foreach kind in array kinds loop
    task_ids := null;
    if kind <> all(frequent) then
      wanted_grams := grams_of_needle(me, kind, needle);
      task_ids := array(
        select t.task_id from task_texts t
        where grams(t.user_id, t.kind, t.body) @@ wanted_grams and strpos(t.body, needle) > 0
          and t.user_id is not distinct from me and t.kind is not distinct from find_texts.kind
        limit most + 1);
      if cardinality(task_ids) > most then
        task_ids := null;
      end if;
    end if;
    return next;
  end loop;
end $$;

--
-- Name: finish_erasure(uuid, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.finish_erasure(erased uuid, receipt uuid, searched_tables jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
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
end $_$;

--
-- Name: fold(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fold(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(regexp_replace(NORMALIZE(value, NFKD), '[\u0300-\u036f]'::text, ''::text, 'g'::text));

--
-- Name: forget_limits(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forget_limits(most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  gone bigint;
begin
  delete from limits l where l.key = any(array(
    select key from limits where forget_at <= now() order by forget_at limit most for update skip locked))
    and l.forget_at <= now();
  get diagnostics gone = row_count;
  return gone;
end $$;

--
-- Name: forget_proofs(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forget_proofs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  delete from second_steps where user_id = new.user_id;
  delete from trusted_devices where user_id = new.user_id;
  return null;
end $$;

--
-- Name: forget_security_events(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forget_security_events(most integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  gone bigint;
begin
  delete from security_events where ctid = any(array(
    select ctid from security_events where at <= now() - interval '180 days' order by at limit most));
  get diagnostics gone = row_count;
  return gone;
end $$;

--
-- Name: forget_task_texts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forget_task_texts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
  delete from task_texts t using old_rows o where t.user_id = o.user_id and t.task_id = o.id;
  return null;
end $$;

--
-- Name: forgive_limits(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.forgive_limits(passed jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  one record;
begin
  for one in
    select decode(w.key, 'hex') as key, cost, size, every
    from jsonb_to_recordset(passed) w (key text, cost integer, size integer, every double precision)
    order by w.key
  loop
    if one.size is null then
      update limits set tries = 0, free_at = '-infinity', forget_at = '-infinity' where key = one.key;
    else
      update limits l set free_at = l.free_at - one.cost * one.every * interval '1 second' where l.key = one.key;
    end if;
  end loop;
end $$;

--
-- Name: gram_scope(uuid, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.gram_scope(user_id uuid, kind text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ("right"((user_id)::text, 12) || "left"(kind, 1));

--
-- Name: grams(uuid, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.grams(user_id uuid, kind text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT array_to_tsvector(array_agg((((t.scope || gram.a) || COALESCE(gram.b, ''::text)) || COALESCE(gram.c, ''::text)))) AS array_to_tsvector FROM (SELECT string_to_array(grams.body, NULL::text) AS chars, public.gram_scope(grams.user_id, grams.kind) AS scope OFFSET 0) t, LATERAL UNNEST(t.chars, t.chars[2:], t.chars[3:]) gram(a, b, c));

--
-- Name: grams_of_needle(uuid, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.grams_of_needle(user_id uuid, kind text, needle text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT (string_agg((((''''::text || replace(replace((public.gram_scope(grams_of_needle.user_id, grams_of_needle.kind) || substr(grams_of_needle.needle, at.at, 3)), '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''''::text) || CASE WHEN (char_length(grams_of_needle.needle) < 3) THEN ':*'::text ELSE ''::text END), ' & '::text))::tsquery AS string_agg FROM generate_series(1, GREATEST((char_length(grams_of_needle.needle) - 2), 1)) at(at));

--
-- Name: hold_clock(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.hold_clock() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  perform from user_clocks where user_id = current_user_id() for update;
  return null;
end $$;

--
-- Name: keep_comment_texts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_comment_texts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
  if tg_op <> 'INSERT' then
    delete from task_texts
    where user_id = old.user_id and task_id = old.task_id and kind = 'comment' and id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into task_texts (user_id, task_id, kind, id, body)
    select new.user_id, new.task_id, 'comment', new.id, folded from fold(new.body) folded where folded <> '';
  end if;
  return null;
end $$;

--
-- Name: keep_new_task_texts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_new_task_texts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  insert into task_texts (user_id, task_id, kind, id, body)
  select n.user_id, n.id, said.kind, n.id, said.body
  from new_rows n, lateral (values ('title', e'\n' || n.title_folded), ('description', n.description_folded)) said(kind, body)
  where said.body <> '';
  return null;
end $$;

--
-- Name: keep_task_texts(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_task_texts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
  insert into task_texts as t (user_id, task_id, kind, id, body)
  select new.user_id, new.id, said.kind, new.id, said.body
  from (values ('title', e'\n' || new.title_folded), ('description', new.description_folded)) said(kind, body)
  where said.body <> ''
  on conflict (user_id, task_id, kind, id) do update set body = excluded.body where t.body <> excluded.body;
  if coalesce(new.description_folded, '') = '' then
    delete from task_texts where user_id = new.user_id and task_id = new.id and kind = 'description';
  end if;
  return null;
end $$;

--
-- Name: log_changes(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
declare
  derived text[] := array['user_id', 'id', 'revision', 'updated_at'] || tg_argv[0]::text[];
  entity_name text := tg_table_name; -- as text: compared with a name, no index on text would serve
  clock user_clocks;
  void uuid[];
begin
  if tg_op = 'INSERT' then
    insert into changes as c (user_id, revision, entity, entity_id, after)
    select n.user_id, n.revision, entity_name, n.id, to_jsonb(n) - derived from new_rows n
    -- Deleted and made again in one transaction: to the rest of the world it was changed.
    on conflict (user_id, revision, entity, entity_id) do update
      set before = changed_fields(c.before, excluded.after), after = changed_fields(excluded.after, c.before);

  elsif tg_op = 'UPDATE' then
    insert into changes as c (user_id, revision, entity, entity_id, before, after)
    select r.user_id, r.revision, entity_name, r.id,
      changed_fields(r.was, r.is_now), changed_fields(r.is_now, r.was)
    from (
      select user_id, id, max(revision) filter (where fresh) as revision,
        max(revision) > min(revision) as moved, (array_agg(fields) filter (where not fresh))[1] as was, (array_agg(fields) filter (where fresh))[1] as is_now
      from (
        select false as fresh, user_id, id, revision, to_jsonb(o) - derived as fields from old_rows o
        union all
        select true, user_id, id, revision, to_jsonb(n) - derived from new_rows n
      ) both_sides
      group by user_id, id
    ) r
    where r.moved or r.was is distinct from r.is_now
    on conflict (user_id, revision, entity, entity_id) do update
      set before = case when c.before is not null
            then changed_fields(excluded.before || c.before, c.after || excluded.after) end,
          after = case when c.before is null then c.after || excluded.after
            else changed_fields(c.after || excluded.after, excluded.before || c.before) end;

  else
    for clock in
      select (tick(o.user_id)).* from (select distinct user_id from old_rows) o
      where exists (select from users u where u.id = o.user_id)
    loop
      with logged as (
        insert into changes as c (user_id, revision, entity, entity_id, before)
        select o.user_id, clock.revision, entity_name, o.id, to_jsonb(o) - derived
        from old_rows o where o.user_id = clock.user_id
        on conflict (user_id, revision, entity, entity_id) do update
          set before = case when c.before is null then '{}' else excluded.before || c.before end, after = null
        returning c.entity_id, c.before = '{}' as is_void
      )
      select array_agg(entity_id) filter (where is_void) into void from logged;
      -- What came and went in one transaction was never there.
      if void is not null then
        delete from changes c where c.user_id = clock.user_id and c.revision = clock.revision
          and c.entity = entity_name and c.entity_id = any(void);
      end if;
    end loop;
  end if;
  return null;
end $$;

--
-- Name: mentions(text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.mentions(line text, address text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (line ~ (('(^|[^a-z0-9._%+-])'::text || regexp_replace(address, '([][(){}.*+?^$|\/-])'::text, '\\\1'::text, 'g'::text)) || '($|[^a-z0-9.-]|[.-]($|[^a-z0-9]))'::text));

--
-- Name: user_clocks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_clocks (
    user_id uuid NOT NULL,
    revision bigint NOT NULL,
    last_number integer DEFAULT 0 NOT NULL,
    xact xid8 NOT NULL,
    xact_at timestamp with time zone NOT NULL,
    step text DEFAULT ''::text NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.user_clocks FORCE ROW LEVEL SECURITY;

--
-- Name: newest_revisions(uuid[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.newest_revisions(user_ids uuid[]) RETURNS TABLE(user_id uuid, revision bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    BEGIN ATOMIC
 SELECT c.user_id,
     c.revision
    FROM public.user_clocks c
   WHERE (c.user_id = ANY (newest_revisions.user_ids));
END;

--
-- Name: owned_row(text, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.owned_row(kind text, row_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET "TimeZone" TO 'UTC'
    AS $$
declare
  owner uuid := current_user_id();
begin
  return case kind
    when 'lists' then (select to_jsonb(r) from lists r where r.user_id = owner and r.id = row_id)
    when 'tags' then (select to_jsonb(r) from tags r where r.user_id = owner and r.id = row_id)
    when 'views' then (select to_jsonb(r) from views r where r.user_id = owner and r.id = row_id)
    when 'comments' then (select to_jsonb(r) from comments r where r.user_id = owner and r.id = row_id)
  end;
end $$;

--
-- Name: pass_limits(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pass_limits(wanted jsonb, OUT wait double precision, OUT refused_by text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  one record;
  kept limits;
  present timestamptz;
  owed double precision;
  missing double precision;
  keys bytea[] := '{}';
  free_ats timestamptz[] := '{}';
  all_tries integer[] := '{}';
  forget_ats timestamptz[] := '{}';
begin
  wait := 0;
  -- In the order of their keys, so that nobody waits for somebody who waits for them.
  for one in
    select decode(w.key, 'hex') as key, w.key as name, cost, size, every, free, first, most
    from jsonb_to_recordset(wanted) w (key text, cost integer, size integer, every double precision,
      free integer, first double precision, most double precision)
    order by w.key
  loop
    insert into limits as l (key) values (one.key)
    on conflict (key) do update set key = l.key returning * into kept;
    present := clock_timestamp();
    if one.size is not null then
      owed := case when kept.free_at > present then extract(epoch from kept.free_at - present) / one.every else 0 end;
      missing := (owed + one.cost - one.size - 1e-6) * one.every;
      kept.free_at := present + (owed + one.cost) * one.every * interval '1 second';
      kept.forget_at := kept.free_at;
    else
      if kept.forget_at <= present then
        kept.tries := 0;
        kept.free_at := '-infinity';
      end if;
      missing := case when kept.free_at > present then extract(epoch from kept.free_at - present) else 0 end;
      kept.tries := kept.tries + 1;
      if kept.tries >= one.free then
        kept.free_at := present
          + least(one.most, one.first * 2 ^ least(kept.tries - one.free, 30)) * interval '1 second';
      end if;
      kept.forget_at := greatest(kept.free_at, present) + interval '1 day';
    end if;
    if missing > wait then
      wait := missing;
      refused_by := one.name;
    end if;
    keys := keys || kept.key;
    free_ats := free_ats || kept.free_at;
    all_tries := all_tries || kept.tries;
    forget_ats := forget_ats || kept.forget_at;
  end loop;
  if wait > 0 then
    return;
  end if;
  update limits l set free_at = n.free_at, tries = n.tries, forget_at = n.forget_at
  from unnest(keys, free_ats, all_tries, forget_ats) n (key, free_at, tries, forget_at) where l.key = n.key;
end $$;

--
-- Name: place_task(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.place_task() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  ancestor uuid := new.parent_id;
  depth integer := 1;
  below integer;
begin
  if new.tag_ids <> '{}' and (tg_op = 'INSERT' or new.tag_ids is distinct from old.tag_ids) then
    new.tag_ids := array(select distinct unnest(new.tag_ids) order by 1);
    if exists (select unnest(new.tag_ids) except select id from tags where user_id = new.user_id) then
      raise exception 'a tag does not exist'
        using errcode = 'foreign_key_violation', constraint = 'tasks_tag_ids_fkey', table = 'tasks';
    end if;
  end if;
  if new.parent_id is not null and (tg_op = 'INSERT' or new.parent_id is distinct from old.parent_id) then
    while ancestor is not null loop
      if ancestor = new.id then
        raise exception 'a task cannot be below itself'
          using errcode = 'check_violation', constraint = 'tasks_parent_cycle_check', table = 'tasks';
      end if;
      depth := depth + 1;
      exit when depth > 8;
      select parent_id into ancestor from tasks where user_id = new.user_id and id = ancestor;
    end loop;
    below := 0;
    if tg_op = 'UPDATE' then
      with recursive tree as (
        select id, 0 as level from tasks where user_id = new.user_id and id = new.id
        union all
        select t.id, tree.level + 1 from tree join tasks t on t.user_id = new.user_id and t.parent_id = tree.id
        where tree.level < 8
      )
      select max(level) into below from tree;
    end if;
    if depth + coalesce(below, 0) > 8 then
      raise exception 'subtasks go eight levels deep at most'
        using errcode = 'check_violation', constraint = 'tasks_depth_check', table = 'tasks';
    end if;
  end if;
  return new;
end $$;

--
-- Name: remember_task_numbers(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remember_task_numbers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  update user_clocks c set last_number = i.number
  from (select user_id, max(number) as number from inserted group by user_id) i
  where c.user_id = i.user_id and c.last_number < i.number;
  return null;
end $$;

--
-- Name: remove_expired(uuid, integer, timestamp with time zone, timestamp with time zone, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.remove_expired(after_user uuid, users_at_once integer, log_before timestamp with time zone, operations_before timestamp with time zone, most integer, OUT last_user uuid, OUT removed_revisions bigint, OUT removed_operations bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

--
-- Name: search_for_erased(text, bigint, integer, uuid[]); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.search_for_erased(searched_table text, first_page bigint, pages integer, erased uuid[]) RETURNS TABLE(account uuid, rows_read bigint, rows_with_id bigint, rows_with_address bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
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
end $_$;

--
-- Name: sort_tags(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sort_tags() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.tag_ids := array(select distinct unnest(new.tag_ids) order by 1);
  return new;
end $$;

--
-- Name: stamp_identity(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stamp_identity() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.created_at is distinct from old.created_at then
    raise exception 'created_at never changes' using errcode = 'check_violation',
      constraint = 'created_at_immutable_check', table = tg_table_name;
  end if;
  new.updated_at := greatest(now(), old.updated_at);
  return new;
end $$;

--
-- Name: stamp_row(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stamp_row() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  clock user_clocks;
begin
  if tg_op = 'UPDATE' then
    if (new.user_id, new.id, new.created_at) is distinct from (old.user_id, old.id, old.created_at) then
      raise exception 'user_id, id and created_at never change'
        using errcode = 'check_violation', constraint = tg_table_name || '_immutable_check', table = tg_table_name;
    end if;
    -- A write that changes nothing is not a change.
    new.updated_at := old.updated_at;
    new.revision := old.revision;
    if new is not distinct from old then
      return new;
    end if;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  clock := tick(new.user_id);
  new.revision := clock.revision;
  return new;
end $$;

--
-- Name: stamp_task(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stamp_task() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  clock user_clocks;
  counter text[];
begin
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
  if tg_op = 'UPDATE' then
    if (new.user_id, new.id, new.number, new.created_at)
      is distinct from (old.user_id, old.id, old.number, old.created_at) then
      raise exception 'user_id, id, number and created_at of a task never change'
        using errcode = 'check_violation', constraint = 'tasks_immutable_check', table = 'tasks';
    end if;
    -- A write that changes nothing is not a change.
    new.updated_at := old.updated_at;
    new.revision := old.revision;
    -- Generated columns are computed after this and empty here until then.
    new.completed := old.completed;
    new.priority_rank := old.priority_rank;
    new.due_order := old.due_order;
    new.title_folded := old.title_folded;
    new.description_folded := old.description_folded;
    if new is not distinct from old then
      return new;
    end if;
    new.updated_at := greatest(now(), old.updated_at);
  end if;

  clock := tick(new.user_id);
  new.revision := clock.revision;

  -- The clock's row is locked by now, so no other transaction can be numbering this user's tasks.
  -- Within a statement the count goes on in a setting that ends with the transaction: updating the
  -- clock for every row, or asking the table for its maximum, makes 5,000 rows cost a square.
  if tg_op = 'INSERT' and new.number = 0 then
    counter := string_to_array(current_setting('app.task_numbers', true), ' ');
    new.number := 1 + case
      when counter[1] = new.user_id::text and counter[2] = clock.revision::text
        then greatest(clock.last_number, counter[3]::integer)
      else clock.last_number
    end;
    perform set_config('app.task_numbers', concat_ws(' ', new.user_id, clock.revision, new.number), true);
  end if;
  return new;
end $$;

--
-- Name: take_tokens(bytea, integer, integer, double precision); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.take_tokens(bucket bytea, wanted integer, size integer, every double precision, OUT granted integer, OUT remaining integer, OUT wait double precision) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  full_at timestamptz;
  present timestamptz;
  owed double precision;
begin
  -- This locks the row, whether or not it was there.
  insert into limits as l (key) values (bucket)
  on conflict (key) do update set key = l.key returning free_at into full_at;
  present := clock_timestamp();
  owed := case when full_at > present then extract(epoch from full_at - present) / every else 0 end;
  granted := greatest(0, least(wanted, floor(size - owed + 1e-6)));
  owed := owed + granted;
  remaining := greatest(0, floor(size - owed + 1e-6));
  wait := greatest(0, owed + 1 - size) * every;
  if granted > 0 then
    full_at := present + owed * every * interval '1 second';
    update limits l set free_at = full_at, forget_at = full_at where l.key = bucket;
  end if;
end $$;

--
-- Name: tick(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tick(clock_user_id uuid) RETURNS public.user_clocks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  clock user_clocks;
  origin jsonb;
  current_step text := coalesce(current_setting('app.step', true), '');
begin
  if pg_trigger_depth() = 0 then
    raise exception 'only triggers advance a clock' using errcode = 'insufficient_privilege';
  end if;
  -- Policies speak after triggers: unasked, this would lock another's clock and tell who exists.
  if current_setting('role') = 'ownlist_app' and clock_user_id is distinct from current_user_id() then
    raise exception 'a clock is its own user''s' using errcode = 'insufficient_privilege';
  end if;

  select * into clock from user_clocks
  where user_id = clock_user_id and xact = pg_current_xact_id() and xact_at = transaction_timestamp()
    and step = current_step;

  if not found then
    insert into user_clocks as c (user_id, revision, xact, xact_at, step)
    values (clock_user_id, 1, pg_current_xact_id(), transaction_timestamp(), current_step)
    on conflict (user_id) do update
      set revision = c.revision + 1, xact = excluded.xact, xact_at = excluded.xact_at, step = excluded.step
    returning * into clock;

    origin := nullif(current_setting('app.origin', true), '')::jsonb;
    insert into revisions (user_id, revision, actor, session_id, client, undoes, based_on)
    values (clock_user_id, clock.revision, coalesce(origin ->> 'actor', 'database'), (origin ->> 'session')::uuid,
      origin ->> 'client', (origin ->> 'undoes')::bigint, (origin ->> 'basedOn')::bigint);
  end if;
  return clock;
end $$;

--
-- Name: untag_tasks(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.untag_tasks() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  -- Where an account goes, its tags have gone before; and until PostgreSQL 17 this runs as whoever removed the account.
  if not exists (select from deleted) then
    return null;
  end if;
  update tasks t set tag_ids = array(select unnest(t.tag_ids) except select d.id from deleted d where d.user_id = t.user_id)
  where t.user_id in (select d.user_id from deleted d) and t.tag_ids && array(select d.id from deleted d);
  return null;
end $$;

--
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    account_id text NOT NULL,
    provider_id text NOT NULL,
    password_hash text,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamp with time zone,
    refresh_token_expires_at timestamp with time zone,
    scope text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);

ALTER TABLE ONLY public.accounts FORCE ROW LEVEL SECURITY;

--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash text NOT NULL,
    last_four text NOT NULL,
    scopes text[] NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_tokens_expires_at_check CHECK ((expires_at > created_at)),
    CONSTRAINT api_tokens_last_four_check CHECK ((char_length(last_four) = 4)),
    CONSTRAINT api_tokens_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT api_tokens_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['read'::text, 'write'::text, 'account'::text]) AND (array_position(scopes, NULL::text) IS NULL))),
    CONSTRAINT api_tokens_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.api_tokens FORCE ROW LEVEL SECURITY;

--
-- Name: changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.changes (
    user_id uuid NOT NULL,
    revision bigint NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT changes_content_check CHECK (((before IS NOT NULL) OR (after IS NOT NULL)))
);

ALTER TABLE ONLY public.changes FORCE ROW LEVEL SECURITY;

--
-- Name: comments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.comments (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    task_id uuid NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    CONSTRAINT comments_body_check CHECK ((((char_length(body) >= 1) AND (char_length(body) <= 10000)) AND (body !~ '^\s*$'::text)))
);

ALTER TABLE ONLY public.comments FORCE ROW LEVEL SECURITY;

--
-- Name: device_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.device_codes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    device_code_hash text NOT NULL,
    user_code text NOT NULL,
    user_id uuid,
    status text NOT NULL,
    began_at timestamp with time zone,
    client_id text,
    scope text,
    ip_address text,
    user_agent text,
    polling_interval integer,
    last_polled_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT device_codes_device_code_hash_check CHECK ((device_code_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT device_codes_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text])))
);

ALTER TABLE ONLY public.device_codes FORCE ROW LEVEL SECURITY;

--
-- Name: email_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.email_tokens (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    token_hash text NOT NULL,
    purpose text NOT NULL,
    user_id uuid,
    email text NOT NULL,
    name text,
    password_hash text,
    expires_at timestamp with time zone NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT email_tokens_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 255))),
    CONSTRAINT email_tokens_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT email_tokens_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text)),
    CONSTRAINT email_tokens_purpose_check CHECK (
CASE purpose
    WHEN 'sign-up'::text THEN ((user_id IS NULL) AND (num_nulls(name, password_hash) = 0))
    WHEN 'verify'::text THEN (num_nonnulls(name, password_hash) = 0)
    WHEN 'reset'::text THEN (num_nonnulls(name, password_hash) = 0)
    WHEN 'change'::text THEN ((user_id IS NOT NULL) AND (num_nonnulls(name, password_hash) = 0))
    ELSE false
END),
    CONSTRAINT email_tokens_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.email_tokens FORCE ROW LEVEL SECURITY;

--
-- Name: limits; Type: TABLE; Schema: public; Owner: -
--

CREATE UNLOGGED TABLE public.limits (
    key bytea NOT NULL,
    free_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    forget_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT limits_key_check CHECK ((octet_length(key) = 16))
)
WITH (fillfactor='70');

--
-- Name: lists; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lists (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    color text,
    icon text,
    "position" text DEFAULT 'a0'::text NOT NULL COLLATE pg_catalog."C",
    archived_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    CONSTRAINT lists_color_check CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT lists_icon_check CHECK (((char_length(icon) >= 1) AND (char_length(icon) <= 32))),
    CONSTRAINT lists_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 120)) AND (name = btrim(name)))),
    CONSTRAINT lists_position_check CHECK (((char_length("position") >= 1) AND (char_length("position") <= 255)))
);

ALTER TABLE ONLY public.lists FORCE ROW LEVEL SECURITY;

--
-- Name: operations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.operations (
    user_id uuid NOT NULL,
    op_id uuid NOT NULL,
    procedure text NOT NULL,
    input_hash bytea NOT NULL,
    result json,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT operations_input_hash_check CHECK ((octet_length(input_hash) = 32)),
    CONSTRAINT operations_procedure_check CHECK (((char_length(procedure) >= 1) AND (char_length(procedure) <= 100)))
);

ALTER TABLE ONLY public.operations FORCE ROW LEVEL SECURITY;

--
-- Name: passkey_challenges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.passkey_challenges (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid,
    challenge_hash text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT passkey_challenges_challenge_hash_check CHECK ((challenge_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.passkey_challenges FORCE ROW LEVEL SECURITY;

--
-- Name: passkeys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.passkeys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    credential_id text NOT NULL,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    transports text[] DEFAULT '{}'::text[] NOT NULL,
    is_backed_up boolean NOT NULL,
    aaguid uuid NOT NULL,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT passkeys_counter_check CHECK (((counter >= 0) AND (counter <= '4294967295'::bigint))),
    CONSTRAINT passkeys_credential_id_check CHECK (((credential_id ~ '^[A-Za-z0-9_-]+$'::text) AND (char_length(credential_id) <= 1400))),
    CONSTRAINT passkeys_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

ALTER TABLE ONLY public.passkeys FORCE ROW LEVEL SECURITY;

--
-- Name: recovery_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recovery_codes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    code_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT recovery_codes_code_hash_check CHECK ((code_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.recovery_codes FORCE ROW LEVEL SECURITY;

--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    user_id uuid NOT NULL,
    revision bigint NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    session_id uuid,
    client text,
    undoes bigint,
    based_on bigint,
    CONSTRAINT revisions_actor_check CHECK ((actor = ANY (ARRAY['session'::text, 'token'::text, 'import'::text, 'system'::text, 'database'::text]))),
    CONSTRAINT revisions_client_check CHECK (((char_length(client) >= 1) AND (char_length(client) <= 64)))
);

ALTER TABLE ONLY public.revisions FORCE ROW LEVEL SECURITY;

--
-- Name: second_steps; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.second_steps (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    token_hash text NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT second_steps_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.second_steps FORCE ROW LEVEL SECURITY;

--
-- Name: security_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.security_events (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    ip_address text,
    user_agent text,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT security_events_detail_check CHECK (((jsonb_typeof(detail) = 'object'::text) AND (pg_column_size(detail) <= 2048))),
    CONSTRAINT security_events_kind_check CHECK (((kind ~ '^[a-z]+(-[a-z]+)*$'::text) AND (char_length(kind) <= 64)))
);

ALTER TABLE ONLY public.security_events FORCE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    token_hash text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ip_address text,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    began_at timestamp with time zone,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sessions_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

--
-- Name: tags; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tags (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    color text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    CONSTRAINT tags_color_check CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT tags_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 60)) AND (name = btrim(name))))
);

ALTER TABLE ONLY public.tags FORCE ROW LEVEL SECURITY;

--
-- Name: task_texts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.task_texts (
    user_id uuid NOT NULL,
    task_id uuid NOT NULL,
    kind text NOT NULL,
    id uuid NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT task_texts_kind_check CHECK ((kind = ANY (ARRAY['title'::text, 'description'::text, 'comment'::text])))
);

ALTER TABLE ONLY public.task_texts FORCE ROW LEVEL SECURITY;

--
-- Name: tasks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tasks (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number integer DEFAULT 0 NOT NULL,
    title text NOT NULL,
    description text,
    status text DEFAULT 'pending'::text NOT NULL,
    completed boolean GENERATED ALWAYS AS ((status = 'completed'::text)) STORED NOT NULL,
    completed_at timestamp with time zone,
    priority text DEFAULT 'medium'::text,
    priority_rank smallint GENERATED ALWAYS AS (
CASE priority
    WHEN 'high'::text THEN 3
    WHEN 'medium'::text THEN 2
    WHEN 'low'::text THEN 1
    ELSE 0
END) STORED NOT NULL,
    due_date timestamp with time zone,
    due_all_day boolean,
    due_time_zone text,
    due_order timestamp with time zone GENERATED ALWAYS AS (COALESCE(due_date, 'infinity'::timestamp with time zone)) STORED NOT NULL,
    "position" text DEFAULT 'a0'::text NOT NULL COLLATE pg_catalog."C",
    title_folded text GENERATED ALWAYS AS (public.fold(title)) STORED NOT NULL COLLATE pg_catalog."C",
    description_folded text GENERATED ALWAYS AS (public.fold(description)) STORED COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    list_id uuid,
    parent_id uuid,
    tag_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    recurrence text,
    recurrence_basis text,
    series_id uuid,
    series_start text,
    occurrence text,
    occurrence_number integer,
    CONSTRAINT tasks_completed_at_check CHECK (((status = 'completed'::text) = (completed_at IS NOT NULL))),
    CONSTRAINT tasks_description_check CHECK ((char_length(description) <= 1000)),
    CONSTRAINT tasks_due_check CHECK (
CASE
    WHEN (due_date IS NULL) THEN ((due_all_day IS NULL) AND (due_time_zone IS NULL))
    WHEN due_all_day THEN ((due_time_zone IS NULL) AND (date_trunc('day'::text, (due_date AT TIME ZONE 'UTC'::text)) = (due_date AT TIME ZONE 'UTC'::text)))
    ELSE ((due_all_day IS NOT NULL) AND (due_time_zone IS NOT NULL) AND ((char_length(due_time_zone) >= 1) AND (char_length(due_time_zone) <= 64)))
END),
    CONSTRAINT tasks_due_date_check CHECK (((due_date >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (due_date < '10000-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT tasks_number_check CHECK ((number > 0)),
    CONSTRAINT tasks_occurrence_check CHECK (((occurrence ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$'::text) AND (series_start ~ '^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$'::text))),
    CONSTRAINT tasks_occurrence_number_check CHECK ((occurrence_number >= 1)),
    CONSTRAINT tasks_position_check CHECK (((char_length("position") >= 1) AND (char_length("position") <= 255))),
    CONSTRAINT tasks_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
    CONSTRAINT tasks_recurrence_basis_check CHECK ((recurrence_basis = ANY (ARRAY['due'::text, 'completion'::text]))),
    CONSTRAINT tasks_recurrence_check CHECK (((char_length(recurrence) >= 1) AND (char_length(recurrence) <= 500))),
    CONSTRAINT tasks_series_check CHECK ((((recurrence IS NULL) = (recurrence_basis IS NULL)) AND ((series_id IS NULL) = (occurrence_number IS NULL)) AND ((series_id IS NULL) = (occurrence IS NULL)) AND ((series_id IS NULL) = (series_start IS NULL)) AND ((recurrence IS NULL) OR (series_id IS NOT NULL)))),
    CONSTRAINT tasks_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'in_progress'::text, 'completed'::text]))),
    CONSTRAINT tasks_tag_ids_check CHECK ((cardinality(tag_ids) <= 50)),
    CONSTRAINT tasks_title_check CHECK ((((char_length(title) >= 1) AND (char_length(title) <= 200)) AND (title = btrim(title))))
)
WITH (fillfactor='90');

ALTER TABLE ONLY public.tasks FORCE ROW LEVEL SECURITY;

--
-- Name: totp_factors; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.totp_factors (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    secret bytea NOT NULL,
    confirmed_at timestamp with time zone,
    last_step integer DEFAULT 0 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    tries_end_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT totp_factors_last_step_check CHECK ((last_step >= 0)),
    CONSTRAINT totp_factors_tries_check CHECK ((tries >= 0))
);

ALTER TABLE ONLY public.totp_factors FORCE ROW LEVEL SECURITY;

--
-- Name: trusted_devices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.trusted_devices (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    token_hash text NOT NULL,
    ip_address text,
    user_agent text,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT trusted_devices_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.trusted_devices FORCE ROW LEVEL SECURITY;

--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    is_verified boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    image text,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    week_start smallint DEFAULT 1 NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    erase_asked_at timestamp with time zone,
    erase_after timestamp with time zone,
    erasure_id uuid,
    CONSTRAINT users_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 255))),
    CONSTRAINT users_erase_after_check CHECK (((num_nulls(erase_asked_at, erase_after, erasure_id) = ANY (ARRAY[0, 3])) AND (erase_after >= erase_asked_at))),
    CONSTRAINT users_locale_check CHECK (((char_length(locale) >= 2) AND (char_length(locale) <= 35))),
    CONSTRAINT users_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT users_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64))),
    CONSTRAINT users_week_start_check CHECK (((week_start >= 1) AND (week_start <= 7)))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

--
-- Name: verifications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.verifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.verifications FORCE ROW LEVEL SECURITY;

--
-- Name: views; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.views (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    icon text,
    filter jsonb NOT NULL,
    "position" text DEFAULT 'a0'::text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 0 NOT NULL,
    CONSTRAINT views_filter_check CHECK (((jsonb_typeof(filter) = 'object'::text) AND (pg_column_size(filter) <= 8192))),
    CONSTRAINT views_icon_check CHECK (((char_length(icon) >= 1) AND (char_length(icon) <= 32))),
    CONSTRAINT views_name_check CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 120)) AND (name = btrim(name)))),
    CONSTRAINT views_position_check CHECK (((char_length("position") >= 1) AND (char_length("position") <= 255)))
);

ALTER TABLE ONLY public.views FORCE ROW LEVEL SECURITY;

--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

--
-- Name: accounts accounts_provider_id_account_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_provider_id_account_id_key UNIQUE (provider_id, account_id);

--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

--
-- Name: api_tokens api_tokens_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_token_hash_key UNIQUE (token_hash);

--
-- Name: changes changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (user_id, revision, entity, entity_id);

--
-- Name: comments comments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comments
    ADD CONSTRAINT comments_pkey PRIMARY KEY (user_id, id);

--
-- Name: device_codes device_codes_device_code_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_codes
    ADD CONSTRAINT device_codes_device_code_hash_key UNIQUE (device_code_hash);

--
-- Name: device_codes device_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_codes
    ADD CONSTRAINT device_codes_pkey PRIMARY KEY (id);

--
-- Name: device_codes device_codes_user_code_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_codes
    ADD CONSTRAINT device_codes_user_code_key UNIQUE (user_code);

--
-- Name: email_tokens email_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.email_tokens
    ADD CONSTRAINT email_tokens_pkey PRIMARY KEY (id);

--
-- Name: email_tokens email_tokens_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.email_tokens
    ADD CONSTRAINT email_tokens_token_hash_key UNIQUE (token_hash);

--
-- Name: erasures erasures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (id);

--
-- Name: limits limits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.limits
    ADD CONSTRAINT limits_pkey PRIMARY KEY (key);

--
-- Name: lists lists_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lists
    ADD CONSTRAINT lists_pkey PRIMARY KEY (user_id, id);

--
-- Name: operations operations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.operations
    ADD CONSTRAINT operations_pkey PRIMARY KEY (user_id, op_id);

--
-- Name: passkey_challenges passkey_challenges_challenge_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_challenge_hash_key UNIQUE (challenge_hash);

--
-- Name: passkey_challenges passkey_challenges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_pkey PRIMARY KEY (id);

--
-- Name: passkeys passkeys_credential_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);

--
-- Name: passkeys passkeys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);

--
-- Name: recovery_codes recovery_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (id);

--
-- Name: recovery_codes recovery_codes_user_id_code_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_code_hash_key UNIQUE (user_id, code_hash);

--
-- Name: revisions revisions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (user_id, revision);

--
-- Name: second_steps second_steps_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.second_steps
    ADD CONSTRAINT second_steps_pkey PRIMARY KEY (id);

--
-- Name: second_steps second_steps_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.second_steps
    ADD CONSTRAINT second_steps_token_hash_key UNIQUE (token_hash);

--
-- Name: security_events security_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.security_events
    ADD CONSTRAINT security_events_pkey PRIMARY KEY (user_id, id);

--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

--
-- Name: sessions sessions_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);

--
-- Name: tags tags_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (user_id, id);

--
-- Name: task_texts task_texts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.task_texts
    ADD CONSTRAINT task_texts_pkey PRIMARY KEY (user_id, task_id, kind, id);

--
-- Name: tasks tasks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (user_id, id);

--
-- Name: tasks tasks_user_id_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_user_id_number_key UNIQUE (user_id, number);

--
-- Name: totp_factors totp_factors_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.totp_factors
    ADD CONSTRAINT totp_factors_pkey PRIMARY KEY (id);

--
-- Name: totp_factors totp_factors_user_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.totp_factors
    ADD CONSTRAINT totp_factors_user_id_key UNIQUE (user_id);

--
-- Name: trusted_devices trusted_devices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trusted_devices
    ADD CONSTRAINT trusted_devices_pkey PRIMARY KEY (id);

--
-- Name: trusted_devices trusted_devices_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trusted_devices
    ADD CONSTRAINT trusted_devices_token_hash_key UNIQUE (token_hash);

--
-- Name: user_clocks user_clocks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_clocks
    ADD CONSTRAINT user_clocks_pkey PRIMARY KEY (user_id);

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

--
-- Name: verifications verifications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.verifications
    ADD CONSTRAINT verifications_pkey PRIMARY KEY (id);

--
-- Name: views views_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.views
    ADD CONSTRAINT views_pkey PRIMARY KEY (user_id, id);

--
-- Name: accounts_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX accounts_user_id_idx ON public.accounts USING btree (user_id);

--
-- Name: api_tokens_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_tokens_expires_at_idx ON public.api_tokens USING btree (expires_at);

--
-- Name: api_tokens_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_tokens_user_id_idx ON public.api_tokens USING btree (user_id);

--
-- Name: changes_user_id_deleted_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX changes_user_id_deleted_idx ON public.changes USING btree (user_id, revision) WHERE (after IS NULL);

--
-- Name: changes_user_id_entity_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX changes_user_id_entity_idx ON public.changes USING btree (user_id, entity, entity_id, revision);

--
-- Name: comments_user_id_task_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX comments_user_id_task_id_idx ON public.comments USING btree (user_id, task_id, created_at, id);

--
-- Name: device_codes_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX device_codes_expires_at_idx ON public.device_codes USING btree (expires_at);

--
-- Name: device_codes_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX device_codes_user_id_idx ON public.device_codes USING btree (user_id);

--
-- Name: email_tokens_email_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX email_tokens_email_idx ON public.email_tokens USING btree (lower(email));

--
-- Name: email_tokens_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX email_tokens_expires_at_idx ON public.email_tokens USING btree (expires_at);

--
-- Name: email_tokens_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX email_tokens_user_id_idx ON public.email_tokens USING btree (user_id);

--
-- Name: limits_forget_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX limits_forget_at_idx ON public.limits USING btree (forget_at);

--
-- Name: lists_user_id_name_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX lists_user_id_name_key ON public.lists USING btree (user_id, public.fold(name)) WHERE (archived_at IS NULL);

--
-- Name: lists_user_id_position_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lists_user_id_position_idx ON public.lists USING btree (user_id, "position", id);

--
-- Name: operations_user_id_made_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX operations_user_id_made_at_idx ON public.operations USING btree (user_id, made_at);

--
-- Name: passkey_challenges_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX passkey_challenges_expires_at_idx ON public.passkey_challenges USING btree (expires_at);

--
-- Name: passkey_challenges_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX passkey_challenges_user_id_idx ON public.passkey_challenges USING btree (user_id);

--
-- Name: passkeys_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX passkeys_user_id_idx ON public.passkeys USING btree (user_id);

--
-- Name: revisions_user_id_undoes_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX revisions_user_id_undoes_idx ON public.revisions USING btree (user_id, undoes, revision) WHERE (undoes IS NOT NULL);

--
-- Name: second_steps_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX second_steps_expires_at_idx ON public.second_steps USING btree (expires_at);

--
-- Name: second_steps_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX second_steps_user_id_idx ON public.second_steps USING btree (user_id);

--
-- Name: security_events_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX security_events_at_idx ON public.security_events USING btree (at);

--
-- Name: security_events_user_id_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX security_events_user_id_at_idx ON public.security_events USING btree (user_id, at, id);

--
-- Name: sessions_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);

--
-- Name: sessions_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id);

--
-- Name: tags_user_id_name_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tags_user_id_name_key ON public.tags USING btree (user_id, public.fold(name));

--
-- Name: task_texts_grams_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX task_texts_grams_idx ON public.task_texts USING gin (public.grams(user_id, kind, body)) WITH (fastupdate='on', gin_pending_list_limit='128');

--
-- Name: tasks_user_id_created_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_created_at_idx ON public.tasks USING btree (user_id, created_at, id);

--
-- Name: tasks_user_id_due_order_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_due_order_idx ON public.tasks USING btree (user_id, due_order, id);

--
-- Name: tasks_user_id_list_id_completed_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_list_id_completed_idx ON public.tasks USING btree (user_id, list_id, completed);

--
-- Name: tasks_user_id_list_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_list_id_idx ON public.tasks USING btree (user_id, list_id, "position", id) WHERE (list_id IS NOT NULL);

--
-- Name: tasks_user_id_occurrence_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX tasks_user_id_occurrence_key ON public.tasks USING btree (user_id, series_id, occurrence_number) WHERE (series_id IS NOT NULL);

--
-- Name: tasks_user_id_parent_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_parent_id_idx ON public.tasks USING btree (user_id, parent_id, "position", id) WHERE (parent_id IS NOT NULL);

--
-- Name: tasks_user_id_pending_priority_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_pending_priority_idx ON public.tasks USING btree (user_id, completed, priority_rank DESC, id DESC) WHERE (NOT completed);

--
-- Name: tasks_user_id_position_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_position_idx ON public.tasks USING btree (user_id, "position", id);

--
-- Name: tasks_user_id_priority_rank_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_priority_rank_idx ON public.tasks USING btree (user_id, priority_rank, id);

--
-- Name: tasks_user_id_status_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_status_idx ON public.tasks USING btree (user_id, status, created_at, id);

--
-- Name: tasks_user_id_tag_ids_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_tag_ids_idx ON public.tasks USING btree (user_id, tag_ids, completed) WHERE (tag_ids <> '{}'::uuid[]);

--
-- Name: tasks_user_id_title_folded_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX tasks_user_id_title_folded_idx ON public.tasks USING btree (user_id, title_folded, id);

--
-- Name: trusted_devices_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX trusted_devices_expires_at_idx ON public.trusted_devices USING btree (expires_at);

--
-- Name: trusted_devices_user_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX trusted_devices_user_id_idx ON public.trusted_devices USING btree (user_id);

--
-- Name: users_created_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_created_at_idx ON public.users USING btree (created_at);

--
-- Name: users_email_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_email_idx ON public.users USING btree (email);

--
-- Name: users_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower(email));

--
-- Name: users_erase_after_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX users_erase_after_idx ON public.users USING btree (erase_after) WHERE (erase_after IS NOT NULL);

--
-- Name: verifications_expires_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX verifications_expires_at_idx ON public.verifications USING btree (expires_at);

--
-- Name: verifications_identifier_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX verifications_identifier_idx ON public.verifications USING btree (identifier);

--
-- Name: views_user_id_name_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX views_user_id_name_key ON public.views USING btree (user_id, public.fold(name));

--
-- Name: views_user_id_position_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX views_user_id_position_idx ON public.views USING btree (user_id, "position", id);

--
-- Name: accounts accounts_forget_proofs; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER accounts_forget_proofs AFTER UPDATE OF password_hash ON public.accounts FOR EACH ROW WHEN ((old.password_hash IS DISTINCT FROM new.password_hash)) EXECUTE FUNCTION public.forget_proofs();

--
-- Name: accounts accounts_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER accounts_stamp BEFORE UPDATE ON public.accounts FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: api_tokens api_tokens_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER api_tokens_stamp BEFORE UPDATE ON public.api_tokens FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: comments comments_hold_clock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_hold_clock BEFORE DELETE OR UPDATE ON public.comments FOR EACH STATEMENT EXECUTE FUNCTION public.hold_clock();

--
-- Name: comments comments_keep_new_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_keep_new_texts AFTER INSERT OR DELETE ON public.comments FOR EACH ROW EXECUTE FUNCTION public.keep_comment_texts();

--
-- Name: comments comments_keep_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_keep_texts AFTER UPDATE ON public.comments FOR EACH ROW WHEN (((old.task_id IS DISTINCT FROM new.task_id) OR (old.body IS DISTINCT FROM new.body))) EXECUTE FUNCTION public.keep_comment_texts();

--
-- Name: comments comments_log_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_log_delete AFTER DELETE ON public.comments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: comments comments_log_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_log_insert AFTER INSERT ON public.comments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: comments comments_log_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_log_update AFTER UPDATE ON public.comments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: comments comments_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER comments_stamp BEFORE INSERT OR UPDATE ON public.comments FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

--
-- Name: device_codes device_codes_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER device_codes_stamp BEFORE UPDATE ON public.device_codes FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: lists lists_hold_clock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER lists_hold_clock BEFORE DELETE OR UPDATE ON public.lists FOR EACH STATEMENT EXECUTE FUNCTION public.hold_clock();

--
-- Name: lists lists_log_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER lists_log_delete AFTER DELETE ON public.lists REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: lists lists_log_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER lists_log_insert AFTER INSERT ON public.lists REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: lists lists_log_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER lists_log_update AFTER UPDATE ON public.lists REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: lists lists_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER lists_stamp BEFORE INSERT OR UPDATE ON public.lists FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

--
-- Name: passkey_challenges passkey_challenges_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER passkey_challenges_stamp BEFORE UPDATE ON public.passkey_challenges FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: passkeys passkeys_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER passkeys_stamp BEFORE UPDATE ON public.passkeys FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: recovery_codes recovery_codes_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER recovery_codes_stamp BEFORE UPDATE ON public.recovery_codes FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: second_steps second_steps_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER second_steps_stamp BEFORE UPDATE ON public.second_steps FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: sessions sessions_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sessions_stamp BEFORE UPDATE ON public.sessions FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: tags tags_hold_clock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_hold_clock BEFORE DELETE OR UPDATE ON public.tags FOR EACH STATEMENT EXECUTE FUNCTION public.hold_clock();

--
-- Name: tags tags_log_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_log_delete AFTER DELETE ON public.tags REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: tags tags_log_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_log_insert AFTER INSERT ON public.tags REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: tags tags_log_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_log_update AFTER UPDATE ON public.tags REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: tags tags_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_stamp BEFORE INSERT OR UPDATE ON public.tags FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

--
-- Name: tags tags_untag; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tags_untag AFTER DELETE ON public.tags REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION public.untag_tasks();

--
-- Name: tasks tasks_forget_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_forget_texts AFTER DELETE ON public.tasks REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.forget_task_texts();

--
-- Name: tasks tasks_hold_clock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_hold_clock BEFORE DELETE OR UPDATE ON public.tasks FOR EACH STATEMENT EXECUTE FUNCTION public.hold_clock();

--
-- Name: tasks tasks_keep_new_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_keep_new_texts AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.keep_new_task_texts();

--
-- Name: tasks tasks_keep_texts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_keep_texts AFTER UPDATE ON public.tasks FOR EACH ROW WHEN (((old.title IS DISTINCT FROM new.title) OR (old.description IS DISTINCT FROM new.description))) EXECUTE FUNCTION public.keep_task_texts();

--
-- Name: tasks tasks_log_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_log_delete AFTER DELETE ON public.tasks REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');

--
-- Name: tasks tasks_log_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_log_insert AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');

--
-- Name: tasks tasks_log_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_log_update AFTER UPDATE ON public.tasks REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{completed,priority_rank,due_order,title_folded,description_folded}');

--
-- Name: tasks tasks_order_tags; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_order_tags BEFORE INSERT OR UPDATE OF tag_ids ON public.tasks FOR EACH ROW WHEN ((cardinality(new.tag_ids) > 1)) EXECUTE FUNCTION public.sort_tags();

--
-- Name: tasks tasks_remember_numbers; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_remember_numbers AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION public.remember_task_numbers();

--
-- Name: tasks tasks_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_stamp BEFORE INSERT OR UPDATE ON public.tasks FOR EACH ROW EXECUTE FUNCTION public.stamp_task();

--
-- Name: tasks tasks_zz_place; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER tasks_zz_place BEFORE INSERT OR UPDATE OF parent_id, tag_ids ON public.tasks FOR EACH ROW EXECUTE FUNCTION public.place_task();

--
-- Name: totp_factors totp_factors_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER totp_factors_stamp BEFORE UPDATE ON public.totp_factors FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: trusted_devices trusted_devices_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER trusted_devices_stamp BEFORE UPDATE ON public.trusted_devices FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: users users_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER users_stamp BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: verifications verifications_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER verifications_stamp BEFORE UPDATE ON public.verifications FOR EACH ROW EXECUTE FUNCTION public.stamp_identity();

--
-- Name: views views_hold_clock; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER views_hold_clock BEFORE DELETE OR UPDATE ON public.views FOR EACH STATEMENT EXECUTE FUNCTION public.hold_clock();

--
-- Name: views views_log_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER views_log_delete AFTER DELETE ON public.views REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: views views_log_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER views_log_insert AFTER INSERT ON public.views REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: views views_log_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER views_log_update AFTER UPDATE ON public.views REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.log_changes('{}');

--
-- Name: views views_stamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER views_stamp BEFORE INSERT OR UPDATE ON public.views FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

--
-- Name: accounts accounts_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: api_tokens api_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: changes changes_user_id_revision_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_user_id_revision_fkey FOREIGN KEY (user_id, revision) REFERENCES public.revisions(user_id, revision) ON DELETE CASCADE;

--
-- Name: comments comments_task_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comments
    ADD CONSTRAINT comments_task_id_fkey FOREIGN KEY (user_id, task_id) REFERENCES public.tasks(user_id, id) ON DELETE CASCADE;

--
-- Name: comments comments_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.comments
    ADD CONSTRAINT comments_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: device_codes device_codes_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.device_codes
    ADD CONSTRAINT device_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: email_tokens email_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.email_tokens
    ADD CONSTRAINT email_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: lists lists_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lists
    ADD CONSTRAINT lists_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: operations operations_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.operations
    ADD CONSTRAINT operations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: passkey_challenges passkey_challenges_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkey_challenges
    ADD CONSTRAINT passkey_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: passkeys passkeys_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: recovery_codes recovery_codes_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: revisions revisions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: second_steps second_steps_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.second_steps
    ADD CONSTRAINT second_steps_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: security_events security_events_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.security_events
    ADD CONSTRAINT security_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: tags tags_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: task_texts task_texts_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.task_texts
    ADD CONSTRAINT task_texts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: tasks tasks_list_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_list_id_fkey FOREIGN KEY (user_id, list_id) REFERENCES public.lists(user_id, id) ON DELETE SET NULL (list_id);

--
-- Name: tasks tasks_parent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_parent_id_fkey FOREIGN KEY (user_id, parent_id) REFERENCES public.tasks(user_id, id) ON DELETE CASCADE;

--
-- Name: tasks tasks_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: totp_factors totp_factors_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.totp_factors
    ADD CONSTRAINT totp_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: trusted_devices trusted_devices_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.trusted_devices
    ADD CONSTRAINT trusted_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: user_clocks user_clocks_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_clocks
    ADD CONSTRAINT user_clocks_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: views views_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.views
    ADD CONSTRAINT views_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: accounts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;

--
-- Name: accounts accounts_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY accounts_identity ON public.accounts TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: accounts accounts_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY accounts_upkeep ON public.accounts TO ownlist USING (true) WITH CHECK (true);

--
-- Name: api_tokens; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.api_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: api_tokens api_tokens_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY api_tokens_identity ON public.api_tokens TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: api_tokens api_tokens_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY api_tokens_upkeep ON public.api_tokens TO ownlist USING (true) WITH CHECK (true);

--
-- Name: changes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.changes ENABLE ROW LEVEL SECURITY;

--
-- Name: changes changes_log; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY changes_log ON public.changes TO ownlist USING (true) WITH CHECK (true);

--
-- Name: changes changes_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY changes_owner ON public.changes FOR SELECT TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: comments; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.comments ENABLE ROW LEVEL SECURITY;

--
-- Name: comments comments_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY comments_owner ON public.comments TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: comments comments_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY comments_upkeep ON public.comments TO ownlist USING (true) WITH CHECK (true);

--
-- Name: device_codes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.device_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: device_codes device_codes_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY device_codes_identity ON public.device_codes TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: device_codes device_codes_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY device_codes_upkeep ON public.device_codes TO ownlist USING (true) WITH CHECK (true);

--
-- Name: email_tokens; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.email_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: email_tokens email_tokens_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY email_tokens_identity ON public.email_tokens TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: email_tokens email_tokens_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY email_tokens_upkeep ON public.email_tokens TO ownlist USING (true) WITH CHECK (true);

--
-- Name: lists; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.lists ENABLE ROW LEVEL SECURITY;

--
-- Name: lists lists_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY lists_owner ON public.lists TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: lists lists_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY lists_upkeep ON public.lists TO ownlist USING (true) WITH CHECK (true);

--
-- Name: operations; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.operations ENABLE ROW LEVEL SECURITY;

--
-- Name: operations operations_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY operations_identity ON public.operations TO ownlist_auth USING ((procedure ~~ 'account.%'::text)) WITH CHECK ((procedure ~~ 'account.%'::text));

--
-- Name: operations operations_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY operations_owner ON public.operations TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: operations operations_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY operations_upkeep ON public.operations TO ownlist USING (true) WITH CHECK (true);

--
-- Name: passkey_challenges; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.passkey_challenges ENABLE ROW LEVEL SECURITY;

--
-- Name: passkey_challenges passkey_challenges_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY passkey_challenges_identity ON public.passkey_challenges TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: passkey_challenges passkey_challenges_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY passkey_challenges_upkeep ON public.passkey_challenges TO ownlist USING (true) WITH CHECK (true);

--
-- Name: passkeys; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.passkeys ENABLE ROW LEVEL SECURITY;

--
-- Name: passkeys passkeys_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY passkeys_identity ON public.passkeys TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: passkeys passkeys_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY passkeys_upkeep ON public.passkeys TO ownlist USING (true) WITH CHECK (true);

--
-- Name: recovery_codes; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.recovery_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: recovery_codes recovery_codes_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY recovery_codes_identity ON public.recovery_codes TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: recovery_codes recovery_codes_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY recovery_codes_upkeep ON public.recovery_codes TO ownlist USING (true) WITH CHECK (true);

--
-- Name: revisions; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.revisions ENABLE ROW LEVEL SECURITY;

--
-- Name: revisions revisions_log; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY revisions_log ON public.revisions TO ownlist USING (true) WITH CHECK (true);

--
-- Name: revisions revisions_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY revisions_owner ON public.revisions FOR SELECT TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: second_steps; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.second_steps ENABLE ROW LEVEL SECURITY;

--
-- Name: second_steps second_steps_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY second_steps_identity ON public.second_steps TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: second_steps second_steps_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY second_steps_upkeep ON public.second_steps TO ownlist USING (true) WITH CHECK (true);

--
-- Name: security_events; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.security_events ENABLE ROW LEVEL SECURITY;

--
-- Name: security_events security_events_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY security_events_identity ON public.security_events TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: security_events security_events_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY security_events_upkeep ON public.security_events TO ownlist USING (true) WITH CHECK (true);

--
-- Name: sessions; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions sessions_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sessions_identity ON public.sessions TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: sessions sessions_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY sessions_upkeep ON public.sessions TO ownlist USING (true) WITH CHECK (true);

--
-- Name: tags; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.tags ENABLE ROW LEVEL SECURITY;

--
-- Name: tags tags_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tags_owner ON public.tags TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: tags tags_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tags_upkeep ON public.tags TO ownlist USING (true) WITH CHECK (true);

--
-- Name: task_texts; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.task_texts ENABLE ROW LEVEL SECURITY;

--
-- Name: task_texts task_texts_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY task_texts_upkeep ON public.task_texts TO ownlist USING (true) WITH CHECK (true);

--
-- Name: tasks; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.tasks ENABLE ROW LEVEL SECURITY;

--
-- Name: tasks tasks_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tasks_owner ON public.tasks TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: tasks tasks_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY tasks_upkeep ON public.tasks TO ownlist USING (true) WITH CHECK (true);

--
-- Name: totp_factors; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.totp_factors ENABLE ROW LEVEL SECURITY;

--
-- Name: totp_factors totp_factors_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY totp_factors_identity ON public.totp_factors TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: totp_factors totp_factors_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY totp_factors_upkeep ON public.totp_factors TO ownlist USING (true) WITH CHECK (true);

--
-- Name: trusted_devices; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.trusted_devices ENABLE ROW LEVEL SECURITY;

--
-- Name: trusted_devices trusted_devices_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY trusted_devices_identity ON public.trusted_devices TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: trusted_devices trusted_devices_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY trusted_devices_upkeep ON public.trusted_devices TO ownlist USING (true) WITH CHECK (true);

--
-- Name: user_clocks; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_clocks ENABLE ROW LEVEL SECURITY;

--
-- Name: user_clocks user_clocks_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_clocks_owner ON public.user_clocks FOR SELECT TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: user_clocks user_clocks_tick; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_clocks_tick ON public.user_clocks TO ownlist USING (true) WITH CHECK (true);

--
-- Name: users; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

--
-- Name: users users_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY users_identity ON public.users TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: users users_self; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY users_self ON public.users FOR SELECT TO ownlist_app USING ((id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: users users_tick; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY users_tick ON public.users FOR SELECT TO ownlist USING (true);

--
-- Name: verifications; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.verifications ENABLE ROW LEVEL SECURITY;

--
-- Name: verifications verifications_identity; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY verifications_identity ON public.verifications TO ownlist_auth USING (true) WITH CHECK (true);

--
-- Name: verifications verifications_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY verifications_upkeep ON public.verifications TO ownlist USING (true) WITH CHECK (true);

--
-- Name: views; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.views ENABLE ROW LEVEL SECURITY;

--
-- Name: views views_owner; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY views_owner ON public.views TO ownlist_app USING ((user_id = ( SELECT public.current_user_id() AS current_user_id))) WITH CHECK ((user_id = ( SELECT public.current_user_id() AS current_user_id)));

--
-- Name: views views_upkeep; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY views_upkeep ON public.views TO ownlist USING (true) WITH CHECK (true);

--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO ownlist_app;
GRANT USAGE ON SCHEMA public TO ownlist_auth;

--
-- Name: FUNCTION erase_rows(erased uuid, most integer, OUT removed_from text, OUT removed_rows bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.erase_rows(erased uuid, most integer, OUT removed_from text, OUT removed_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_rows(erased uuid, most integer, OUT removed_from text, OUT removed_rows bigint) TO ownlist_auth;

--
-- Name: FUNCTION find_erasure(receipt uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_erasure(receipt uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_erasure(receipt uuid) TO ownlist_auth;

--
-- Name: FUNCTION find_texts(needle text, kinds text[], most integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_texts(needle text, kinds text[], most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_texts(needle text, kinds text[], most integer) TO ownlist_app;

--
-- Name: FUNCTION finish_erasure(erased uuid, receipt uuid, searched_tables jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.finish_erasure(erased uuid, receipt uuid, searched_tables jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.finish_erasure(erased uuid, receipt uuid, searched_tables jsonb) TO ownlist_auth;

--
-- Name: FUNCTION forget_limits(most integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.forget_limits(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_limits(most integer) TO ownlist_auth;

--
-- Name: FUNCTION forget_security_events(most integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.forget_security_events(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forget_security_events(most integer) TO ownlist_auth;

--
-- Name: FUNCTION forget_task_texts(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.forget_task_texts() FROM PUBLIC;

--
-- Name: FUNCTION forgive_limits(passed jsonb); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.forgive_limits(passed jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.forgive_limits(passed jsonb) TO ownlist_auth;

--
-- Name: FUNCTION hold_clock(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hold_clock() FROM PUBLIC;

--
-- Name: FUNCTION keep_comment_texts(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_comment_texts() FROM PUBLIC;

--
-- Name: FUNCTION keep_new_task_texts(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_new_task_texts() FROM PUBLIC;

--
-- Name: FUNCTION keep_task_texts(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_task_texts() FROM PUBLIC;

--
-- Name: FUNCTION log_changes(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.log_changes() FROM PUBLIC;

--
-- Name: TABLE user_clocks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.user_clocks TO ownlist_app;

--
-- Name: FUNCTION newest_revisions(user_ids uuid[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.newest_revisions(user_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.newest_revisions(user_ids uuid[]) TO ownlist_auth;

--
-- Name: FUNCTION pass_limits(wanted jsonb, OUT wait double precision, OUT refused_by text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.pass_limits(wanted jsonb, OUT wait double precision, OUT refused_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.pass_limits(wanted jsonb, OUT wait double precision, OUT refused_by text) TO ownlist_auth;

--
-- Name: FUNCTION remember_task_numbers(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remember_task_numbers() FROM PUBLIC;

--
-- Name: FUNCTION remove_expired(after_user uuid, users_at_once integer, log_before timestamp with time zone, operations_before timestamp with time zone, most integer, OUT last_user uuid, OUT removed_revisions bigint, OUT removed_operations bigint); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.remove_expired(after_user uuid, users_at_once integer, log_before timestamp with time zone, operations_before timestamp with time zone, most integer, OUT last_user uuid, OUT removed_revisions bigint, OUT removed_operations bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_expired(after_user uuid, users_at_once integer, log_before timestamp with time zone, operations_before timestamp with time zone, most integer, OUT last_user uuid, OUT removed_revisions bigint, OUT removed_operations bigint) TO ownlist_auth;

--
-- Name: FUNCTION search_for_erased(searched_table text, first_page bigint, pages integer, erased uuid[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.search_for_erased(searched_table text, first_page bigint, pages integer, erased uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_for_erased(searched_table text, first_page bigint, pages integer, erased uuid[]) TO ownlist_auth;

--
-- Name: FUNCTION take_tokens(bucket bytea, wanted integer, size integer, every double precision, OUT granted integer, OUT remaining integer, OUT wait double precision); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.take_tokens(bucket bytea, wanted integer, size integer, every double precision, OUT granted integer, OUT remaining integer, OUT wait double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_tokens(bucket bytea, wanted integer, size integer, every double precision, OUT granted integer, OUT remaining integer, OUT wait double precision) TO ownlist_auth;

--
-- Name: FUNCTION tick(clock_user_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.tick(clock_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tick(clock_user_id uuid) TO ownlist_app;

--
-- Name: FUNCTION untag_tasks(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.untag_tasks() FROM PUBLIC;

--
-- Name: TABLE accounts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts TO ownlist_auth;

--
-- Name: TABLE api_tokens; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_tokens TO ownlist_auth;

--
-- Name: TABLE changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.changes TO ownlist_app;

--
-- Name: TABLE comments; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.comments TO ownlist_app;

--
-- Name: TABLE device_codes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.device_codes TO ownlist_auth;

--
-- Name: TABLE email_tokens; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE public.email_tokens TO ownlist_auth;

--
-- Name: TABLE lists; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lists TO ownlist_app;

--
-- Name: TABLE operations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.operations TO ownlist_app;
GRANT SELECT,INSERT ON TABLE public.operations TO ownlist_auth;

--
-- Name: TABLE passkey_challenges; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkey_challenges TO ownlist_auth;

--
-- Name: TABLE passkeys; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.passkeys TO ownlist_auth;

--
-- Name: TABLE recovery_codes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_codes TO ownlist_auth;

--
-- Name: TABLE revisions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.revisions TO ownlist_app;

--
-- Name: TABLE second_steps; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.second_steps TO ownlist_auth;

--
-- Name: TABLE security_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.security_events TO ownlist_auth;

--
-- Name: COLUMN security_events.user_id; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(user_id) ON TABLE public.security_events TO ownlist_auth;

--
-- Name: COLUMN security_events.kind; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(kind) ON TABLE public.security_events TO ownlist_auth;

--
-- Name: COLUMN security_events.ip_address; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(ip_address) ON TABLE public.security_events TO ownlist_auth;

--
-- Name: COLUMN security_events.user_agent; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(user_agent) ON TABLE public.security_events TO ownlist_auth;

--
-- Name: COLUMN security_events.detail; Type: ACL; Schema: public; Owner: -
--

GRANT INSERT(detail) ON TABLE public.security_events TO ownlist_auth;

--
-- Name: TABLE sessions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO ownlist_auth;

--
-- Name: TABLE tags; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tags TO ownlist_app;

--
-- Name: TABLE tasks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tasks TO ownlist_app;

--
-- Name: TABLE totp_factors; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.totp_factors TO ownlist_auth;

--
-- Name: TABLE trusted_devices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.trusted_devices TO ownlist_auth;

--
-- Name: TABLE users; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO ownlist_auth;

--
-- Name: COLUMN users.id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(id) ON TABLE public.users TO ownlist_app;

--
-- Name: COLUMN users.email; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(email) ON TABLE public.users TO ownlist_app;

--
-- Name: COLUMN users.name; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(name) ON TABLE public.users TO ownlist_app;

--
-- Name: COLUMN users.time_zone; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(time_zone) ON TABLE public.users TO ownlist_app;

--
-- Name: COLUMN users.week_start; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(week_start) ON TABLE public.users TO ownlist_app;

--
-- Name: COLUMN users.locale; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(locale) ON TABLE public.users TO ownlist_app;

--
-- Name: TABLE verifications; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verifications TO ownlist_auth;

--
-- Name: TABLE views; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.views TO ownlist_app;

--
-- PostgreSQL database dump complete
--
