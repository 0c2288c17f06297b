drop table device_tries, device_codes, api_tokens;
