"""Where requests begin and end, however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitp.live.requests import BODY_HELD_MAX, BadRequest, Request, Requests


def pages(*bodies: int) -> list[bytes]:
    return [
        f"POST /page/{n} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
        + b"b" * size
        for n, size in enumerate(bodies)
    ]


def take_all(requests: Requests) -> list[Request | bytes]:
    items = []
    while (item := requests.take()) is not None:
        items.append(item)
    return items


LIVE = b"POST /live/poll?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 100, BODY_HELD_MAX, BODY_HELD_MAX + 1]), max_size=4),
    st.lists(st.integers(1, 40_000), max_size=30),
)
def test_any_cut_of_the_bytes_gives_the_same_requests(bodies: list[int], cuts: list[int]) -> None:
    whole = b"".join(pages(*bodies)) + LIVE + b"".join(pages(3))
    requests, passed, served = Requests(), b"", []
    at = 0
    for cut in [*cuts, len(whole)]:
        requests.add(whole[at : at + cut])
        at += cut
        for item in take_all(requests):
            if isinstance(item, Request):
                served.append(item)
            else:
                passed += item
    assert passed == b"".join(pages(*bodies)) + b"".join(pages(3))
    assert [(each.method, each.path, each.body) for each in served] == [
        ("POST", "/live/poll", b"body")
    ]
    assert not requests.is_inside
    assert not requests.is_opaque


@pytest.mark.parametrize(
    "target", ["/live", "/live?x", "/live/", "/live/poll", "/live/health", "/live/%2e%2e/x"]
)
def test_targets_for_live(target: str) -> None:
    requests = Requests()
    requests.add(f"GET {target} HTTP/1.1\r\n\r\n".encode())
    assert isinstance(requests.take(), Request)


@pytest.mark.parametrize(
    "target",
    ["/", "/livery", "/alive", "//live", "/Live", "/%6cive", "/x/live", "/?/live", "http://h/live"],
)
def test_targets_for_web(target: str) -> None:
    requests = Requests()
    requests.add(f"GET {target} HTTP/1.1\r\n\r\n".encode())
    assert isinstance(requests.take(), bytes)


def test_a_small_body_is_held_until_it_is_whole_and_a_large_one_flows() -> None:
    small, large = pages(BODY_HELD_MAX, BODY_HELD_MAX + 1)
    requests = Requests()
    requests.add(small[:-1])
    assert requests.take() is None
    assert requests.is_held
    requests.add(small[-1:] + large[:200])
    assert take_all(requests) == [small, large[:200]]
    assert requests.is_inside
    assert not requests.is_held
    requests.add(large[200:] + LIVE)
    assert take_all(requests)[0] == large[200:]
    assert not requests.is_inside


@pytest.mark.parametrize(
    "doubt",
    [
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 1\r\nContent-Length: 1\r\n",
        b"content-length: -1\r\n",
        b"Content-Length: 0x10\r\n",
        b"Content-Length:\r\n",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        b"TRANSFER-ENCODING : identity\r\n",
        b"Expect: 100-continue\r\nContent-Length: 5\r\n",
    ],
)
def test_after_a_doubtful_length_nothing_is_looked_at(doubt: bytes) -> None:
    requests = Requests()
    requests.add(b"POST / HTTP/1.1\r\n" + doubt + b"\r\n" + LIVE)
    assert b"".join(take_all(requests)).endswith(LIVE)  # type: ignore[arg-type]
    assert requests.is_opaque
    requests.add(LIVE)
    assert take_all(requests) == [LIVE]


def test_a_later_line_that_is_no_request_is_webs_to_judge() -> None:
    requests = Requests()
    requests.add(pages(0)[0] + b"PROXY TCP4 8.8.8.8 1.1.1.1 1 1\r\n" + LIVE)
    items = take_all(requests)
    assert b"".join(items) == pages(0)[0] + b"PROXY TCP4 8.8.8.8 1.1.1.1 1 1\r\n" + LIVE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data", [b"get / HTTP/1.1\r\n", b"\r\n", b"GET / HTTP/1.1\n\n\r\n", b"\x00"]
)
def test_a_first_line_that_is_no_request_is_refused(data: bytes) -> None:
    requests = Requests()
    requests.add(data)
    with pytest.raises(BadRequest):
        requests.take()


@pytest.mark.parametrize("line", [b"no colon", b" folded: x", b"bad name : x", b"a: \x00", b": x"])
def test_a_header_of_a_live_request_that_is_none_is_refused(line: bytes) -> None:
    requests = Requests()
    requests.add(b"GET /live HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n")
    request = requests.take()
    assert isinstance(request, Request)
    with pytest.raises(BadRequest):
        request.headers()
