"""The console over HTTP: the page, its data, and what an agent does; nothing is decided here."""
