-- The steps of one ticket, and of all that are not settled, without reading the others.
CREATE TABLE ticket_steps (
    ticket  TEXT NOT NULL,
    seq     INTEGER NOT NULL REFERENCES events (seq),
    PRIMARY KEY (ticket, seq)
) STRICT, WITHOUT ROWID;
