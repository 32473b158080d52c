"""What operators say about queues and about the people who answer in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bitp.desk.conversations.models import TOPICS
from bitp.desk.routing.models import (
    CAPACITY_MAX,
    CAPACITY_USUAL,
    RAISED_AFTER_MAX_MINUTES,
    RAISED_AFTER_USUAL_MINUTES,
    RANKS,
    Queue,
    Seat,
)
from bitp.desk.routing.words import LANGUAGE_NAMES, TOPIC_NAMES
from bitp.desk.staff.forms import DressedForm
from bitp.desk.staff.models import Member
from bitp.policies.service_hours import BadHours, check_countries, parse_days, parse_hours

PLACE_MAX = 1000
# These stand where a key would in the addresses.
RESERVED_KEYS = {"new", "people"}
RANK_CHOICES = [
    ("", pgettext_lazy("member of a queue", "Not in this queue")),
    *[(str(rank), str(rank)) for rank in range(1, RANKS + 1)],
]


def _boxes(label: Any, choices: Iterable[tuple[str, Any]], help_text: Any) -> Any:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
        help_text=help_text,
    )


def _languages() -> Any:
    return _boxes(_("Languages"), LANGUAGE_NAMES.items(), _("None chosen: no limit."))


class QueueForm(DressedForm):
    """A queue; with a field ``rank_<member>`` for everybody who could answer in it."""

    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    topics = _boxes(
        _("Topics"), ((key, TOPIC_NAMES[key]) for key in TOPICS), _("None chosen: no limit.")
    )
    languages = _languages()
    place = forms.IntegerField(
        label=_("Place in the order"),
        min_value=1,
        max_value=PLACE_MAX,
        initial=100,
        help_text=_("The queue with the lowest number that fits takes the conversation."),
    )
    assigns = forms.BooleanField(
        label=_("Give conversations to people by itself"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "box"}),
        help_text=_("Otherwise people take them from the list."),
    )
    raised_after_minutes = forms.IntegerField(
        label=_("Tell supervisors after so many minutes without an answer"),
        min_value=0,
        max_value=RAISED_AFTER_MAX_MINUTES,
        initial=RAISED_AFTER_USUAL_MINUTES,
        help_text=_("0: never."),
    )
    hours = forms.CharField(
        label=_("Working hours"),
        max_length=300,
        required=False,
        help_text=_("Such as Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00. Empty: as everywhere."),
    )
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        required=False,
        help_text=_("Such as Asia/Shanghai or America/New_York. Empty: as everywhere."),
    )
    holidays = forms.CharField(
        label=_("Public holidays of"),
        max_length=60,
        required=False,
        help_text=_("Codes of countries, such as CN or US."),
    )
    closed_days = forms.CharField(
        label=_("Also closed on"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dates such as 2026-12-24, separated by spaces or lines."),
    )

    def __init__(self, *args: Any, members: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(members)
        for member in self.members:
            self.fields[f"rank_{member.pk}"] = forms.ChoiceField(
                label=member.alias,
                choices=RANK_CHOICES,
                required=False,
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def rank_fields(self) -> list[forms.BoundField]:
        """The members' fields, one after another."""
        return [self[f"rank_{member.pk}"] for member in self.members]

    def clean_hours(self) -> str:
        """Raises what is wrong with the hours."""
        return self._understood("hours", parse_hours, _("Hours must read like the example."))

    def clean_zone(self) -> str:
        """Raises where there is no such zone."""
        zone = str(self.cleaned_data["zone"]).strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone."))
        if zone:
            ZoneInfo(zone)
        return zone

    def clean_holidays(self) -> str:
        """Raises where a country's holidays are not known."""
        return self._understood("holidays", check_countries, _("No such country is known."))

    def clean_closed_days(self) -> str:
        """Raises what is not a date."""
        return self._understood("closed_days", parse_days, _("Dates must read like the example."))

    def _understood(self, name: str, parse: Callable[[str], object], says: Any) -> str:
        text = " ".join(str(self.cleaned_data[name]).split())
        try:
            parse(text)
        except BadHours as error:
            raise forms.ValidationError(says) from error
        return text

    def values(self) -> dict[str, Any]:
        """The queue's fields as they are stored."""
        data = self.cleaned_data
        kept = {name: data[name] for name in data if not name.startswith(("rank_", "key"))}
        return {**kept, **{name: " ".join(data[name]) for name in ("topics", "languages")}}

    def ranks(self) -> dict[int, int]:
        """Member → rank."""
        chosen = {each.pk: self.cleaned_data[f"rank_{each.pk}"] for each in self.members}
        return {pk: int(rank) for pk, rank in chosen.items() if rank}


class NewQueueForm(QueueForm):
    """A queue that is not there yet."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=32,
        help_text=_("Short, in Latin letters; it stands in addresses and never changes."),
    )
    field_order = ("key",)

    def clean_key(self) -> str:
        """Lower case; raises where the key is ours."""
        key = str(self.cleaned_data["key"]).lower()
        if key in RESERVED_KEYS:
            raise forms.ValidationError(_("Please choose another key."))
        return key


class SeatForm(DressedForm):
    """How much one person answers at once, and in which languages."""

    capacity = forms.IntegerField(
        label=_("Chats at once"),
        min_value=0,
        max_value=CAPACITY_MAX,
        help_text=_("Nobody is given more than this; they may still take more."),
    )
    languages = _languages()


def initial_of(queue: Queue) -> dict[str, Any]:
    """The queue as QueueForm shows it."""
    values = {name: getattr(queue, name) for name in QueueForm.base_fields}
    split = {name: values[name].split() for name in ("topics", "languages")}
    ranks = queue.members.values_list("member", "rank")
    return {**values, **split, **{f"rank_{pk}": str(rank) for pk, rank in ranks}}


def initial_of_seat(seat: Seat | None) -> dict[str, Any]:
    """The seat as SeatForm shows it."""
    if seat is None:
        return {"capacity": CAPACITY_USUAL, "languages": []}
    return {"capacity": seat.capacity, "languages": seat.languages.split()}


def name_of(queue: Queue) -> str:
    """Its name in the reader's language."""
    return queue.name_zh if (get_language() or "").startswith("zh") else queue.name_en
