"""The guide: six questions in two languages of equal worth."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from bitp.desk.conversations.models import TOPICS
from bitp.identity.models import Session
from bitp.lib.allowance import Allowance
from bitp.lib.signing import Signer
from bitp.lib.text import LANGUAGES
from bitp.site import labels, views
from bitp.site.guide import answers
from bitp.site.guide.pages import PAGES, GuidePage, text_of
from bitp.site.models import GuideAnswer
from tests.site.conftest import BROWSER

ADDRESS = "/support/guide/privacy"
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)


@every_page
def test_both_languages_have_the_same_parts(page: GuidePage) -> None:
    chinese, english = (text_of(page, language) for language in LANGUAGES)
    assert [anchor for anchor, _ in chinese.headings] == [anchor for anchor, _ in english.headings]
    assert len(chinese.headings) >= 5
    for tag in ("<li>", "<p>", "<dt>", "<strong>"):
        assert chinese.body.count(tag) == english.body.count(tag), tag


@every_page
def test_a_text_says_something_and_is_in_its_language(page: GuidePage) -> None:
    chinese, english = (text_of(page, language) for language in LANGUAGES)
    assert len(chinese.words) > 400
    assert len(english.words) > 1200
    assert "您" in chinese.summary + chinese.words
    assert not any("\u3400" <= each <= "\u9fff" for each in english.title + english.words)


@every_page
@pytest.mark.django_db
def test_a_page_ends_in_the_button_that_does_it(page: GuidePage, english: Client) -> None:
    content = english.get(f"/support/guide/{page.slug}").content.decode()
    end = content.partition('class="guide-end"')[2]
    for topic in page.topics:
        assert f'href="/support#chat" data-bitp-open data-topic="{topic}"' in end
    assert 'name="helped" value="yes"' in end


def test_the_topics_are_the_desk_s() -> None:
    assert set(labels.TOPICS) == set(TOPICS)
    assert {topic for page in PAGES for topic in page.topics} <= set(TOPICS)


@pytest.mark.parametrize("text", ["no title", "<h1>t</h1><p>no lead</p>", ""])
def test_a_file_without_its_shape_is_refused(
    text: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "en"  # type: ignore[operator]
    folder.mkdir()
    (folder / "odd.html").write_text(text)
    monkeypatch.setattr("bitp.site.guide.pages.FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"en/odd\.html"):
        text_of(GuidePage("odd", ("other",), "info", ""), "en")


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["yes", "no"])
def test_an_answer_is_kept_once_for_each_visit(said: str, chinese: Client) -> None:
    first = chinese.post(f"{ADDRESS}/answer", {"helped": said})
    assert first["Location"] == f"{ADDRESS}#helped"
    chinese.post(f"{ADDRESS}/answer", {"helped": "no"})
    chinese.post(f"{ADDRESS}/answer", {"helped": "yes"})
    stored = GuideAnswer.objects.get()
    assert (stored.page, stored.language, stored.helped) == ("privacy", "zh-hans", said == "yes")
    page = chinese.get(ADDRESS).content.decode()
    assert 'name="helped"' not in page


@pytest.mark.django_db
def test_each_page_and_each_visit_has_its_own_answer(english: Client, chinese: Client) -> None:
    english.post(f"{ADDRESS}/answer", {"helped": "yes"})
    english.post("/support/guide/wrong-price/answer", {"helped": "yes"})
    chinese.post(f"{ADDRESS}/answer", {"helped": "no"})
    answers = GuideAnswer.objects.order_by("pk").values_list("page", "language", "helped")
    assert list(answers) == [
        ("privacy", "en", True),
        ("wrong-price", "en", True),
        ("privacy", "zh-hans", False),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        (f"{ADDRESS}/answer", {"helped": "maybe"}, 302),
        (f"{ADDRESS}/answer", {}, 302),
        ("/support/guide/nothing/answer", {"helped": "yes"}, 404),
        ("/support/guide/../privacy/answer", {"helped": "yes"}, 404),
    ],
)
def test_what_is_no_answer_stores_nothing(
    address: str, body: dict[str, str], status: int, english: Client
) -> None:
    assert english.post(address, body).status_code == status
    assert not GuideAnswer.objects.exists()
    assert 'name="helped"' in english.get(ADDRESS).content.decode()


@pytest.mark.django_db
def test_an_answer_sent_from_elsewhere_stores_nothing() -> None:
    mallory = Client(enforce_csrf_checks=True, **BROWSER)
    assert mallory.post(f"{ADDRESS}/answer", {"helped": "no"}).status_code == 403
    assert not GuideAnswer.objects.exists()


@pytest.mark.django_db
def test_reading_stores_nothing_and_starts_no_session(english: Client) -> None:
    english.get(ADDRESS)
    assert "bitp_session" not in english.cookies
    assert english.get(f"{ADDRESS}/answer").status_code == 405
    assert not GuideAnswer.objects.exists()


@pytest.mark.django_db
def test_an_answer_starts_no_session(english: Client) -> None:
    english.post(f"{ADDRESS}/answer", {"helped": "yes"})
    assert GuideAnswer.objects.count() == 1
    assert not Session.objects.exists()
    assert "bitp_session" not in english.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cookie",
    [
        "nonsense",
        Signer("mallory", "guide-answers").sign({"answered": {"privacy": True}}, 60),
        Signer(settings.SECRET_KEY, "guide-answers").sign({"answered": "nonsense"}, 60),
        Signer(settings.SECRET_KEY, "guide-answers").sign({"answered": {"privacy": True}}, -1),
    ],
)
def test_a_cookie_that_holds_nonsense_counts_as_unanswered(cookie: str, english: Client) -> None:
    english.cookies[answers.COOKIE] = cookie
    assert 'name="helped"' in english.get(ADDRESS).content.decode()


@pytest.mark.django_db
def test_a_flood_of_answers_from_one_address_is_told_to_wait_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "ANSWERS", Allowance(burst=2, per_s=0.001))
    said = {"helped": "no"}
    for _ in range(2):
        assert Client().post(f"{ADDRESS}/answer", said, **BROWSER).status_code == 302
    page = Client().post(f"{ADDRESS}/answer", said, **BROWSER)
    refused = Client().post(f"{ADDRESS}/answer", said)
    assert (page.status_code, refused.status_code) == (429, 429)
    assert b"data-bitp-open" in page.content
    assert refused["Content-Type"] == "application/problem+json"
    assert int(page["Retry-After"]) == pytest.approx(int(refused["Retry-After"]), abs=5)
    assert refused.json()["retry_s"] == int(refused["Retry-After"]) > 1
    assert GuideAnswer.objects.count() == 2
    assert not Session.objects.exists()
    elsewhere = Client().post(f"{ADDRESS}/answer", said, REMOTE_ADDR="203.0.113.8")
    assert elsewhere.status_code == 302
