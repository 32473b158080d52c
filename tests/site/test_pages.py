"""Every page of the customers' site: languages, links, and what it may not contain."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from bitp.site.guide.pages import PAGES
from bitp.site.views import home
from tests.site.conftest import BROWSER

ADDRESSES = [
    "/",
    "/support",
    "/support?q=TXID",
    "/support?q=qwertyqwerty",
    "/support/conversations",
    *(f"/support/guide/{page.slug}" for page in PAGES),
]

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    """The addresses a page leads to, the anchors it has, and what a strict policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.forbidden: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.add(value)
            if name == "href" and tag == "a" and value:
                self.links.append(value)
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}")
        self._in_script = tag == "script"
        if tag == "style":
            self.forbidden.append(tag)

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.forbidden.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_answers_in_the_browser_s_language(
    address: str, english: Client, chinese: Client
) -> None:
    assert '<html lang="en"' in read(english, address)
    assert '<html lang="zh-hans"' in read(chinese, address)


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-TW", "zh-hans"), ("zh", "zh-hans"), ("fr", "en"), ("", "en")]
)
def test_every_chinese_reads_chinese_and_anyone_else_english(tag: str, language: str) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE=tag, **BROWSER)
    assert f'<html lang="{language}"' in read(client, "/support/guide/privacy")


def test_the_chosen_language_wins_lasts_a_year_and_keeps_the_page(english: Client) -> None:
    response = english.post("/language", {"language": "zh-hans", "next": "/support?q=TXID"})
    assert response.status_code == 302
    assert response["Location"] == "/support?q=TXID"
    assert response.cookies["bitp_language"]["max-age"] == 365 * 24 * 3600
    assert '<html lang="zh-hans"' in read(english, "/")
    english.post("/language", {"language": "en"})
    assert '<html lang="en"' in read(english, "/")


@pytest.mark.parametrize("address", ["/language", "/theme"])
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_a_switch_never_leads_elsewhere(address: str, target: str, english: Client) -> None:
    response = english.post(address, {"language": "en", "theme": "dark", "next": target})
    assert response["Location"] == "/"


def test_a_theme_is_remembered_and_taken_back(english: Client) -> None:
    assert "data-theme" not in read(english, "/")
    english.post("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in read(english, "/")
    english.post("/theme", {"theme": '"><script>'})
    assert "data-theme" not in read(english, "/")


def test_a_forged_theme_cookie_is_ignored(english: Client) -> None:
    english.cookies["bitp_theme"] = 'dark" onload="x'
    assert "data-theme" not in read(english, "/")


@pytest.mark.parametrize("address", ["/language", "/theme"])
def test_a_switch_is_not_a_link(address: str, english: Client) -> None:
    assert english.get(address).status_code == 405


def test_no_link_of_any_page_is_dead(english: Client, chinese: Client) -> None:
    for client in (english, chinese):
        seen: dict[str, Links] = {}
        waiting = {"/"}
        wanted: list[tuple[str, str, str]] = []
        while waiting:
            address = waiting.pop()
            seen[address] = Links(read(client, address))
            for link in seen[address].links:
                if not link.startswith(("/", "#", "?")):
                    continue
                path, _, anchor = link.partition("#")
                path = path or address
                wanted.append((address, path, anchor))
                if path not in seen:
                    waiting.add(path)
        for source, path, anchor in wanted:
            assert not anchor or anchor in seen[path].anchors, f"{source}: {path}#{anchor}"
        assert len(seen) >= len(ADDRESSES) - 2


@pytest.mark.parametrize("address", [*ADDRESSES, "/nothing-here"])
def test_a_page_holds_no_inline_script_or_style(address: str, english: Client) -> None:
    page = english.get(address).content.decode()
    assert Links(page).forbidden == []


def test_the_chat_is_on_every_page(english: Client) -> None:
    for address in ADDRESSES:
        page = read(english, address)
        assert '<script src="/widget.js" defer data-inbox="site"></script>' in page, address


def test_what_is_not_built_yet_is_not_in_the_navigation(english: Client) -> None:
    header = read(english, "/").partition("</header>")[0]
    assert "Support" in header
    assert not re.search("Markets|Wallet|Orders", header)


def test_the_page_one_is_on_is_marked(english: Client) -> None:
    header = read(english, "/support").partition("</header>")[0]
    assert re.search(r'href="/support" aria-current="page"', header)


def test_only_reading_is_allowed_where_nothing_is_written(english: Client) -> None:
    assert english.post("/").status_code == 405
    assert home.right == "public"  # type: ignore[attr-defined]
