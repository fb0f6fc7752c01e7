CREATE TABLE rooms (
    name      TEXT PRIMARY KEY,
    platform  TEXT NOT NULL,
    id        TEXT NOT NULL
) STRICT;

CREATE TABLE broadcasts (
    id          TEXT PRIMARY KEY,
    room        TEXT NOT NULL,
    started_at  REAL NOT NULL,
    ended_at    REAL
) STRICT;
CREATE INDEX broadcasts_by_room ON broadcasts (room, started_at);

CREATE TABLE comments (
    key          INTEGER PRIMARY KEY,
    platform     TEXT NOT NULL,
    room         TEXT NOT NULL,
    comment      TEXT NOT NULL,
    author       TEXT NOT NULL,
    author_name  TEXT NOT NULL,
    roles        TEXT NOT NULL,
    text         TEXT NOT NULL,
    sent_at      REAL NOT NULL,
    received_at  REAL NOT NULL,
    traceable    INTEGER NOT NULL,
    extra        TEXT NOT NULL DEFAULT '{}',
    UNIQUE (platform, room, comment)
) STRICT;
CREATE INDEX comments_by_author ON comments (platform, author);

CREATE TABLE events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    at         REAL NOT NULL,
    room       TEXT NOT NULL,
    broadcast  TEXT,
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    comment    INTEGER REFERENCES comments (key),
    act        TEXT,
    reason     TEXT NOT NULL DEFAULT '',
    reverses   TEXT,
    intent     TEXT,
    language   TEXT,
    degraded   INTEGER NOT NULL DEFAULT 0,
    pack       TEXT NOT NULL DEFAULT '',
    model      TEXT NOT NULL DEFAULT '',
    data       TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE UNIQUE INDEX events_one_decision_a_comment ON events (comment) WHERE kind = 'decision';
CREATE INDEX events_by_comment ON events (comment);
CREATE INDEX events_by_room ON events (room, seq);
CREATE INDEX events_by_act ON events (act, seq) WHERE act IS NOT NULL AND act <> 'allow';
CREATE INDEX events_by_kind ON events (kind, seq) WHERE kind <> 'decision';

CREATE TRIGGER events_are_never_edited BEFORE UPDATE ON events
BEGIN
    SELECT RAISE (ABORT, 'the log is append-only');
END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE (ABORT, 'the log is append-only');
END;

CREATE TABLE event_labels (
    label  TEXT NOT NULL,
    seq    INTEGER NOT NULL REFERENCES events (seq),
    score  REAL NOT NULL,
    PRIMARY KEY (label, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_labels_by_event ON event_labels (seq);

CREATE TABLE outbox (
    key         INTEGER PRIMARY KEY,
    event       TEXT NOT NULL REFERENCES events (id),
    operation   TEXT NOT NULL,
    platform    TEXT NOT NULL,
    room        TEXT NOT NULL,
    room_id     TEXT NOT NULL,
    comment     TEXT,
    author      TEXT,
    text        TEXT,
    duration    INTEGER,
    reason      TEXT NOT NULL,
    simulated   INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('proposed', 'pending', 'sending', 'settled')),
    result      TEXT,
    detail      TEXT NOT NULL DEFAULT '',
    not_before  REAL NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    changed_at  REAL NOT NULL,
    UNIQUE (event, operation),
    CHECK ((state = 'settled') = (result IS NOT NULL))
) STRICT;
CREATE INDEX outbox_open ON outbox (state, not_before) WHERE state <> 'settled';
CREATE INDEX outbox_open_by_comment ON outbox (comment) WHERE state <> 'settled';

CREATE TABLE commands (
    key      TEXT PRIMARY KEY,
    request  TEXT NOT NULL,
    reply    TEXT NOT NULL,
    at       REAL NOT NULL
) STRICT;

CREATE TABLE tokens (
    id          TEXT PRIMARY KEY,
    hash        TEXT NOT NULL UNIQUE,
    role        TEXT NOT NULL,
    created_at  REAL NOT NULL,
    revoked_at  REAL
) STRICT;
