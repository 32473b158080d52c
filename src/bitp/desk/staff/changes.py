"""Every write about the people of the staff, each with its event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from bitp.desk.staff.errors import (
    AddressTaken,
    BadInvitation,
    LastFactor,
    LastOperator,
    NoFactor,
    NoMember,
    TooManyInvitations,
    TooManyPasskeys,
)
from bitp.desk.staff.invitations import LIFETIME_DAYS, get_invitation, hash_of, token_of
from bitp.desk.staff.models import OPERATOR, ROLES, Invitation, Member
from bitp.desk.staff.queries import open_invitations
from bitp.events import jobs
from bitp.events.log import SYSTEM, Envelope, Fact, append
from bitp.identity import factors
from bitp.identity.models import STAFF, User
from bitp.identity.sessions import end_sessions_of
from bitp.lib import clock
from bitp.lib.ids import new_token

# A team is invited over days, not in one evening by a script.
OPEN_INVITATIONS_MAX = 200


@dataclass(frozen=True, slots=True)
class By:
    """Who does it and in which session; without a member it is the command line."""

    member: Member | None = None
    session: str = ""

    def envelope(self) -> Envelope:
        """For the log."""
        return Envelope("staff", str(self.member.pk), self.session) if self.member else SYSTEM


@dataclass(frozen=True, slots=True)
class Joining:
    """What a person says of themselves. alias: the first name that customers see."""

    name: str
    alias: str
    language: str


def invite(email: str, role: str, by: By, *, send: bool = True) -> Invitation:
    """Opens an invitation and sends it; an earlier one to the same address ends.

    Raises AddressTaken, TooManyInvitations.
    """
    assert role in ROLES
    address = email.strip().lower()
    with transaction.atomic():
        _check_address(address)
        _end(Invitation.objects.filter(email=address, accepted_at=None))
        invitation = Invitation.objects.create(
            email=address,
            role=role,
            token_hash=new_token(),
            invited_by=by.member,
            expires_at=clock.now(),
        )
        _open(invitation, by, "staff.invited", send=send)
    return invitation


def resend(invitation_id: int, by: By) -> None:
    """Sends the invitation again, with a new link and a new end; the old link is void."""
    with transaction.atomic():
        _open(_lock_open(invitation_id), by, "staff.invited_again", send=True)


def withdraw(invitation_id: int, by: By) -> None:
    """The link stops working."""
    with transaction.atomic():
        invitation = _lock_open(invitation_id)
        _end(Invitation.objects.filter(pk=invitation.pk))
        _append("staff.invitation_withdrawn", {"invitation": invitation.pk}, by)


def join(token: str, person: Joining, add_factor: Callable[[User], Authenticator]) -> Authenticator:
    """Accepts the invitation: the person exists, and with them their first factor, or nothing.

    Whoever was on the staff before comes back with the new role and without old factors.
    Raises BadInvitation, also when somebody else was faster.
    """
    try:
        with transaction.atomic():
            invitation = get_invitation(token)
            _use_up(invitation)
            member = _welcome(invitation, person)
            factor = add_factor(member.user)
            Invitation.objects.filter(pk=invitation.pk).update(accepted_by=member)
            facts = _facts(member, role=member.role, invitation=invitation.pk, factor=factor.type)
            _append("staff.joined", facts, By(member))
    except IntegrityError as error:
        raise BadInvitation from error
    return factor


def change_role(member_id: int, role: str, by: By) -> None:
    """Gives a member another role. Raises LastOperator."""
    assert role in ROLES
    with transaction.atomic():
        member = _lock_member(member_id, becomes=role)
        if member.role == role:
            return
        was, member.role = member.role, role
        member.save(update_fields=["role"])
        _append("staff.role_changed", _facts(member, was=was, role=role), by)


def deactivate(member_id: int, by: By) -> None:
    """Shuts a member out everywhere at once: sessions end, sockets are cut by the event.

    What they did stays theirs. An invitation brings them back. Raises LastOperator.
    """
    with transaction.atomic():
        member = _lock_member(member_id)
        user = member.user
        if not user.is_active:
            return
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        member.state = "offline"
        member.save(update_fields=["state"])
        end_sessions_of(user, "deactivated")
        _append("staff.deactivated", _facts(member), by)


def add_passkey(member: Member, name: str, made: dict[str, Any], by: By) -> None:
    """Another way in for the member. Raises TooManyPasskeys."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=member.user_id)
        number = factors.passkeys_of(user).count() + 1
        if number > factors.PASSKEYS_MAX:
            raise TooManyPasskeys
        added = factors.add_passkey(user, name or str(number), made)
        _append("staff.factor_added", _facts(member, factor=added.pk, type=added.type), by)


def remove_factor(member: Member, factor_id: int, by: By) -> None:
    """One way in fewer, never the last. Raises NoFactor, LastFactor."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=member.user_id)
        own = list(factors.factors_of(user))
        gone = next((each for each in own if each.pk == factor_id), None)
        if gone is None:
            raise NoFactor
        if own == [gone]:
            raise LastFactor
        gone.delete()
        _append("staff.factor_removed", _facts(member, factor=factor_id, type=gone.type), by)


def _check_address(address: str) -> None:
    user = User.objects.filter(email=address).first()
    if user is not None and (user.kind != STAFF or user.is_active):
        raise AddressTaken
    if open_invitations().count() >= OPEN_INVITATIONS_MAX:
        raise TooManyInvitations


def _open(invitation: Invitation, by: By, kind: str, *, send: bool) -> None:
    """Gives the invitation a new end, hence a new token, and orders the mail."""
    invitation.expires_at = clock.now() + timedelta(days=LIFETIME_DAYS)
    invitation.token_hash = hash_of(token_of(invitation))
    invitation.save(update_fields=["expires_at", "token_hash"])
    if send:
        # The end in the key: a second mail is another job, a second run of the job is not.
        key = f"staff.invitation_mail:{invitation.pk}:{clock.to_us(invitation.expires_at)}"
        jobs.put("staff.invitation_mail", key, {"invitation": invitation.pk})
    _append(kind, {"invitation": invitation.pk, "role": invitation.role}, by)


def _end(invitations: QuerySet[Invitation]) -> None:
    moment = clock.now()
    invitations.filter(expires_at__gt=moment).update(expires_at=moment)


def _lock_open(invitation_id: int) -> Invitation:
    found = open_invitations().select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if found is None:
        raise BadInvitation
    return found


def _use_up(invitation: Invitation) -> None:
    moment = clock.now()
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not still_open.filter(expires_at__gt=moment).update(accepted_at=moment):
        raise BadInvitation


def _welcome(invitation: Invitation, person: Joining) -> Member:
    user = User.objects.select_for_update().filter(email=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, kind=STAFF)
    elif user.kind != STAFF or user.is_active:
        raise BadInvitation
    Authenticator.objects.filter(user=user).delete()
    user.name, user.language, user.is_active = person.name, person.language, True
    user.save(update_fields=["name", "language", "is_active"])
    facts = {"alias": person.alias, "role": invitation.role}
    return Member.objects.update_or_create(user=user, defaults=facts)[0]


def _lock_member(member_id: int, becomes: str = "") -> Member:
    """The member, under a lock on them and on every operator. Raises NoMember, LastOperator."""
    # The user's row is locked too: PostgreSQL reads again, after the wait, only what it locks.
    locking = Member.objects.select_for_update(of=("self", "user"))
    rows = locking.select_related("user").order_by("pk")
    locked = list(rows.filter(Q(pk=member_id) | Q(role=OPERATOR)))
    member = next((each for each in locked if each.pk == member_id), None)
    if member is None:
        raise NoMember
    operators = [each for each in locked if each.role == OPERATOR and each.user.is_active]
    if operators == [member] and becomes != OPERATOR:
        raise LastOperator
    return member


def _facts(member: Member, **more: object) -> dict[str, object]:
    return {"member": member.pk, "user": member.user_id, **more}


def _append(kind: str, facts: dict[str, object], by: By) -> None:
    append([Fact(kind, facts, envelope=by.envelope())])
