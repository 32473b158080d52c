"""Files in the widget: handed over, shown to both sides, and refused with why."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.survival.running import System
from tests.web.client.conftest import Desk, Host, open_chat, reference_of, write

pytestmark = pytest.mark.browser

PASTE = """(name) => {
  const data = new DataTransfer();
  data.items.add(new File(["pasted words"], name, { type: "text/plain" }));
  const form = document.querySelector("bitp-chat").shadowRoot.querySelector(".composer");
  const how = { dataTransfer: data, bubbles: true, cancelable: true };
  form.dispatchEvent(new DragEvent("drop", how));
}"""


def screenshot() -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(drawn, "PNG")
    return {"name": "screen.png", "mimeType": "image/png", "buffer": drawn.getvalue()}


def choose(page: Page, *files: dict[str, Any]) -> None:
    """By the button, as a person does."""
    with page.expect_file_chooser() as asked:
        page.locator("bitp-chat").get_by_role("button", name="Attach files").click()
    asked.value.set_files(list(files))  # type: ignore[arg-type]


def begin(page: Page, url: str) -> str:
    open_chat(page, url)
    write(page, "Here is my statement")
    return reference_of(page)


def test_a_picture_goes_with_a_message_and_both_sides_see_it(
    page: Page, system: System, carol: Desk
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    reference = begin(page, f"{system.origin}/support")
    assert not [url for url in asked if "/widget/files" in url]
    choose(page, screenshot())
    tray = page.locator("bitp-chat .files-item")
    expect(tray).to_contain_text("screen.png")
    expect(tray.locator(".files-size")).to_be_visible()
    write(page, "as a picture")
    picture = page.locator("bitp-chat .ours .files-picture")
    expect(picture).to_be_visible()
    page.wait_for_function(
        "() => document.querySelector('bitp-chat').shadowRoot"
        ".querySelector('.files-picture').naturalWidth === 400"
    )
    expect(tray).to_have_count(0)
    stored = [each for each in carol.stored(text="as a picture") if each["number"] == 2]
    assert len(stored) == 1
    page.reload()
    expect(page.locator("bitp-chat .ours .files-picture")).to_be_visible()
    assert reference_of(page) == reference
    assert page.wrong == []  # type: ignore[attr-defined]


def test_a_refused_file_says_why_and_a_dropped_one_is_sent_without_a_word(
    page: Page, system: System, carol: Desk
) -> None:
    begin(page, f"{system.origin}/support")
    choose(page, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00 a program"})
    refused = page.locator("bitp-chat .files-why")
    expect(refused).to_contain_text("This kind of file is not accepted")
    page.locator("bitp-chat .files-act", has_text="Remove").click()
    expect(refused).to_have_count(0)
    page.evaluate(PASTE, "notes.txt")
    expect(page.locator("bitp-chat .files-item .files-size")).to_be_visible()
    page.locator("bitp-chat .send").click()
    expect(page.locator("bitp-chat .ours .files-open")).to_contain_text("notes.txt")
    with page.expect_download() as download:
        page.locator("bitp-chat .ours .files-open").click()
    assert download.value.suggested_filename == "notes.txt"
    assert download.value.path().read_text() == "pasted words"


def test_an_upload_without_a_line_is_tried_again(page: Page, system: System, carol: Desk) -> None:
    begin(page, f"{system.origin}/support")
    page.route("**/chat/attachments?*", lambda route: route.abort(), times=1)
    choose(page, screenshot())
    expect(page.locator("bitp-chat .files-why")).to_contain_text("no connection")
    page.locator("bitp-chat .files-act", has_text="Try again").click()
    expect(page.locator("bitp-chat .files-item .files-size")).to_be_visible()


def test_on_another_site_files_are_sent_and_shown_by_name(
    page: Page, system: System, host: Host, carol: Desk
) -> None:
    """The site's policy forbids pictures of others: the name stands in its place."""
    begin(page, host.origin)
    choose(page, screenshot())
    expect(page.locator("bitp-chat .files-item .files-size")).to_be_visible()
    write(page, "from another site")
    expect(page.locator("bitp-chat .ours .files-open")).to_contain_text("screen.png")
