"""A null character in an address is answered as something that is not there."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/%00", "/support?q=%00", "/support?q=a%00b&page=1", "/console/data/c/%00"]
)
def test_nothing_has_a_null_character_in_its_address(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
