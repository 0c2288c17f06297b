-- Live updates where no word of a change arrives: how far the logs of many users have come, asked at once.
--
-- The servers ask this for everybody who listens, as the identity role, which may not read a clock. It
-- learns how often somebody has written and nothing of what; whom it asks about, it knows already.

create function newest_revisions(user_ids uuid[]) returns table (user_id uuid, revision bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
begin atomic
  select c.user_id, c.revision from user_clocks c where c.user_id = any(user_ids);
end;

revoke execute on function newest_revisions(uuid[]) from public;
grant execute on function newest_revisions(uuid[]) to ownlist_auth;
