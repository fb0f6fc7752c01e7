"""What moderation is. Pure: no I/O, no clock, no randomness, no await."""
