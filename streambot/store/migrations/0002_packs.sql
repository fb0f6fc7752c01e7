-- Every version of a rule pack that was in force or was to be, so that going back needs no file.
CREATE TABLE packs (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    version         TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    sources         TEXT NOT NULL,
    effective_from  REAL,
    kept_at         REAL NOT NULL,
    UNIQUE (name, version, fingerprint)
) STRICT;
