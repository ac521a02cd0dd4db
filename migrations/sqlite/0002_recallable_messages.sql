-- Past messages can be found again, not only what was extracted from them.

-- The name of who said it, where it is known: imported conversations have more than two roles.
ALTER TABLE messages ADD COLUMN speaker TEXT;

-- A message may be recalled if it has a vector here: those of other modes than `normal`, and those in which the
-- guardian found secrets, have none.
CREATE TABLE message_embeddings (
    message_id BLOB PRIMARY KEY NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- Empty until the vector has been made.
    model      TEXT NOT NULL,
    vector     BLOB NOT NULL
) WITHOUT ROWID;
