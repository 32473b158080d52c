"""Finding a guide page. Latin words match from their beginning, Han by overlapping pairs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bitp.lib.text import LANGUAGES
from bitp.site.guide.pages import PAGES, GuidePage, GuideText, text_of

# A longer question adds nothing that its beginning does not say.
MAX_QUERY_CHARACTERS = 100
# Where a word stands says how much the page is about it.
TITLE, HEADING, KEYWORD, BODY = 8, 4, 4, 1
# Pages further below the best than this share are noise.
WORTH_SHOWING = 0.35

# Words of asking, which every page is full of and none is about.
_ASKING = re.compile(
    "为什么|怎么办|怎么|怎样|如何|什么|请问|我的|了|吗|呢|的|我"
    r"|\b(?:a|an|and|are|can|do|does|for|how|i|in|is|it|me|my|not|of|on|the|to|what|why|with)\b"
)
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    """Words, and pairs of neighbouring Han characters (a lone one stands for itself)."""
    found: list[str] = []
    for run in _RUN.findall(_plain(text)):
        if not "\u3400" <= run[0] <= "\u9fff" or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


def find_pages(query: str, language: str) -> list[GuideText]:
    """The pages a query is about, best first, as texts in ``language``; both are searched."""
    asked = _ASKING.sub(" ", _plain(query[:MAX_QUERY_CHARACTERS]))
    wanted = set(tokens(asked))
    scored = [(_score(page, wanted), page) for page in PAGES] if wanted else []
    best = max((score for score, _ in scored), default=0)
    worth = [each for each in scored if each[0] and each[0] >= best * WORTH_SHOWING]
    worth.sort(key=lambda each: -each[0])
    return [text_of(page, language) for _, page in worth]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _score(page: GuidePage, wanted: set[str]) -> int:
    return max(_score_text(page, language, wanted) for language in LANGUAGES)


def _score_text(page: GuidePage, language: str, wanted: set[str]) -> int:
    places = _places(page, language)
    return sum(
        max((weight for weight, words in places if _has(words, token)), default=0)
        for token in wanted
    )


@cache
def _places(page: GuidePage, language: str) -> tuple[tuple[int, str], ...]:
    """(weight, text) of each place, every text plain and led by a space."""
    text = text_of(page, language)
    headings = " ".join(words for _, words in text.headings)
    return tuple(
        (weight, " " + " ".join(_RUN.findall(_plain(words))))
        for weight, words in (
            (TITLE, text.title),
            (HEADING, headings),
            (KEYWORD, page.keywords),
            (BODY, f"{text.summary} {text.words}"),
        )
    )


def _has(words: str, token: str) -> bool:
    """Han anywhere, other words from their beginning."""
    return (token if "\u3400" <= token[0] <= "\u9fff" else f" {token}") in words
