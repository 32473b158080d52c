"""How well it is proven who is asking."""

from __future__ import annotations

from dataclasses import dataclass

# A host site's word for its user counts as a sign-in for this long (seconds).
HOST_SIGN_IN_FRESH_S = 12 * 3600
# A step-up covers what is said in the same conversation for this long (seconds).
STEP_UP_FRESH_S = 5 * 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was known when the server received something.

    kind: "none" | "claim" | "session" | "host"; session: an opaque id; times in seconds since
    the epoch, 0 when it never happened.
    """

    kind: str = "none"
    session: str = ""
    signed_in_at_s: int = 0
    step_up_at_s: int = 0
    factor: str = ""


def level(evidence: Evidence, at_s: int) -> int:
    """0 nothing, 1 a claim, 2 a signed-in session, 3 a step-up at most five minutes before."""
    if evidence.kind == "session":
        stepped_up = 0 <= at_s - evidence.step_up_at_s <= STEP_UP_FRESH_S
        return 3 if evidence.step_up_at_s and stepped_up else 2
    if evidence.kind == "host":
        fresh = 0 <= at_s - evidence.signed_in_at_s <= HOST_SIGN_IN_FRESH_S
        return 2 if evidence.signed_in_at_s and fresh else 1
    return 1 if evidence.kind == "claim" else 0
