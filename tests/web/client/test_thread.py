"""One conversation's state: pages, events and acknowledgements in any order, nothing twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.client.conftest import script

pytestmark = pytest.mark.browser

SEEDS = 400

INTERLEAVE = script("interleave")


def test_any_order_of_pages_events_and_acks_gives_the_same_conversation(blank: Page) -> None:
    wrong = blank.evaluate(INTERLEAVE, SEEDS)
    print(f"thread: {SEEDS} interleavings, {len(wrong)} wrong")
    assert wrong == []


def run(page: Page, body: str) -> object:
    """The body with a fresh ``thread`` and the short words of conversation.js."""
    return page.evaluate(script("conversation").replace("BODY", body))


def test_a_long_absence_leaves_a_hole_that_earlier_pages_close(blank: Page) -> None:
    holes = run(
        blank,
        """
        thread.mergePage(page(1, 20, false));
        thread.mergePage(page(60, 90, true));
        const holes = [thread.hole];
        thread.mergePage(page(40, 59, true), 60);
        holes.push(thread.hole);
        thread.mergePage(page(15, 39, true), 40);
        return [...holes, thread.hole, thread.more, thread.rows().length];
        """,
    )
    assert holes == [60, 40, 0, False, 90]


def test_live_messages_go_on_from_the_page_and_acks_do_not(blank: Page) -> None:
    holes = run(
        blank,
        """
        thread.mergePage(page(1, 20, false));
        thread.mergeEvent(posted(21));
        thread.mergeEvent(posted(23));            // 22 is a note
        thread.mergeAck({ cid: "c", number: 80, text: "mine", at_us: 80 }, null);
        thread.mergePage(page(60, 90, true));
        const hole = thread.hole;
        thread.mergePage({ messages: [message(23), message(24)], more: true, head: 90 }, 60);
        return [hole, thread.hole];
        """,
    )
    assert holes == [60, 0]


def test_the_acknowledged_text_replaces_ones_own(blank: Page) -> None:
    said = run(
        blank,
        """
        const item = { cid: "c", body: "my seed is abandon …", at_ms: 1, state: "waiting" };
        thread.addOwn(item);
        thread.mergeAck({ cid: "c", number: 1, text: "my seed is ⟦removed⟧", at_us: 1 }, item);
        return thread.rows().map((row) => [row.text, row.state]);
        """,
    )
    assert said == [["my seed is ⟦removed⟧", "sent"]]


def test_unread_counts_the_other_sides_messages_after_the_mark(blank: Page) -> None:
    counts = run(
        blank,
        """
        thread.mergeEvent(posted(1)); thread.mergeEvent(posted(2, "contact"));
        thread.mergeEvent(posted(3)); thread.mergeEvent(posted(4, "system"));
        const counts = [thread.unread];
        thread.mergeEvent(marked(9, { who: "contact", read: 1 }));
        counts.push(thread.unread);
        thread.mergeEvent(marked(10, { who: "contact", read: 4 }));
        return [...counts, thread.unread, thread.marks.contact.delivered];
        """,
    )
    assert counts == [2, 1, 0, 4]


def test_typing_fades_and_ends_with_the_message(blank: Page) -> None:
    seen = run(
        blank,
        """
        thread.setTyping({ who: "contact", name: "me", on: true }, 0);
        const seen = [thread.typing(1)];
        thread.setTyping({ who: "agent", name: "Carol", on: true }, 0);
        seen.push(thread.typing(5_999), thread.typing(6_001));
        thread.mergeEvent(posted(1));
        return [...seen, thread.typing(1)];
        """,
    )
    assert seen == [None, "Carol", None, None]


def test_an_erased_message_is_a_place_without_text(blank: Page) -> None:
    rows = run(
        blank,
        """
        const erased = { erased: true, conversation: "BP", number: 1, kind: "text", note: false };
        thread.mergeEvent({ kind: "message.posted", n: 1, data: erased });
        thread.mergeEvent(posted(2));
        return [thread.rows().map((row) => [row.number, row.kind, row.text]), thread.unread];
        """,
    )
    assert rows == [[[1, "erased", ""], [2, "text", "t2"]], 1]


LINKS = {
    "see https://bitp.example/a(b), and (https://x.example/y).": [
        "https://bitp.example/a(b)",
        "https://x.example/y",
    ],
    "请看https://bitp.example，谢谢": ["https://bitp.example"],
    "https://bitp.example@evil.example": [],
    "https://a:b@evil.example": [],
    "https://пример.example javascript:alert(1) data:text/html,x": [],
    "\u202ehttps://bitp.example/\u202cgpj.exe": ["https://bitp.example/"],
    "xhttps://bitp.example ftp://bitp.example http://": [],
    "<a href='https://bitp.example'>": ["https://bitp.example"],
    "https://" + "a" * 3_000 + ".example": [],
}


def test_only_plain_addresses_become_links_and_nothing_becomes_html(blank: Page) -> None:
    for text, expected in LINKS.items():
        found = blank.evaluate(
            """async (text) => {
              const { withLinks } = await import("/static/client/links.js");
              const rel = "noopener noreferrer nofollow";
              const isSafe = (a) => a.rel === rel && a.dir === "ltr" && a.target === "_blank";
              const box = document.createElement("div");
              box.append(withLinks(text));
              const links = [...box.querySelectorAll("a")];
              const tags = box.querySelectorAll(":not(a, bdi)").length;
              return { text: box.textContent, tags,
                links: links.map((a) => a.textContent), rel: links.every(isSafe) };
            }""",
            text,
        )
        assert found == {"text": text, "tags": 0, "links": expected, "rel": True}, text


def test_hostile_text_is_read_in_linear_time(blank: Page) -> None:
    took_ms = blank.evaluate(
        """async () => {
          const { pieces } = await import("/static/client/links.js");
          const many = 200_000;
          const brackets = "https://a" + ")".repeat(many) + "a";
          const texts = ["http://".repeat(30_000), brackets, "https://" + "(".repeat(many)];
          const began = performance.now();
          for (const text of texts) pieces(text);
          return performance.now() - began;
        }"""
    )
    assert took_ms < 3_000


def test_times_are_said_as_people_there_say_them(blank: Page) -> None:
    said = blank.evaluate(
        """async () => {
          const words = await import("/static/client/words.js");
          const now = new Date(2026, 10, 22, 15, 0).getTime();
          const us = (...parts) => new Date(...parts).getTime() * 1000;
          const iso = (...parts) => new Date(...parts).toISOString();
          return ["en", "zh-hans"].map((language) => [
            words.clock(us(2026, 10, 22, 9, 5), language),
            words.day(us(2026, 10, 22, 0, 1), language, now),
            words.day(us(2026, 10, 21, 23, 59), language, now),
            words.day(us(2025, 0, 2), language, now),
            words.relative(us(2026, 10, 22, 14, 55), language, now),
            words.opening(iso(2026, 10, 23, 9, 0), language, now),
            words.opening(iso(2026, 10, 24, 9, 0), language, now),
            words.list(["Ann", "Ben", "Cleo"], language),
            words.supported(language === "en" ? "fr-FR" : "zh-TW"),
          ]);
        }"""
    )
    assert said == [
        [
            "09:05",
            "Today",
            "Yesterday",
            "January 2, 2025",
            "5 minutes ago",
            "tomorrow at 09:00",
            "Tuesday at 09:00",
            "Ann, Ben, and Cleo",
            "en",
        ],
        [
            "09:05",
            "今天",
            "昨天",
            "2025年1月2日",
            "5分钟前",
            "明天 09:00",
            "星期二 09:00",
            "Ann、Ben和Cleo",
            "zh-hans",
        ],
    ]
