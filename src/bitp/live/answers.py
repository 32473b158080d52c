"""The few HTTP answers the gateway gives by itself."""

from __future__ import annotations

import re
from http import HTTPStatus
from importlib.resources import files
from typing import NamedTuple

import msgspec

# When web is away for a moment, a reader is asked to come back after this long.
RETRY_AFTER_S = 5

_WANTS_JSON = re.compile(rb"\r\naccept:[^\r\n]*application/(?:problem\+)?json", re.IGNORECASE)
_WANTS_CHINESE = re.compile(rb"\r\naccept-language:[ \t]*zh", re.IGNORECASE)
_ANY_ORIGIN = (("Access-Control-Allow-Origin", "*"),)


class _Words(NamedTuple):
    language: str
    title: str
    detail: str


_ENGLISH = _Words(
    "en",
    "We will be right back",
    "The site is restarting. This page tries again by itself in a few seconds.",
)
_CHINESE = _Words(
    "zh-Hans",
    "马上回来",
    "网站正在重新启动，几秒后本页会自动重试。",
)


def http_answer(
    status: int,
    body: bytes = b"",
    content_type: str = "text/plain; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
    *,
    close: bool = True,
) -> bytes:
    """An HTTP/1.1 answer as bytes."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        f"Connection: {'close' if close else 'keep-alive'}",
    ]
    if body:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def json_answer(status: int, content: object, *, close: bool = False) -> bytes:
    """A JSON answer, for our own origin."""
    return http_answer(status, msgspec.json.encode(content), "application/json", close=close)


def array_answer(payloads: list[bytes]) -> bytes:
    """A long poll's answer: frames that are encoded already, as one JSON array."""
    body = b"[" + b",".join(payloads) + b"]"
    return http_answer(200, body, "application/json", _ANY_ORIGIN, close=False)


def preflight_answer() -> bytes:
    """Any origin may poll: no cookie is read, the ticket is the key."""
    headers = (
        *_ANY_ORIGIN,
        ("Access-Control-Allow-Methods", "POST"),
        ("Access-Control-Allow-Headers", "content-type"),
        ("Access-Control-Max-Age", "86400"),
    )
    return http_answer(204, headers=headers, close=False)


def refusal(status: int) -> bytes:
    """A short plain answer that ends the connection."""
    headers = (("Retry-After", str(RETRY_AFTER_S)),) if status in {429, 503} else ()
    return http_answer(status, f"{HTTPStatus(status).phrase}\n".encode(), headers=headers)


# (code, English, Chinese) of what is said about a file before web hears of it.
_UPLOADS = {
    408: ("cut_off", "The upload took too long.", "上传用时过长。"),
    413: ("too_large", "The file is too large.", "文件太大了。"),
    503: (
        "busy",
        "Many files are being sent just now. Please try again in a moment.",
        "当前传输的文件较多，请稍后再试。",
    ),
}


def upload_refusal(status: int, head: bytes) -> bytes:
    """Problem details about a file, in the language its head asks for, for pages of any origin."""
    code, english, chinese = _UPLOADS[status]
    title = chinese if _WANTS_CHINESE.search(head) else english
    told = {"type": "about:blank", "title": title, "status": status, "code": code}
    headers = (*_ANY_ORIGIN, ("Retry-After", str(RETRY_AFTER_S)))
    body = msgspec.json.encode(told)
    return http_answer(status, body, "application/problem+json", headers)


def away_answer(request: bytes) -> bytes:
    """503 in the language and form that ``request`` (its head) asks for."""
    words = _CHINESE if _WANTS_CHINESE.search(request) else _ENGLISH
    headers = (("Retry-After", str(RETRY_AFTER_S)), ("Content-Language", words.language))
    if _WANTS_JSON.search(request) or b" /api/" in request.partition(b"\r\n")[0]:
        problem = {"title": words.title, "status": 503, "detail": words.detail}
        answer = http_answer(503, msgspec.json.encode(problem), "application/problem+json", headers)
    else:
        answer = http_answer(503, _page(words), "text/html; charset=utf-8", headers)
    return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request[:5] == b"HEAD " else answer


def _page(words: _Words) -> bytes:
    template = files("bitp.live").joinpath("away.html").read_text("utf-8")
    for name, value in (*words._asdict().items(), ("retry_s", str(RETRY_AFTER_S))):
        template = template.replace("{" + name + "}", value)
    return template.encode()
