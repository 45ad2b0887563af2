"""Crash-safe persistence: atomic files, a lock, a ledger of stages, tables, vectors."""
