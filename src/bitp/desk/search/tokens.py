"""The words of a text, as the index holds them and as a query asks for them.

Latin and other alphabets: each word in lower case, whatever stands between two words. Han and
kana, which know no spaces: overlapping pairs, and the last character of a run alone, so that every
character begins a token and is found by itself as a prefix. A reference, a mail address or an
amount is a row of words; a phrase finds it.
"""

from __future__ import annotations

import re
import unicodedata

from bitp.policies.secrets.finding import MASK_PATTERN, MASK_START

# Longer words are cut: every address and transaction id is shorter, and databases have limits.
WORD_CHARACTERS_MAX = 128

# Han with its iteration mark and zero, kana; also beyond the basic plane.
PAIRED = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
FIRST_PAIRED = PAIRED[0]
# Runs of paired characters, and words of any other script; the underscore belongs to neither.
RUN = re.compile(f"[{PAIRED}]+|[^\\W_{PAIRED}]+")
# All but ASCII, everyday Han and Chinese punctuation: without these nothing has to be unified, and
# most messages are spared half of the work.
_NOT_PLAIN = re.compile("[^\x00-\x7f\u4e00-\u9fff、。‘-”…！（），：；？]")
_STARTS_PAIRED = re.compile(f"[{PAIRED}]")


def tokens_of(text: str) -> str:
    """The tokens of a text in order, separated by spaces; masks of secrets give none."""
    if MASK_START in text:
        text = MASK_PATTERN.sub(" ", text)
    tokens: list[str] = []
    for run in RUN.findall(folded(text)):
        if run[0] >= FIRST_PAIRED and is_paired(run):
            tokens += map(str.__add__, run, run[1:])
            tokens.append(run[-1])
        else:
            tokens.append(run[:WORD_CHARACTERS_MAX])
    return " ".join(tokens)


def folded(text: str) -> str:
    """The text as words are compared: full-width forms and capitals are ordinary letters."""
    if not text.isascii() and _NOT_PLAIN.search(text):
        text = unicodedata.normalize("NFKC", text)
    return text.lower()


def is_paired(run: str) -> bool:
    """Whether a run that RUN found is of a script without spaces."""
    return _STARTS_PAIRED.match(run) is not None


def pairs_of(run: str) -> list[str]:
    """The overlapping pairs of a run; none of a single character."""
    return [run[at : at + 2] for at in range(len(run) - 1)]
