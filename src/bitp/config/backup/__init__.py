"""Backups: one folder that holds the database, the sealed files, and a manifest of both.

The folder gets its name only when everything in it is on the disk, so half a backup is never
mistaken for one. It holds wrapped keys and the master key's fingerprint, never the key.
"""
