"""Makes every waiting job of a running system due now; run as a program in its environment."""

from __future__ import annotations

from bitp.config.django_setup import set_up_django


def main() -> None:
    """One statement."""
    set_up_django()
    from bitp.events.models import Job

    Job.objects.filter(kind="conversations.tell_by_mail").update(due_us=1)


if __name__ == "__main__":
    main()
