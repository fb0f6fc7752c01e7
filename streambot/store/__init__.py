"""The moderation log in one SQLite file: one writer connection with group commit, readers beside it."""
