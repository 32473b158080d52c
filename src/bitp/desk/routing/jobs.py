"""What the worker does for routing: it follows the log, and looks at what falls due."""

from __future__ import annotations

from bitp.desk.routing.assigning import assign_waiting
from bitp.desk.routing.changes import raise_unanswered
from bitp.desk.routing.router import hear
from bitp.desk.staff.presence import send_silent_offline
from bitp.events.clocks import every
from bitp.events.tail import consumes

# Silence counts from a minute on, and people who wait count minutes.
LOOK_S = 5.0

consumes("routing", from_now=True)(hear)


@every(LOOK_S)
def look_around() -> None:
    """Who fell silent, who waits too long, and who could be given to somebody after all."""
    send_silent_offline()
    raise_unanswered()
    assign_waiting()
