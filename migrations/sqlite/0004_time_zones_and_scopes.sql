-- The user's time zone as an IANA name, such as Europe/Lisbon; NULL: the server's.
ALTER TABLE users ADD COLUMN time_zone TEXT;
-- What an API key may do: admin, user or read_only.
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT 'user';
UPDATE api_keys SET scope = 'admin' WHERE user_id IS NULL;
-- What a message led to, for the receipt of its turn.
CREATE INDEX memory_history_by_message ON memory_history (source_message_id) WHERE source_message_id IS NOT NULL;
