-- Ids are UUIDv7 in 16 bytes; times are microseconds since 1970 in UTC; JSON is text.
-- Every query of the code is covered by a key or an index below; a test proves it with EXPLAIN QUERY PLAN.

CREATE TABLE users (
    id         BLOB PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE profiles (
    id            BLOB PRIMARY KEY NOT NULL,
    user_id       BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    description   TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    personality   TEXT NOT NULL,
    is_default    BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    UNIQUE (user_id, name)
);
CREATE INDEX profiles_by_user ON profiles (user_id, id);

CREATE TABLE sessions (
    id           BLOB PRIMARY KEY NOT NULL,
    user_id      BLOB NOT NULL,
    profile_id   BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    privacy_mode TEXT NOT NULL,
    title        TEXT NOT NULL,
    turn_count   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_profile ON sessions (profile_id);

CREATE TABLE turns (
    id                   BLOB PRIMARY KEY NOT NULL,
    session_id           BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    status               TEXT NOT NULL,
    privacy_mode         TEXT NOT NULL,
    user_message_id      BLOB NOT NULL,
    assistant_message_id BLOB,
    record               TEXT NOT NULL,
    -- Given by the client, so that a repeated request finds its first turn.
    idempotency_key      TEXT,
    started_at           BIGINT NOT NULL,
    finished_at          BIGINT
);
CREATE INDEX turns_by_session ON turns (session_id, id);
CREATE UNIQUE INDEX turns_by_idempotency_key ON turns (session_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX turns_running ON turns (id) WHERE status = 'running';

CREATE TABLE messages (
    id         BLOB PRIMARY KEY NOT NULL,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id    BLOB NOT NULL,
    role       TEXT NOT NULL,
    content    TEXT NOT NULL,
    status     TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX messages_by_session ON messages (session_id, id);

CREATE TABLE memories (
    id                BLOB PRIMARY KEY NOT NULL,
    profile_id        BLOB NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    content           TEXT NOT NULL,
    kind              TEXT NOT NULL,
    importance        REAL NOT NULL,
    tags              TEXT NOT NULL,
    entities          TEXT NOT NULL,
    attribute         TEXT,
    state             TEXT NOT NULL,
    mention_count     BIGINT NOT NULL,
    said_at           BIGINT NOT NULL,
    valid_from        BIGINT,
    valid_to          BIGINT,
    source_message_id BLOB,
    source_session_id BLOB,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE INDEX memories_by_profile ON memories (profile_id, id);

-- One vector a memory and model: vectors of different models are never mixed.
CREATE TABLE memory_embeddings (
    memory_id BLOB NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    model     TEXT NOT NULL,
    vector    BLOB NOT NULL,
    PRIMARY KEY (memory_id, model)
) WITHOUT ROWID;

CREATE TABLE memory_history (
    id                BLOB PRIMARY KEY NOT NULL,
    memory_id         BLOB NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    action            TEXT NOT NULL,
    actor             TEXT NOT NULL,
    source_message_id BLOB,
    before_state      TEXT,
    after_state       TEXT NOT NULL,
    at                BIGINT NOT NULL
);
CREATE INDEX memory_history_by_memory ON memory_history (memory_id, id);

CREATE TABLE session_analytics (
    session_id BLOB PRIMARY KEY NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    analysis   TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE agent_logs (
    id          BLOB PRIMARY KEY NOT NULL,
    session_id  BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id     BLOB NOT NULL,
    agent       TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    duration_us BIGINT NOT NULL,
    tokens      BIGINT NOT NULL
);
CREATE INDEX agent_logs_by_session ON agent_logs (session_id);

CREATE TABLE jobs (
    id          BLOB PRIMARY KEY NOT NULL,
    kind        TEXT NOT NULL,
    -- Ids only, never text.
    payload     TEXT NOT NULL,
    -- pending, running (held by lease) or dead (out of tries). A job that is done is no row.
    state       TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_until BIGINT,
    error_code  TEXT,
    profile_id  BLOB REFERENCES profiles (id) ON DELETE CASCADE,
    session_id  BLOB REFERENCES sessions (id) ON DELETE CASCADE,
    created_at  BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at);
CREATE INDEX jobs_by_profile ON jobs (profile_id);
CREATE INDEX jobs_by_session ON jobs (session_id);

CREATE TABLE api_keys (
    id         BLOB PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    -- BLAKE3 of the key: keys are 256 random bits, so a slow hash would add nothing.
    hash       BLOB NOT NULL UNIQUE,
    -- The user the key acts for; NULL: the operator, who may act for everyone.
    user_id    BLOB REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX api_keys_by_user ON api_keys (user_id);
