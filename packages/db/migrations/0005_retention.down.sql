drop function find_erasure(uuid);
drop function finish_erasure(uuid, uuid, jsonb);
drop function search_for_erased(text, bigint, integer, uuid[]);
drop function mentions(text, text);
drop function erase_rows(uuid, integer);
drop function remove_expired(uuid, integer, timestamptz, timestamptz, integer);

drop policy verifications_upkeep on verifications;
drop policy accounts_upkeep on accounts;
drop policy sessions_upkeep on sessions;
drop policy operations_upkeep on operations;
drop policy tasks_upkeep on tasks;

drop index operations_user_id_made_at_idx;
drop table erasures;

drop index users_erase_after_idx;
alter table users
  drop constraint users_erase_after_check,
  drop column erase_asked_at,
  drop column erase_after,
  drop column erasure_id;
