"""One running system and one browser for all journeys of a module."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.plugins.stages import browser_for, system_for

# Two browsers, three processes and a loaded machine of two cores.
expect.set_options(timeout=20_000)

system = system_for("module")
browser = browser_for("module")
