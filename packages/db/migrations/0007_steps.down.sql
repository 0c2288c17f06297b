create or replace function tick(clock_user_id uuid) returns user_clocks
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  clock user_clocks;
  origin jsonb;
begin
  if pg_trigger_depth() = 0 then
    raise exception 'only triggers advance a clock' using errcode = 'insufficient_privilege';
  end if;
  -- Policies speak after triggers: unasked, this would lock another's clock and tell who exists.
  if current_setting('role') = 'ownlist_app' and clock_user_id is distinct from current_user_id() then
    raise exception 'a clock is its own user''s' using errcode = 'insufficient_privilege';
  end if;

  select * into clock from user_clocks
  where user_id = clock_user_id and xact = pg_current_xact_id() and xact_at = transaction_timestamp();

  if not found then
    insert into user_clocks as c (user_id, revision, xact, xact_at)
    values (clock_user_id, 1, pg_current_xact_id(), transaction_timestamp())
    on conflict (user_id) do update
      set revision = c.revision + 1, xact = excluded.xact, xact_at = excluded.xact_at
    returning * into clock;

    origin := nullif(current_setting('app.origin', true), '')::jsonb;
    insert into revisions (user_id, revision, actor, session_id, client, undoes, based_on)
    values (clock_user_id, clock.revision, coalesce(origin ->> 'actor', 'database'), (origin ->> 'session')::uuid,
      origin ->> 'client', (origin ->> 'undoes')::bigint, (origin ->> 'basedOn')::bigint);
  end if;
  return clock;
end $$;

alter table user_clocks drop column step;
