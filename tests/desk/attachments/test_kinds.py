"""What a file is and what it may be called: by content, whatever its sender says."""

from __future__ import annotations

import io
import warnings
import zipfile

import pytest
from PIL import Image, PngImagePlugin

from bitp.desk.attachments import pictures
from bitp.desk.attachments.kinds import decide, safe_name
from tests.desk.attachments.conftest import (
    PDF,
    body_of,
    get,
    hand_over,
    handed,
    picture,
    state,
    told,
)
from tests.people import make_visitor


@pytest.mark.parametrize(
    ("head", "name", "type_"),
    [
        (picture("JPEG"), "a.exe", "image/jpeg"),
        (picture("PNG"), "a", "image/png"),
        (picture("WEBP"), "a", "image/webp"),
        (picture("GIF"), "a", "image/gif"),
        (PDF, "a.jpg", "application/pdf"),
        (PDF + b"\x00\x01", "a.jpg", "application/pdf"),
        ("您好".encode(), "a.txt", "text/plain"),
        ("您好".encode("gb18030"), "a.txt", "text/plain"),
        ("您好".encode("utf-16"), "a.txt", "text/plain"),
        (b"time,price\n1,2\n", "fills.csv", "text/csv"),
        (b"  <!DOCTYPE HTML>", "a.txt", "text/html"),
        (b"<?xml version='1.0'?><x:svg/>", "a.png", "image/svg+xml"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2", "a.mp4", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ", "a.mov", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01webm", "a.webm", "video/webm"),
        (b"PK\x03\x04\x14\x00", "a.docx", "application/zip"),
        (b"MZ\x90\x00\x03\x00", "a.jpg", "application/octet-stream"),
        (b"\x7fELF\x02\x01\x01\x00", "a.pdf", "application/octet-stream"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "a.doc", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.jpg", "application/octet-stream"),
        (b"BM\x00\x00\x00", "a.jpg", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_content_says(head: bytes, name: str, type_: str) -> None:
    assert decide(head, b"", name) == type_


@pytest.mark.parametrize(
    ("name", "type_", "safe"),
    [
        ("statement.pdf", "application/pdf", "statement.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\alice\\护照.JPG", "image/jpeg", "护照.jpg"),
        ("photo.jpg.exe", "image/jpeg", "photo_jpg_exe.jpg"),
        ("invoice.exe.pdf", "application/pdf", "invoice_exe.pdf"),
        ("photo\u202egpj.exe", "image/jpeg", "photogpj_exe.jpg"),
        ("a\x00b\nc\u200b.txt", "text/plain", "abc.txt"),
        ("report 1.2.pdf", "application/pdf", "report 1.2.pdf"),
        ("", "image/png", "file.png"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("...", "text/plain", "file.txt"),
        ('a"; filename="b.exe', "image/png", "a ; filename= b_exe.png"),
        ("长" * 300 + ".png", "image/png", "长" * 96 + ".png"),
        ("x.csv", "text/csv", "x.csv"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_what_it_is(name: str, type_: str, safe: str) -> None:
    assert safe_name(name, type_) == safe


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_drawn_anew_so_that_nothing_of_its_maker_stays() -> None:
    alice = make_visitor("Alice")
    exif = Image.Exif()
    exif[0x010F] = "canary-camera"
    exif[0x0112] = 6  # lies on its side
    content = picture("JPEG", (64, 48), exif=exif, comment=b"canary-comment")
    assert b"canary-camera" in content
    reference = handed(alice, content, "a.jpg")
    given = body_of(get(alice, reference))
    assert b"canary" not in given
    with Image.open(io.BytesIO(given)) as drawn:
        assert (drawn.format, drawn.size, len(drawn.getexif())) == ("JPEG", (48, 64), 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP"])
def test_what_is_hidden_behind_or_in_a_picture_is_gone(format_: str) -> None:
    alice = make_visitor("Alice")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("canary.html", "<script>canary</script>")
    content = picture(format_) + b"<script>canary()</script>%PDF-1.7" + archive.getvalue()
    given = body_of(get(alice, handed(alice, content, "a.jpg")))
    assert b"canary" not in given
    assert b"PK\x03\x04" not in given
    assert b"%PDF" not in given


@pytest.mark.django_db(transaction=True)
def test_text_hidden_in_a_png_is_gone() -> None:
    alice = make_visitor("Alice")
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "canary")
    content = picture("PNG", pnginfo=said)
    assert b"canary" in content
    assert b"canary" not in body_of(get(alice, handed(alice, content, "a.png")))


@pytest.mark.django_db(transaction=True)
def test_a_bomb_of_pixels_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = make_visitor("Alice")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        bomb = io.BytesIO()
        Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
        smaller = picture("PNG", (8_000, 7_000))
        before = state()
        monkeypatch.setattr(pictures, "_plain", lambda _opened: pytest.fail("it was drawn"))
        for content in (bomb.getvalue(), smaller):
            refused = hand_over(alice, content, "a.png")
            assert (refused.status_code, told(refused)["code"]) == (422, "too_many_pixels")
    assert state() == before


@pytest.mark.django_db(transaction=True)
def test_a_large_picture_is_kept_readable_and_gets_a_small_thumbnail() -> None:
    alice = make_visitor("Alice")
    reference = handed(alice, picture("JPEG", (5_000, 2_500)), "a.jpg")
    with Image.open(io.BytesIO(body_of(get(alice, reference)))) as drawn:
        assert drawn.size == (4_096, 2_048)
    small = get(alice, reference, query="?size=small")
    assert small["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(body_of(small))) as drawn:
        assert drawn.size == (480, 240)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cut", [100, 400])
def test_half_a_picture_is_refused_and_leaves_nothing(cut: int) -> None:
    alice = make_visitor("Alice")
    before = state()
    refused = hand_over(alice, picture("PNG", (300, 300))[:cut], "a.png")
    assert (refused.status_code, told(refused)["code"]) == (422, "bad_picture")
    assert state() == before
