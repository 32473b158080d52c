"""One process that owns the port and keeps live, web and worker running.

It imports neither Django nor a database driver: it stays small, and nothing in them can end it.
"""
