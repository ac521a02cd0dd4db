-- Figures of a minute each, as JSON, without any text.
CREATE TABLE metrics_samples (
    at INTEGER NOT NULL PRIMARY KEY,
    sample TEXT NOT NULL
) WITHOUT ROWID;
