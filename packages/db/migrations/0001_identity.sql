-- Identity: better-auth's four tables on our names, and the two roles that serve requests.
--
-- Nobody serves a request as the owner of these tables. `ownlist_auth` sees identity and nothing
-- a user owns; `ownlist_app` sees what the current user owns and, of identity, a few columns of
-- that user's own row. Neither can log in: the server's login is a member of both and takes one
-- of them for the length of a transaction, so one URL is enough and poolers are no obstacle.

do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'Ownlist needs a database in UTF8, this one is %.', current_setting('server_encoding')
      using hint = 'Create it anew: create database ownlist encoding ''UTF8'' template template0;';
  end if;
end $$;

do $$
declare
  wanted text;
begin
  foreach wanted in array array['ownlist_app', 'ownlist_auth'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format(
          'create role %I nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication', wanted);
      exception
        when duplicate_object or unique_violation then null; -- another database of this cluster was faster
        when insufficient_privilege then
          raise exception 'The role % is missing and % may not create it.', wanted, current_user
            using hint = format('As an administrator run: create role %I nologin; grant %I to %I;',
              wanted, wanted, current_user);
      end;
    end if;
  end loop;
end $$;

create table users (
  id          uuid not null default gen_random_uuid(),
  email       text not null,
  name        text not null,
  is_verified boolean not null default false,
  is_active   boolean not null default true,
  image       text,
  time_zone   text not null default 'UTC',
  week_start  smallint not null default 1,
  locale      text not null default 'en',
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint users_pkey primary key (id),
  constraint users_email_check check (char_length(email) between 3 and 255),
  constraint users_name_check check (char_length(name) between 1 and 255),
  constraint users_time_zone_check check (char_length(time_zone) between 1 and 64),
  constraint users_week_start_check check (week_start between 1 and 7), -- ISO 8601: 1 is Monday
  constraint users_locale_check check (char_length(locale) between 2 and 35)
);

-- One address is one account however it is written.
create unique index users_email_key on users (lower(email));
create index users_created_at_idx on users (created_at);

create table sessions (
  id         uuid not null default gen_random_uuid(),
  user_id    uuid not null,
  token_hash text not null, -- SHA-256 in hex: a dump of this table logs nobody in
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint sessions_pkey primary key (id),
  constraint sessions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint sessions_token_hash_key unique (token_hash),
  constraint sessions_token_hash_check check (token_hash ~ '^[0-9a-f]{64}$')
);

create index sessions_user_id_idx on sessions (user_id);
create index sessions_expires_at_idx on sessions (expires_at); -- the clean-up of expired sessions

create table accounts (
  id                       uuid not null default gen_random_uuid(),
  user_id                  uuid not null,
  account_id               text not null,
  provider_id              text not null,
  password_hash            text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now(),
  constraint accounts_pkey primary key (id),
  constraint accounts_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint accounts_provider_id_account_id_key unique (provider_id, account_id),
  constraint accounts_password_hash_check check (password_hash like '$argon2id$%')
);

create index accounts_user_id_idx on accounts (user_id);

create table verifications (
  id         uuid not null default gen_random_uuid(),
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint verifications_pkey primary key (id)
);

create index verifications_identifier_idx on verifications (identifier);
create index verifications_expires_at_idx on verifications (expires_at);

-- `created_at` is a fact about the past on every table, and `updated_at` is not left to callers.
create function stamp_identity() returns trigger
language plpgsql as $$
begin
  if new.created_at is distinct from old.created_at then
    raise exception 'created_at never changes' using errcode = 'check_violation',
      constraint = 'created_at_immutable_check', table = tg_table_name;
  end if;
  new.updated_at := greatest(now(), old.updated_at);
  return new;
end $$;

create trigger users_stamp before update on users for each row execute function stamp_identity();
create trigger sessions_stamp before update on sessions for each row execute function stamp_identity();
create trigger accounts_stamp before update on accounts for each row execute function stamp_identity();
create trigger verifications_stamp before update on verifications for each row execute function stamp_identity();

-- The user whose request this transaction serves; null outside of one, and then no policy matches.
create function current_user_id() returns uuid
language sql stable parallel safe
return nullif(current_setting('app.user_id', true), '')::uuid;

alter table users enable row level security;
alter table users force row level security;
alter table sessions enable row level security;
alter table sessions force row level security;
alter table accounts enable row level security;
alter table accounts force row level security;
alter table verifications enable row level security;
alter table verifications force row level security;

create policy users_identity on users to ownlist_auth using (true) with check (true);
create policy sessions_identity on sessions to ownlist_auth using (true) with check (true);
create policy accounts_identity on accounts to ownlist_auth using (true) with check (true);
create policy verifications_identity on verifications to ownlist_auth using (true) with check (true);
create policy users_self on users for select to ownlist_app using (id = (select current_user_id()));

grant usage on schema public to ownlist_app, ownlist_auth;
grant select, insert, update, delete on users, sessions, accounts, verifications to ownlist_auth;
grant select (id, email, name, time_zone, week_start, locale) on users to ownlist_app;
