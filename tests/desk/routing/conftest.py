"""Browsers for the operators' pages of queues."""

from __future__ import annotations

from tests.desk.staff.conftest import open_desk, origin

__all__ = ["open_desk", "origin"]
