from __future__ import annotations

from collections.abc import Iterator

import pytest

from bitp.desk.api.limits import forget_counts
from bitp.desk.staff.models import Member
from tests.desk.api.programs import Program
from tests.people import make_member


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    """No test is refused for what another one asked."""
    forget_counts()
    yield
    forget_counts()


@pytest.fixture
def erin(db: None) -> Member:
    return make_member("Erin", "operator")


@pytest.fixture
def program(erin: Member) -> Program:
    """Erin's program, which may do everything."""
    return Program(erin)
