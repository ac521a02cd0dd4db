-- What became of a memory, and when that was learned: `valid_to` says until when it was true, `closed_at` since when that
-- is known. A memory believed on a day was said by then and not closed yet.
ALTER TABLE memories ADD COLUMN closed_at BIGINT;
-- The newer value, or the memory that it was merged into.
ALTER TABLE memories ADD COLUMN superseded_by BLOB;
-- When it last helped to answer. Not a change of the memory: it leaves no history.
ALTER TABLE memories ADD COLUMN last_used_at BIGINT;

-- Changes that were made together can be taken back together.
ALTER TABLE memory_history ADD COLUMN run_id BLOB;
CREATE INDEX memory_history_by_run ON memory_history (run_id) WHERE run_id IS NOT NULL;
-- The user's words that led to the change.
ALTER TABLE memory_history ADD COLUMN evidence TEXT;
ALTER TABLE profiles ADD COLUMN consolidated_at BIGINT;
