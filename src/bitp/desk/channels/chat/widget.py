"""The widget's files as pages on any site download them: lean, packed, and few.

``/widget.js`` is the loader; it fetches ``/widget/<name>?v=<version>`` at the first open. The
version is a hash of everything, so those never change and are kept for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from bitp.identity.rights import public
from bitp.web.modules import joined, lean, tight

# Browsers ask for the loader again after this, so that a new version is there the same day.
LOADER_S = 300
FOR_EVER_S = 365 * 24 * 3600
SCRIPT = "text/javascript; charset=utf-8"
STYLE = "text/css; charset=utf-8"
VERSION_MARK = "VERSION_OF_THE_WIDGET"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's content, the same packed, and its type."""

    content: bytes
    packed: bytes
    content_type: str


def _read(path: Path) -> str:
    return lean(path.read_text("utf-8"))


def _read_words(path: Path) -> str:
    return tight(_read(path))


def _read_styles(first: Path) -> str:
    text = "".join(_read(first.with_stem(name)) for name in _STYLES)
    return _SPACE.sub(r"\1", text)


# What a style sheet only reads; a colon before a space stands in a declaration.
_SPACE = re.compile(r"\s*([{};])\s*|(?<=[:,]) ")
# In the order in which they may build on each other.
_STYLES = ("tokens", "panel", "buttons", "head", "home", "log", "writing", "foot")
_MADE: dict[str, tuple[str, Callable[[Path], str]]] = {
    "app.js": ("widget/app.js", joined),
    "en.js": ("widget/strings/en.js", _read_words),
    "zh-hans.js": ("widget/strings/zh-hans.js", _read_words),
    "redact.js": ("widget/redact.js", joined),
    "files.js": ("widget/files.js", joined),
    "files.css": ("client/files.css", _read),
    "widget.css": ("widget/styles/tokens.css", _read_styles),
}


@cache
def assets() -> dict[str, Asset]:
    """All files of the widget but the loader, by name."""
    return {name: _asset(name, make(_find(path))) for name, (path, make) in _MADE.items()}


@cache
def loader() -> Asset:
    """The one file a page includes; it knows the version of the others."""
    everything = b"".join(asset.content for asset in assets().values())
    version = hashlib.sha256(everything).hexdigest()[:12]
    script = _read(_find("widget/loader.js")).replace(VERSION_MARK, version)
    head, style, rest = re.split(r"(?<=const STYLE = `)([^`]*)", script, maxsplit=1)
    return _asset("widget.js", tight(head + _SPACE.sub(r"\1", style) + rest))


def _asset(name: str, text: str) -> Asset:
    content = text.encode()
    content_type = STYLE if name.endswith(".css") else SCRIPT
    return Asset(content, gzip.compress(content, 9, mtime=0), content_type)


def _find(path: str) -> Path:
    found = finders.find(path)
    assert isinstance(found, str), path
    return Path(found)


@public
def widget(request: HttpRequest) -> HttpResponse:
    """The loader: the same for everybody, on every site."""
    return _answer(request, loader(), f"public, max-age={LOADER_S}")


@public
def part(request: HttpRequest, name: str) -> HttpResponse:
    """One of the files the loader asks for."""
    asset = assets().get(name)
    if asset is None:
        raise Http404
    return _answer(request, asset, f"public, max-age={FOR_EVER_S}, immutable")


def _answer(request: HttpRequest, asset: Asset, kept: str) -> HttpResponse:
    takes_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(
        asset.packed if takes_packed else asset.content, content_type=asset.content_type
    )
    if takes_packed:
        answer["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    answer["Cache-Control"] = kept
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
