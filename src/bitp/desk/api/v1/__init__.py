"""Version 1 of the JSON API: one file for each thing it is about."""
