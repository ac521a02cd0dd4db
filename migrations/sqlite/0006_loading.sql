-- What a profile's index is loaded from, laid out for it.

-- With row ids: without them a row is part of the tree's keys, and each comparison on the way to one reads a whole vector.
CREATE TABLE memory_vectors (
    memory_id BLOB NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    model     TEXT NOT NULL,
    vector    BLOB NOT NULL,
    PRIMARY KEY (memory_id, model)
);
INSERT INTO memory_vectors (memory_id, model, vector) SELECT memory_id, model, vector FROM memory_embeddings;
DROP TABLE memory_embeddings;
ALTER TABLE memory_vectors RENAME TO memory_embeddings;

CREATE TABLE message_vectors (
    message_id BLOB PRIMARY KEY NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- Empty until the vector has been made.
    model      TEXT NOT NULL,
    -- Empty for good where the message gets none.
    vector     BLOB NOT NULL
);
INSERT INTO message_vectors (message_id, model, vector) SELECT message_id, model, vector FROM message_embeddings;
DROP TABLE message_embeddings;
ALTER TABLE message_vectors RENAME TO message_embeddings;

-- Sessions in their order, so that their messages come in it without being sorted.
DROP INDEX sessions_by_profile;
CREATE INDEX sessions_by_profile ON sessions (profile_id, id);
