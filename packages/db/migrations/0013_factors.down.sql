drop trigger accounts_forget_proofs on accounts;
drop function forget_proofs();
drop table passkey_challenges, passkeys, trusted_devices, second_steps, recovery_codes, totp_factors;
