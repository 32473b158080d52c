"""Prints a link that makes somebody a member of the staff: the first operator, or any other.

The link works once, for seven days. No mail is sent: hand it over yourself.
"""

from __future__ import annotations

import argparse
import json

from bitp.config.failure import Failure

ROLES = ("agent", "supervisor", "operator")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom, as what."""
    parser.add_argument("email", help="the address they will sign in with")
    parser.add_argument("--role", choices=ROLES, default="operator", help="default: operator")


def run(options: argparse.Namespace) -> int:
    """0: the link was printed."""
    from bitp.config.django_setup import set_up_django

    set_up_django()

    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import DatabaseError

    from bitp.desk.staff.changes import By, invite
    from bitp.desk.staff.errors import StaffError
    from bitp.desk.staff.invitations import link_to

    try:
        validate_email(options.email)
        invitation = invite(options.email, options.role, By(), send=False)
    except ValidationError as error:
        raise Failure(f"{options.email!r} is not an e-mail address") from error
    except StaffError as error:
        raise Failure(str(error.says)) from error
    except DatabaseError as error:
        raise Failure("the database is not ready; run bitp migrate first") from error
    link = link_to(invitation)
    print(json.dumps({"link": link, "role": options.role}) if options.json else link)
    return 0
