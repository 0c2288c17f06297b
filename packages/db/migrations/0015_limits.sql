-- Limits: how much of something a key may have, shared by all servers.
--
-- A key is an HMAC of whom it is about (an address, an account, an e-mail), made by the server with its secret: nothing in
-- this table leads to anybody, with the table alone it cannot even be guessed at, and every row goes when it has no more to
-- say. So the erasure of an account leaves none of its traces here. Neither role that serves requests may read or write the
-- table: they call the functions below, which tell of keys that the caller can name already.
--
-- It is unlogged: counting costs no write to the log, and a crash of PostgreSQL, or a standby that takes over, starts
-- counting anew. What it counts is minutes, so that is all that is lost.

create unlogged table limits (
  key       bytea not null,
  -- A bucket: when it will be full again (the "theoretical arrival time" of the generic cell rate algorithm, ITU-T I.371).
  -- Tries: when the next one may be made.
  free_at   timestamptz not null default '-infinity',
  tries     integer not null default 0, -- since the last one that was right
  forget_at timestamptz not null default '-infinity', -- when the row says nothing any more
  constraint limits_pkey primary key (key),
  constraint limits_key_check check (octet_length(key) = 16)
) with (fillfactor = 70);

create index limits_forget_at_idx on limits (forget_at);

-- Takes up to `wanted` tokens out of a bucket of `size`, into which one falls every `every` seconds; `wait` seconds from now
-- there will be another one, and 0 where there is one left.
create function take_tokens(
  bucket bytea, wanted integer, size integer, every double precision,
  out granted integer, out remaining integer, out wait double precision)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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

-- Whether all of several limits let something pass. If they do, it is counted in each of them before the answer, in a
-- transaction of its own; if one does not, in none, and `wait` says for how many seconds, `refused_by` by which.
--
-- [{"key": hex, "cost": tokens, "size": …, "every": seconds}, …] are buckets, as above. [{"key": hex, "free": tries,
-- "first": seconds, "most": seconds}, …] are tries: `free` of them in a row, then one after each pause, of which the first
-- is `first` long and each next one twice as long as the last, `most` at most. They are forgotten a day after the last.
create function pass_limits(wanted jsonb, out wait double precision, out refused_by text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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

-- What passed was right: its tries count no more, and its tokens go back.
create function forgive_limits(passed jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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

-- Removes what says nothing any more, at most `most` rows; gives how many.
create function forget_limits(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone bigint;
begin
  delete from limits l where l.key = any(array(
    select key from limits where forget_at <= now() order by forget_at limit most for update skip locked))
    and l.forget_at <= now();
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke execute on function take_tokens(bytea, integer, integer, double precision) from public;
revoke execute on function pass_limits(jsonb) from public;
revoke execute on function forgive_limits(jsonb) from public;
revoke execute on function forget_limits(integer) from public;
grant execute on function take_tokens(bytea, integer, integer, double precision) to ownlist_auth;
grant execute on function pass_limits(jsonb) to ownlist_auth;
grant execute on function forgive_limits(jsonb) to ownlist_auth;
grant execute on function forget_limits(integer) to ownlist_auth;
