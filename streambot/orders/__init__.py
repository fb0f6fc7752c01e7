"""A shop's orders from its CSV export: read and checked row by row, read again when the file changes."""
