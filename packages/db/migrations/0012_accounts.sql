-- What an account goes through: links sent by mail, when a session was last used, and a record of everything
-- that touched how the account is got into.

-- A session that another one let in, such as a terminal's, is no new proof of who somebody is: it is as old as that one.
alter table sessions add column began_at timestamptz; -- when that one began; null: with itself

-- What is there already was last used when it was last renewed, and not at this upgrade.
alter table sessions add column last_used_at timestamptz;
alter table sessions disable trigger sessions_stamp;
update sessions set last_used_at = updated_at;
alter table sessions enable trigger sessions_stamp;
alter table sessions alter column last_used_at set default now(), alter column last_used_at set not null;

-- better-auth looks for an address as it is kept, which is in small letters; the unique index is on what lower() makes of it.
create index users_email_idx on users (email);

-- What a link in a mail stands for. A sign-up that waits for its address to be confirmed is nothing but such a
-- row: nobody can hold an address that they cannot read the mail of, and what is never confirmed goes by itself.
create table email_tokens (
  id            uuid not null default gen_random_uuid(),
  token_hash    text not null, -- SHA-256 in hex, as of sessions
  purpose       text not null,
  user_id       uuid,
  email         text not null, -- the address that the link was sent to
  name          text,          -- of a sign-up
  password_hash text,
  expires_at    timestamptz not null,
  made_at       timestamptz not null default now(),
  constraint email_tokens_pkey primary key (id),
  constraint email_tokens_token_hash_key unique (token_hash),
  constraint email_tokens_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$'),
  constraint email_tokens_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint email_tokens_email_check check (char_length(email) between 3 and 255),
  constraint email_tokens_name_check check (char_length(name) between 1 and 255),
  constraint email_tokens_password_hash_check check (password_hash like '$argon2id$%'),
  constraint email_tokens_purpose_check check (
    case purpose
      when 'sign-up' then user_id is null and num_nulls(name, password_hash) = 0
      -- These two are nobody's where no account is meant: to write no row would take a time that tells.
      when 'verify' then num_nonnulls(name, password_hash) = 0
      when 'reset' then num_nonnulls(name, password_hash) = 0
      when 'change' then user_id is not null and num_nonnulls(name, password_hash) = 0
      else false
    end)
);

create index email_tokens_email_idx on email_tokens (lower(email));
create index email_tokens_user_id_idx on email_tokens (user_id);
create index email_tokens_expires_at_idx on email_tokens (expires_at);

-- Nothing in here is a secret. The identity role adds rows, as of now, and no role changes or removes one: the function below
-- takes away those that are old enough, and the erasure of an account its own.
create table security_events (
  user_id    uuid not null,
  id         uuid not null default gen_random_uuid(),
  kind       text not null,
  at         timestamptz not null default now(),
  ip_address text,
  user_agent text,
  detail     jsonb not null default '{}',
  constraint security_events_pkey primary key (user_id, id),
  constraint security_events_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint security_events_kind_check check (kind ~ '^[a-z]+(-[a-z]+)*$' and char_length(kind) <= 64),
  constraint security_events_detail_check check (jsonb_typeof(detail) = 'object' and pg_column_size(detail) <= 2048)
);

create index security_events_user_id_at_idx on security_events (user_id, at, id);
create index security_events_at_idx on security_events (at); -- the clean-up of old ones

alter table email_tokens enable row level security;
alter table email_tokens force row level security;
alter table security_events enable row level security;
alter table security_events force row level security;

create policy email_tokens_identity on email_tokens to ownlist_auth using (true) with check (true);
create policy email_tokens_upkeep on email_tokens to current_user using (true) with check (true);
create policy security_events_identity on security_events to ownlist_auth using (true) with check (true);
create policy security_events_upkeep on security_events to current_user using (true) with check (true);

grant select, insert, delete on email_tokens to ownlist_auth;
grant select, insert (user_id, kind, ip_address, user_agent, detail) on security_events to ownlist_auth;

-- Removes what happened half a year ago, at most `most` rows; gives how many.
create function forget_security_events(most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone bigint;
begin
  delete from security_events where ctid = any(array(
    select ctid from security_events where at <= now() - interval '180 days' order by at limit most));
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke execute on function forget_security_events(integer) from public;
grant execute on function forget_security_events(integer) to ownlist_auth;
