"""Every way to reach a person, connected in this installation or not. Never a dead address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MAIL = re.compile(r"[^\s<>@\"]{1,64}@[^\s<>@\"]{3,250}")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,24}")
NAME = re.compile(r"@?[A-Za-z0-9_.]{2,50}")


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of address: its name, its icon, what we promise there, its form and its link."""

    kind: str
    name: StrPromise
    icon: str
    promise: StrPromise
    form: re.Pattern[str]
    link: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class WayIn:
    """A channel as this installation has it. Not connected: no address and no link."""

    channel: Channel
    address: str
    link: str

    @property
    def is_connected(self) -> bool:
        return bool(self.link)


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


def _call(number: str) -> str:
    return "tel:" + ("+" if number.startswith("+") else "") + _digits(number)


CHANNELS = (
    Channel(
        "email",
        _("E-mail"),
        "mail",
        _("A person answers within 24 hours, weekends included."),
        MAIL,
        lambda address: f"mailto:{address}",
    ),
    Channel("phone", _("Phone"), "phone", _("A person picks up."), PHONE, _call),
    Channel(
        "x",
        _("X (Twitter)"),
        "social",
        _("By direct message. Nothing about your account in public, please."),
        NAME,
        lambda name: f"https://x.com/{name.lstrip('@')}",
    ),
    Channel(
        "facebook",
        _("Facebook"),
        "social",
        _("By message to our page. Nothing about your account in public, please."),
        NAME,
        lambda name: f"https://www.facebook.com/{name.lstrip('@')}",
    ),
    Channel(
        "telegram",
        _("Telegram"),
        "social",
        _("Write to us first. We never write to you first there."),
        NAME,
        lambda name: f"https://t.me/{name.lstrip('@')}",
    ),
    Channel(
        "whatsapp",
        _("WhatsApp"),
        "social",
        _("Write to us first. We never write to you first there."),
        PHONE,
        lambda number: f"https://wa.me/{_digits(number)}",
    ),
)


def ways_in(addresses: Mapping[str, str] | None = None) -> list[WayIn]:
    """All channels in their order; an empty or malformed address is a channel not connected.

    ``addresses``: kind to address; by default the installation's own.
    """
    known = settings.BITP_SUPPORT_CHANNELS if addresses is None else addresses
    return [_way_in(channel, known.get(channel.kind, "").strip()) for channel in CHANNELS]


def _way_in(channel: Channel, address: str) -> WayIn:
    if not channel.form.fullmatch(address):
        return WayIn(channel, "", "")
    return WayIn(channel, address, channel.link(address))
