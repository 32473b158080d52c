"""Files between a customer and Carol at her console."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, expect

from tests.desk.console.at_work import SitDown
from tests.desk.console.test_console_in_a_browser import customer_page
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.once]


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(drawn, "JPEG")
    return drawn.getvalue()


def test_files_go_both_ways_and_a_notes_file_stays_inside(
    browser: Browser, system: System, sit_down: SitDown
) -> None:
    carol = sit_down("carol")
    customer = customer_page(browser, system)
    customer.locator("bitp-chat .composer textarea").fill("Please look at my screen")
    customer.locator("bitp-chat .composer textarea").press("Enter")
    with customer.expect_file_chooser() as asked:
        customer.locator("bitp-chat").get_by_role("button", name="Attach files").click()
    asked.value.set_files([FilePayload(name="s.jpg", mimeType="image/jpeg", buffer=picture())])
    expect(customer.locator("bitp-chat .files-size")).to_be_visible()
    customer.locator("bitp-chat .send").click()

    carol.page.locator(".row", has_text="s.jpg").locator("a").click()
    expect(carol.page.locator(".files-picture")).to_be_visible()
    carol.page.wait_for_function(
        "() => document.querySelector('.files-picture').naturalWidth === 320"
    )
    with carol.page.expect_popup() as opened:
        carol.page.locator(".files-open").click()
    assert "/console/attachments/" in opened.value.url or opened.value.url == "about:blank"
    opened.value.close()

    files = carol.page.locator("#composer-files")
    files.set_input_files([FilePayload(name="x.exe", mimeType="image/png", buffer=b"MZ\x90\x00")])
    expect(carol.page.locator(".files-why")).to_contain_text("not accepted")
    carol.page.locator(".files-act", has_text="Remove").click()
    for name, mode in (("inside.txt", "note"), ("answer.txt", "reply")):
        carol.page.locator(f"#tab-{mode}").click()
        files.set_input_files([FilePayload(name=name, mimeType="text/plain", buffer=b"words")])
        expect(carol.page.locator(".files-item .files-size")).to_be_visible()
        carol.page.locator("#send").click()
        expect(carol.page.locator("#thread .files-open", has_text=name)).to_be_visible()
    expect(customer.locator("bitp-chat .theirs .files-open")).to_have_text("answer.txt1 kB")
    expect(customer.locator("bitp-chat", has_text="inside.txt")).to_have_count(0)
    customer.context.close()
