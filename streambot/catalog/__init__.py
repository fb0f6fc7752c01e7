"""The catalog's files: read and checked cell by cell, read again when they change; what is wrong changes nothing."""
