-- Ways in beside the browser's: API tokens that a user makes for programs, and codes by which a terminal is
-- signed in from a browser (RFC 8628). Nothing here can be used by whoever reads it: of tokens and of device codes there is the
-- hash alone, and a user code signs nobody in.

create table api_tokens (
  id           uuid not null default gen_random_uuid(),
  user_id      uuid not null,
  name         text not null,
  token_hash   text not null, -- SHA-256 in hex of 256 random bits, which need no salt
  last_four    text not null, -- by which its owner knows it again
  scopes       text[] not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,   -- to ten minutes
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint api_tokens_pkey primary key (id),
  constraint api_tokens_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint api_tokens_token_hash_key unique (token_hash),
  constraint api_tokens_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$'),
  constraint api_tokens_last_four_check check (char_length(last_four) = 4),
  constraint api_tokens_name_check check (char_length(name) between 1 and 100),
  constraint api_tokens_scopes_check check (
    cardinality(scopes) > 0 and scopes <@ array['read', 'write', 'account'] and array_position(scopes, null) is null),
  constraint api_tokens_expires_at_check check (expires_at > created_at)
);

create index api_tokens_user_id_idx on api_tokens (user_id);
create index api_tokens_expires_at_idx on api_tokens (expires_at); -- the clean-up of expired tokens

create table device_codes (
  id               uuid not null default gen_random_uuid(),
  device_code_hash text not null,
  user_code        text not null,
  user_id          uuid, -- who has looked at it, and may approve it
  status           text not null,
  began_at         timestamptz, -- when the session began that approves it
  client_id        text,
  scope            text,
  ip_address       text, -- from where and by what it was asked for, for who approves it to see
  user_agent       text,
  polling_interval integer, -- in milliseconds
  last_polled_at   timestamptz,
  expires_at       timestamptz not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint device_codes_pkey primary key (id),
  constraint device_codes_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint device_codes_device_code_hash_key unique (device_code_hash),
  constraint device_codes_device_code_hash_check check (device_code_hash ~ '^[0-9a-f]{64}$'),
  constraint device_codes_user_code_key unique (user_code),
  constraint device_codes_status_check check (status in ('pending', 'approved', 'denied'))
);

create index device_codes_user_id_idx on device_codes (user_id);
create index device_codes_expires_at_idx on device_codes (expires_at); -- the clean-up of expired codes

create trigger api_tokens_stamp before update on api_tokens for each row execute function stamp_identity();
create trigger device_codes_stamp before update on device_codes for each row execute function stamp_identity();

alter table api_tokens enable row level security;
alter table api_tokens force row level security;
alter table device_codes enable row level security;
alter table device_codes force row level security;

create policy api_tokens_identity on api_tokens to ownlist_auth using (true) with check (true);
create policy device_codes_identity on device_codes to ownlist_auth using (true) with check (true);
create policy api_tokens_upkeep on api_tokens to current_user using (true) with check (true);
create policy device_codes_upkeep on device_codes to current_user using (true) with check (true);

grant select, insert, update, delete on api_tokens, device_codes to ownlist_auth;
