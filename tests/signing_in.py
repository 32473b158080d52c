"""Signing people in for tests of pages, as their side of the house would."""

from __future__ import annotations

from django.test import Client, RequestFactory

from bitp.desk.contacts.models import Contact
from bitp.desk.staff.models import Member
from bitp.identity.models import User
from bitp.identity.sessions import SessionStore, start_session
from bitp.identity.sides import get_side


def sign_in(client: Client, user: User) -> None:
    """Gives the client the session cookie of the user's side."""
    side = get_side(user.kind)
    request = RequestFactory().get(side.path)
    request.session = SessionStore(None, side.kind)
    start_session(request, user, "passkey:1")
    client.cookies[side.session_cookie] = request.session.session_key or ""
    client.cookies[side.session_cookie]["path"] = side.path


def client_of(person: Contact | Member | None) -> Client:
    """A browser with the person signed in; None: a visitor's."""
    client = Client()
    if isinstance(person, Member):
        sign_in(client, person.user)
    elif person is not None and person.customer:
        sign_in(client, User.objects.get(pk=int(person.customer)))
    return client
