"""Where requests begin and end, however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitp.live.requests import BODY_BYTES_MAX, BadRequest, Request, Requests, Upload


def pages(*bodies: int) -> list[bytes]:
    return [
        f"POST /page/{n} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
        + b"b" * size
        for n, size in enumerate(bodies)
    ]


def take_all(requests: Requests) -> list[Request | bytes]:
    items: list[Request | bytes] = []
    while (item := requests.take()) is not None:
        assert not isinstance(item, Upload)
        items.append(item)
    return items


LIVE = b"POST /live/poll?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 100, BODY_BYTES_MAX]), max_size=4),
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
    assert not requests.is_held


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


def test_a_body_is_held_until_it_is_whole_and_a_larger_one_refused() -> None:
    whole, larger = pages(BODY_BYTES_MAX, BODY_BYTES_MAX + 1)
    requests = Requests()
    requests.add(whole[:-1])
    assert requests.take() is None
    assert requests.is_held
    requests.add(whole[-1:] + larger[:200])
    assert requests.take() == whole
    with pytest.raises(BadRequest) as refused:
        requests.take()
    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("doubt", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n", 411),
        (b"Content-Length: 1\r\nContent-Length: 1\r\n", 411),
        (b"content-length: -1\r\n", 400),
        (b"Content-Length: 0x10\r\n", 400),
        (b"Content-Length:\r\n", 400),
        (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 411),
        (b"TRANSFER-ENCODING : identity\r\n", 411),
        (b"Expect: 100-continue\r\nContent-Length: 5\r\n", 417),
    ],
)
@pytest.mark.parametrize("target", [b"/", b"/live/poll"])
@pytest.mark.parametrize("before", [b"", pages(3)[0]])
def test_a_body_whose_end_is_not_told_plainly_is_refused(
    doubt: bytes, status: int, target: bytes, before: bytes
) -> None:
    requests = Requests()
    requests.add(before + b"POST " + target + b" HTTP/1.1\r\n" + doubt + b"\r\n" + LIVE)
    if before:
        assert requests.take() == before
    with pytest.raises(BadRequest) as refused:
        requests.take()
    assert refused.value.status == status


def test_a_later_line_that_is_no_request_is_refused() -> None:
    requests = Requests()
    requests.add(pages(0)[0] + b"PROXY TCP4 8.8.8.8 1.1.1.1 1 1\r\n" + LIVE)
    assert requests.take() == pages(0)[0]
    with pytest.raises(BadRequest):
        requests.take()


def test_after_the_last_request_nothing_is_taken() -> None:
    requests = Requests()
    requests.add(pages(0)[0] + LIVE)
    assert requests.take() == pages(0)[0]
    requests.end()
    requests.add(LIVE)
    assert requests.take() is None
    assert not requests.is_held


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
