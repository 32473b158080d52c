"""Every address says who may use it; one that does not, fails here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bitp.desk.staff.models import ROLES
from bitp.identity import rights
from bitp.identity.models import User
from tests.identity.signing_in import sign_in_customer
from tests.people import make_customer

# "contact": whoever writes to us, by the access token of their own conversations; "contacts": each
# of them, for what is not about a conversation yet; "program":
# whoever holds an API token, whose scopes tests/desk/api tries one by one.
OUTSIDE = {rights.PUBLIC, rights.CUSTOMER, "contact", "contacts", "program"}
SIMPLE = OUTSIDE | {"staff"}
# A value for each placeholder that an address may hold.
SAMPLES = {"int": "1", "str": "BP-7K3M-Q2XD", "slug": "privacy", "path": "a", "uuid": "0" * 32}


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every route of the project with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def example(route: str) -> str:
    """A path that the route answers."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found.group(1) or "str"], route)


def is_known(right: object) -> bool:
    return right in SIMPLE or (
        isinstance(right, str) and set(right.split("+")) <= set(ROLES) and right != ""
    )


ALL = sorted(addresses(), key=lambda each: each[0])
CONSOLE = [route for route, view in ALL if route.startswith("console/")]
GUARDED = [
    route
    for route, view in ALL
    if route.startswith("console/") and getattr(view, "right", "") != rights.PUBLIC
]


def test_there_are_addresses_on_both_sides() -> None:
    print(f"addresses: {len(ALL)}, of them in the console: {len(CONSOLE)}")
    assert len(CONSOLE) > 20
    assert len(ALL) > len(CONSOLE) + 10


@pytest.mark.parametrize("route", [route for route, _ in ALL])
def test_it_declares_who_may_use_it(route: str) -> None:
    view = dict(ALL)[route]
    assert is_known(getattr(view, "right", None)), (
        f"/{route} declares no right: decorate {view.__module__}.{view.__qualname__} with public, "
        "staff_only or role (bitp.desk.staff.rights)"
    )


def test_an_address_lies_on_the_side_of_its_right() -> None:
    for route, view in ALL:
        right = getattr(view, "right", rights.PUBLIC)
        if right != rights.PUBLIC:
            assert route.startswith("console/") == (right not in OUTSIDE), route


@pytest.mark.django_db
@pytest.mark.parametrize("route", GUARDED)
def test_strangers_and_customers_get_nothing_of_the_console(client: Client, route: str) -> None:
    alice = User.objects.get(pk=int(make_customer("Alice").customer))
    for who in (client, sign_in_customer(Client(), alice)):
        for ask in (who.get, who.post, who.delete):
            answer = ask(example(route), HTTP_ACCEPT="application/json")
            assert answer.status_code in {401, 404, 405}, (route, ask.__name__)
            page = ask(example(route), HTTP_ACCEPT="text/html")
            assert page.status_code in {302, 404, 405}, (route, ask.__name__)
