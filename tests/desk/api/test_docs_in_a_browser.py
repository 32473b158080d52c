"""The page on which the API is tried, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route
from pytest_django.live_server_helper import LiveServer

from tests.desk.api.programs import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_shows_the_operations_and_asks_nobody_else(
    empty_browser: Browser, live_server: LiveServer
) -> None:
    page = empty_browser.new_page()
    elsewhere, faults = [], []

    def judge(route: Route) -> None:
        if route.request.url.startswith((live_server.url, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    page.route("**/*", judge)
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}{ROOT}/docs")
    page.get_by_text("Open a conversation").first.wait_for()
    page.get_by_text("/api/v1/events").first.wait_for()
    assert elsewhere == []
    assert faults == []
