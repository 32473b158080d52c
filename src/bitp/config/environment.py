"""Every setting, typed, read once from the environment.

Each field's metadata gives its variable and a sentence; docs/reference/settings.md is made of
them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any


class BadSetting(Exception):
    """A variable holds something that cannot be understood."""


def setting(default: Any, says: str) -> Any:
    """A field of Environment with its default and its sentence."""
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings. The variable's name is BITP_ and the field's name in capitals."""

    mode: str = setting("serve", "What runs: serve, demo or test. The launcher sets it.")
    data: Path = setting(Path("data"), "Folder of the database, sealed files and the locks.")
    secret_key: str = setting("", "Signs sessions, tickets and tokens; at least 50 characters.")
    secret_key_old: str = setting("", "The key before a rotation: still read, never used to sign.")
    database_url: str = setting("", "postgresql://user:password@host/name; empty: SQLite in data.")
    origin: str = setting("http://localhost:8000", "Where people reach this installation.")
    listen: str = setting("127.0.0.1:8000", "Address and port that `serve` listens on.")
    hosts: str = setting("", "Further host names that may be asked for, separated by commas.")
    trusted_proxies: str = setting("", "Networks whose X-Forwarded-For is believed, by commas.")
    mail_url: str = setting("", "smtp://user:password@host:587 (smtps:// for TLS from the start).")
    mail_from: str = setting("BitP <support@localhost>", "The sender of every mail we write.")
    hours: str = setting("Mon-Sun 00:00-24:00", "When people answer: days and times, by commas.")
    time_zone: str = setting("Asia/Shanghai", "The time zone of the hours and of staff's pages.")
    staff_authenticator: bool = setting(False, "Staff may sign in by an authenticator's code.")
    support_email: str = setting("", "Address that reaches support; empty: not connected.")
    support_phone: str = setting("", "Phone number of support; empty: not connected.")
    support_x: str = setting("", "Our handle on X; empty: not connected.")
    support_facebook: str = setting("", "Our page on Facebook; empty: not connected.")
    support_telegram: str = setting("", "Our name on Telegram; empty: not connected.")
    support_whatsapp: str = setting("", "Our number on WhatsApp; empty: not connected.")
    web_threads: int = setting(8, "Requests one web process answers at the same time.")
    api_per_minute: int = setting(600, "Requests one API token may make each minute.")
    sends_per_s: int = setting(20, "Messages one connection may send each second.")
    sockets_per_address: int = setting(1_000, "Live connections from one network address.")
    connections_per_address: int = setting(
        2_000, "Page connections from one network address; a trusted proxy's are not counted."
    )
    attachment_bytes_max: int = setting(25_000_000, "The largest file somebody may send.")
    attachments_per_message: int = setting(10, "Files on one message, at most 20.")
    attachments_per_hour: int = setting(60, "Files one person may hand over in an hour.")
    attachment_types: str = setting(
        "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain,text/csv,"
        "video/mp4,video/quicktime,video/webm",
        "Kinds of files that are taken, told by their content, by commas.",
    )
    clamd: str = setting("", "unix:/path or host:port of the virus check; empty: none is made.")
    files_key: str = setting("", "Master key of sealed files; empty: BITP_SECRET_KEY is.")
    files_key_old: str = setting("", "The master key before a rotation: opens, never seals.")
    control: str = setting("", "The supervisor's control socket. The launcher sets it.")
    webhooks_private: bool = setting(False, "Webhooks may call http and private addresses.")
    log: str = setting("text", "text: warnings as lines; json: one object a line, requests too.")
    sync_delay_ms: int = setting(0, "Benchmarks only: a pause added to every database sync.")


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings of ``variables``; raises BadSetting naming the variable."""
    values: dict[str, Any] = {}
    for each in fields(Environment):
        name = f"BITP_{each.name.upper()}"
        text = variables.get(name, "").strip()
        if text:
            values[each.name] = _parse(name, text, each.default)
    return Environment(**values)


def _parse(name: str, text: str, default: Any) -> Any:
    if default is MISSING or isinstance(default, str):
        return text
    if isinstance(default, bool):
        return _parse_bool(name, text)
    if isinstance(default, int):
        if not text.lstrip("-").isdigit():
            raise BadSetting(f"{name} must be a whole number, not {text!r}")
        return int(text)
    return Path(text)


def _parse_bool(name: str, text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be on or off, not {text!r}")
