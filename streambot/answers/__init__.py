"""The files of canned answers: read and checked at start, and again whenever one changes."""
