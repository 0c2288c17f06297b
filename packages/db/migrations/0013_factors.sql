-- What proves who somebody is beside a password: codes of an authenticator app (RFC 6238) with recovery codes,
-- and passkeys (WebAuthn). Nobody who reads these tables can sign in with what is there: the app's secret is
-- encrypted with a key made of AUTH_SECRET, codes and tokens are random and only their hashes are kept, and of
-- a passkey there is the public half.

create table totp_factors (
  id             uuid not null default gen_random_uuid(),
  user_id        uuid not null,
  secret         bytea not null,             -- AES-256-GCM, bound to the user
  confirmed_at   timestamptz,                -- null until the app has shown a code: it asks for none before that
  last_step      integer not null default 0, -- of the last code that was taken: no code is taken twice
  tries          integer not null default 0, -- of codes, in this round
  tries_end_at   timestamptz not null default now(),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  constraint totp_factors_pkey primary key (id),
  constraint totp_factors_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint totp_factors_user_id_key unique (user_id),
  constraint totp_factors_last_step_check check (last_step >= 0),
  constraint totp_factors_tries_check check (tries >= 0)
);

-- Each goes when it is used.
create table recovery_codes (
  id         uuid not null default gen_random_uuid(),
  user_id    uuid not null,
  code_hash  text not null, -- SHA-256 in hex of 80 random bits, which need no salt
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint recovery_codes_pkey primary key (id),
  constraint recovery_codes_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint recovery_codes_user_id_code_hash_key unique (user_id, code_hash),
  constraint recovery_codes_code_hash_check check (code_hash ~ '^[0-9a-f]{64}$')
);

-- Sign-ins whose password was right and whose code is awaited. No session exists before it comes.
create table second_steps (
  id         uuid not null default gen_random_uuid(),
  user_id    uuid not null,
  token_hash text not null,
  tries      smallint not null default 0,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint second_steps_pkey primary key (id),
  constraint second_steps_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint second_steps_token_hash_key unique (token_hash),
  constraint second_steps_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$')
);

create index second_steps_user_id_idx on second_steps (user_id);
create index second_steps_expires_at_idx on second_steps (expires_at);

-- Browsers in which the code is not asked for again for a time; the password is.
create table trusted_devices (
  id           uuid not null default gen_random_uuid(),
  user_id      uuid not null,
  token_hash   text not null,
  ip_address   text,
  user_agent   text,
  last_used_at timestamptz,
  expires_at   timestamptz not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint trusted_devices_pkey primary key (id),
  constraint trusted_devices_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint trusted_devices_token_hash_key unique (token_hash),
  constraint trusted_devices_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$')
);

create index trusted_devices_user_id_idx on trusted_devices (user_id);
create index trusted_devices_expires_at_idx on trusted_devices (expires_at);

create table passkeys (
  id            uuid not null default gen_random_uuid(),
  user_id       uuid not null,
  name          text not null,
  credential_id text not null, -- base64url, as WebAuthn's JSON has it
  public_key    bytea not null, -- COSE
  counter       bigint not null, -- of signatures; authenticators that share keys between devices leave it at 0
  transports    text[] not null default '{}',
  is_backed_up  boolean not null, -- kept by more than one device
  aaguid        uuid not null, -- the authenticator's model
  last_used_at  timestamptz,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint passkeys_pkey primary key (id),
  constraint passkeys_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint passkeys_credential_id_key unique (credential_id),
  constraint passkeys_credential_id_check check (
    credential_id ~ '^[A-Za-z0-9_-]+$' and char_length(credential_id) <= 1400),
  constraint passkeys_name_check check (char_length(name) between 1 and 100),
  constraint passkeys_counter_check check (counter between 0 and 4294967295)
);

create index passkeys_user_id_idx on passkeys (user_id);

-- What authenticators are asked to sign, each once. Who signs in is not known before they have.
create table passkey_challenges (
  id             uuid not null default gen_random_uuid(),
  user_id        uuid, -- whose new passkey it is for; null: for signing in
  challenge_hash text not null,
  expires_at     timestamptz not null,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  constraint passkey_challenges_pkey primary key (id),
  constraint passkey_challenges_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint passkey_challenges_challenge_hash_key unique (challenge_hash),
  constraint passkey_challenges_challenge_hash_check check (challenge_hash ~ '^[0-9a-f]{64}$')
);

create index passkey_challenges_user_id_idx on passkey_challenges (user_id);
create index passkey_challenges_expires_at_idx on passkey_challenges (expires_at);

-- Whoever changes a password ends what was proven with the old one, by whatever way they do it.
create function forget_proofs() returns trigger
language plpgsql as $$
begin
  delete from second_steps where user_id = new.user_id;
  delete from trusted_devices where user_id = new.user_id;
  return null;
end $$;

create trigger accounts_forget_proofs after update of password_hash on accounts for each row
  when (old.password_hash is distinct from new.password_hash) execute function forget_proofs();

create trigger totp_factors_stamp before update on totp_factors for each row execute function stamp_identity();
create trigger recovery_codes_stamp before update on recovery_codes for each row execute function stamp_identity();
create trigger second_steps_stamp before update on second_steps for each row execute function stamp_identity();
create trigger trusted_devices_stamp before update on trusted_devices for each row execute function stamp_identity();
create trigger passkeys_stamp before update on passkeys for each row execute function stamp_identity();
create trigger passkey_challenges_stamp before update on passkey_challenges
  for each row execute function stamp_identity();

alter table totp_factors enable row level security;
alter table totp_factors force row level security;
alter table recovery_codes enable row level security;
alter table recovery_codes force row level security;
alter table second_steps enable row level security;
alter table second_steps force row level security;
alter table trusted_devices enable row level security;
alter table trusted_devices force row level security;
alter table passkeys enable row level security;
alter table passkeys force row level security;
alter table passkey_challenges enable row level security;
alter table passkey_challenges force row level security;

create policy totp_factors_identity on totp_factors to ownlist_auth using (true) with check (true);
create policy recovery_codes_identity on recovery_codes to ownlist_auth using (true) with check (true);
create policy second_steps_identity on second_steps to ownlist_auth using (true) with check (true);
create policy trusted_devices_identity on trusted_devices to ownlist_auth using (true) with check (true);
create policy passkeys_identity on passkeys to ownlist_auth using (true) with check (true);
create policy passkey_challenges_identity on passkey_challenges to ownlist_auth using (true) with check (true);
create policy totp_factors_upkeep on totp_factors to current_user using (true) with check (true);
create policy recovery_codes_upkeep on recovery_codes to current_user using (true) with check (true);
create policy second_steps_upkeep on second_steps to current_user using (true) with check (true);
create policy trusted_devices_upkeep on trusted_devices to current_user using (true) with check (true);
create policy passkeys_upkeep on passkeys to current_user using (true) with check (true);
create policy passkey_challenges_upkeep on passkey_challenges to current_user using (true) with check (true);

grant select, insert, update, delete on totp_factors, recovery_codes, second_steps, trusted_devices, passkeys,
  passkey_challenges to ownlist_auth;
