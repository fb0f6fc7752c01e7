"""Interaction prompts from TOML files, checked and kept up to date while on air."""
