"""The process of ``search``: fills the database it is set up for, asks, prints JSON.

``searching COUNT``: how many messages. Settings come from the environment.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import psutil  # type: ignore[import-untyped]

# Messages written without the index, to see what it costs; filled in afterwards.
BARE = 10_000
# Each kind of query is asked so often, with other words each time where there are others.
TIMES = 12
QUANTILE = 0.95
DAY_US = 24 * 3600 * 1_000_000


def main() -> None:
    """One run."""
    from bitp.config.django_setup import set_up_django
    from bitp.config.preparation import migrate

    count = int(sys.argv[1])
    set_up_django()
    migrate()
    sys.stdout.buffer.write(msgspec.json.encode(_measure(count)) + b"\n")


def _measure(count: int) -> dict[str, Any]:
    from bitp.config.bench.archive import Archive, Written
    from bitp.desk.channels.changes import site_inbox
    from bitp.desk.search.filling import check_agreement, fill
    from bitp.desk.staff.models import Member
    from bitp.identity.models import STAFF, User

    user = User.objects.create_user("bench@staff.example.com", kind=STAFF, name="Bench")
    member = Member.objects.create(user=user, alias="Bench", role="agent")
    archive = Archive(count, site_inbox().pk, member.pk)
    archive.make_people()
    bare = archive.write(0, BARE, indexed=False)
    full: Written = archive.write(BARE, count, indexed=True)
    for _ in fill():
        pass
    agreement = check_agreement()
    assert agreement.is_complete, agreement
    times, raw = _ask(archive, member)
    everything = [each for some in times.values() for each in some]
    return {
        "work": {
            "messages": count,
            "conversations": len(archive.targets),
            "asked": len(everything),
        },
        "figures": {
            "p50_ms": _quantile(everything, 0.5),
            "p95_ms": _quantile(everything, QUANTILE),
            "max_ms": round(max(everything), 2),
            **{f"p95_ms_{name}": _quantile(some, QUANTILE) for name, some in times.items()},
            "index_us_per_message": round(full.us_each() - bare.us_each(), 1),
            "tokens_us_per_message": round(full.tokens_s / full.messages * 1e6, 1),
            "message_us_without_index": round(bare.us_each(), 1),
            "index_bytes_per_message": round(_index_bytes() / count, 1),
            "rss_bytes": psutil.Process().memory_info().rss,
        },
        "raw_limit": {"p50_ms": _quantile(raw, 0.5), "p95_ms": _quantile(raw, QUANTILE)},
    }


def _ask(archive: Any, member: Any) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds of each search by language, and of the bare index for the same terms."""
    from bitp.desk.search.asked import read_asked
    from bitp.desk.search.match import LATEST, matching_ids
    from bitp.desk.search.queries import FIRST_LOT, search

    def answer(values: dict[str, Any]) -> bytes:
        found = search(member, read_asked(values))
        return msgspec.json.encode([found.results, found.people, found.after])

    def bare(values: dict[str, Any]) -> list[int]:
        return matching_ids(read_asked(values).terms, [], LATEST, FIRST_LOT)

    times: dict[str, list[float]] = {"en": [], "zh": [], "ids": []}
    raw = []
    for language, values in _queries(archive):
        times[language].append(_time_ms(answer, values))
        raw.append(_time_ms(bare, values))
    return times, raw


def _time_ms(ask: Callable[[dict[str, Any]], object], values: dict[str, Any]) -> float:
    began = time.perf_counter()
    ask(values)
    return (time.perf_counter() - began) * 1000


def _queries(archive: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(language, query) of every kind: words, beginnings, phrases, filters, ids, and nothing."""
    from bitp.config.bench.archive import CHINESE, ENGLISH, SPAN_US, id_of

    chance = random.Random(11)  # noqa: S311 - the same each time
    filters: list[dict[str, Any]] = [
        {"topic": "order", "status": "open"},
        {"agent": "me"},
        {"notes": "only"},
        {"notes": "none", "since_us": archive.began_us + SPAN_US - 30 * DAY_US},
        {"since_us": archive.began_us, "until_us": archive.began_us + 60 * DAY_US},
        {"contact": "bench-1"},
    ]
    for _ in range(TIMES):
        for language, words in (("en", ENGLISH), ("zh", CHINESE)):
            one, two, three = chance.sample(words, 3)
            space = " " if language == "en" else ""
            yield language, {"words": one}
            yield language, {"words": f"{one} {two}"}
            yield language, {"words": f"{one} {two} {three}"}
            yield language, {"words": f'"{one}{space}{two}"'}
            yield language, {"words": two[: 3 if language == "en" else 1]}
            yield language, {"words": "nowhere" if language == "en" else "鲸鱼"}
            yield from ((language, {"words": one, **each}) for each in filters)
        yield "zh", {"words": f"{chance.choice(CHINESE)} {chance.choice(ENGLISH)}"}
        number = chance.randrange(archive.count // 8) * 8
        yield "ids", {"words": id_of(number)}
        yield "ids", {"words": id_of(number)[:10]}
        yield "ids", {"words": chance.choice(archive.targets).reference}
        yield "ids", {"words": chance.choice(archive.targets).reference[:10]}
        yield "ids", {"words": f"Elena {chance.randrange(1000)}"}


def _index_bytes() -> float:
    from django.db import connection

    size = {
        "sqlite": "SELECT sum(length(block)) FROM search_words_data",
        "postgresql": "SELECT pg_total_relation_size('search_words')",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(size)
        return float(cursor.fetchone()[0])


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


if __name__ == "__main__":
    main()
