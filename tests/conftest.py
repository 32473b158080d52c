"""What every test may use; each concern has its own plugin."""

from __future__ import annotations

pytest_plugins = ["tests.plugins.required", "tests.plugins.postgres", "tests.plugins.stages"]
