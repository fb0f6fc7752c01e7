"""The life of a rule pack: read from files, kept in the log, in force in rooms, changed while on air."""
