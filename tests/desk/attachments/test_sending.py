"""Messages that carry files: each file once, by whoever handed it over, exactly once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bitp.desk.attachments import jobs as own
from bitp.desk.attachments.changes import UNSENT_US, remove_unsent
from bitp.desk.attachments.models import Attachment
from bitp.desk.attachments.storage import sealed_files
from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.messages import last_texts, messages_of
from bitp.desk.conversations.models import Conversation, Message
from bitp.desk.conversations.posting.post import file_parts
from bitp.desk.conversations.render import Renderer
from bitp.events import jobs
from bitp.events.models import Event, Job
from tests.desk.attachments.conftest import handed, picture, stored_files
from tests.desk.attachments.test_getting import send
from tests.people import make_member, make_visitor, post_of, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_shows_its_files_in_order_on_the_page_and_live() -> None:
    alice = make_visitor("Alice")
    first, second = handed(alice, picture(), "one.jpg"), handed(alice, name="two.pdf")
    sent = send(alice, second, first, text="as you asked")
    assert (sent.result, sent.number, sent.text) == ("accepted", 1, "as you asked")
    conversation = Conversation.objects.get()
    (message,), _ = messages_of(conversation.pk, 0, "customer")
    names = [(each["name"], each["thumbnail"]) for each in message["parts"]["files"]]
    assert (message["kind"], names) == ("file", [("two.pdf", False), ("one.jpg", True)])
    event = Event.objects.get(kind="message.posted")
    live = Renderer([(event.kind, event.data)]).data(0, f"conversation/{sent.reference}/customer")
    assert live["parts"] == message["parts"]
    assert "two.pdf" not in event.data


def test_a_list_names_the_files_of_a_message_without_text() -> None:
    alice = make_visitor("Alice")
    send(alice, handed(alice, name="two.pdf"))
    conversation = Conversation.objects.get()
    assert last_texts([conversation.pk], "staff") == {conversation.pk: "📎 two.pdf"}


def test_sent_twice_it_is_stored_once_and_other_files_under_the_same_id_conflict() -> None:
    alice = make_visitor("Alice")
    file, other = handed(alice), handed(alice)
    first = send(alice, file, cid="one")
    again = send(alice, file, cid="one")
    assert (again.result, again.reference, again.number) == ("duplicate", first.reference, 1)
    assert send(alice, other, cid="one", conversation=first.reference).result == "conflict"
    assert Message.objects.count() == 1
    assert Attachment.objects.filter(message__isnull=True).count() == 1


def test_nobody_sends_a_file_of_somebody_else_and_nothing_is_opened_for_it() -> None:
    alice, mallory = make_visitor("Alice"), make_visitor("Mallory")
    file = handed(alice)
    before = Event.objects.count()
    for references in ((file,), ("made-up",), (file, "made-up")):
        refused = send(mallory, *references)
        assert (refused.result, refused.code) == ("refused", "no_attachment")
    assert Conversation.objects.count() == 0
    assert Event.objects.count() == before
    assert send(alice, file).result == "accepted"


def test_a_file_is_on_one_message_only() -> None:
    alice = make_visitor("Alice")
    file = handed(alice)
    files = {"kind": "file", "parts": file_parts((file,)), "attachments": (file,)}
    posts = [replace(post_of(alice, "", cid=cid), **files) for cid in ("a", "b")]  # type: ignore[arg-type]
    assert [each.result for each in outcomes_of(posts)] == ["accepted", "refused"]
    assert send(alice, file, file, cid="c").code == "no_attachment"
    assert send(alice, file, cid="d").code == "no_attachment"
    assert Message.objects.count() == 1


def test_a_member_sends_a_file_only_where_it_was_handed_over() -> None:
    carol, dave = make_member("Carol"), make_member("Dave")
    here = say(make_visitor("Alice"), "hello").reference
    there = say(make_visitor("Bob"), "hello").reference
    file = handed(carol, conversation=here)
    assert send(carol, file, conversation=there).code == "no_attachment"
    assert send(dave, file, conversation=here).code == "no_attachment"
    assert send(carol, file, conversation=here).result == "accepted"


def test_more_files_than_a_message_carries_are_refused(settings: object) -> None:
    settings.ATTACHMENTS_PER_MESSAGE = 1  # type: ignore[attr-defined]
    alice = make_visitor("Alice")
    files = handed(alice), handed(alice)
    assert send(alice, *files).code == "too_many_files"
    assert Message.objects.count() == 0


def test_what_was_not_sent_within_a_day_is_removed_and_what_was_sent_stays() -> None:
    alice = make_visitor("Alice")
    sent, unsent = handed(alice), handed(alice)
    send(alice, sent)
    job = Job.objects.get(key=f"unsent:{unsent}")
    row = Attachment.objects.get(reference=unsent)
    assert job.due_us == row.created_us + UNSENT_US
    Job.objects.update(due_us=1)
    assert jobs.work_once() >= 2
    assert [each.reference for each in Attachment.objects.all()] == [sent]
    assert [path.name for path in stored_files()] == [Attachment.objects.get().file]
    remove_unsent(unsent)


def test_the_daily_look_removes_files_without_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = make_visitor("Alice")
    kept = handed(alice, picture())
    with sealed_files().create() as writer:
        writer.write(b"the process was killed before its row was written")
        writer.commit()
    assert own._sweep({}, "") == {"dropped": 0}
    monkeypatch.setattr(own, "ORPHAN_S", -1)
    assert own._sweep({}, "") == {"dropped": 1}
    row = Attachment.objects.get(reference=kept)
    assert {path.name for path in stored_files()} == {row.file, row.thumbnail_file}
