"""The conversations as one tab shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """A message as this tab shows it."""

    cid: str
    text: str
    is_provisional: bool = False


class View:
    """The conversations as this tab shows them: messages by number, however they came."""

    def __init__(self, contradictions: list[str]) -> None:
        self.messages: dict[str, dict[int, Seen]] = {}
        self._contradictions = contradictions

    def add(self, conversation: str, number: int, seen: Seen) -> None:
        messages = self.messages.setdefault(conversation, {})
        known = messages.get(number)
        if known is not None and (known.cid, known.text) != (seen.cid, seen.text):
            self._contradictions.append(f"{conversation} {number}: {known} and {seen}")
        if known is None or known.is_provisional:
            messages[number] = seen

    def merge_page(self, conversation: str, messages: list[Frame]) -> None:
        for each in messages:
            self.add(conversation, each["number"], Seen(each["cid"], each["text"]))

    def texts(self, conversation: str) -> dict[int, tuple[str, str]]:
        """(client id, text) by number."""
        found = self.messages.get(conversation, {})
        return {number: (found[number].cid, found[number].text) for number in sorted(found)}
