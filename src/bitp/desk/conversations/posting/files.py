"""Files that a message carries: handed over before, each sent once, by whoever handed it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bitp.desk.attachments.models import CHECKING, READY, Attachment
from bitp.desk.conversations.posting.post import Post, Prepared, Target

# Not said to whom a file belongs: "is not there" is all that Mallory learns.
UNUSABLE = "no_attachment"


def find_unusable(posts: Mapping[int, Post]) -> set[int]:
    """Which posts name a file that they may not send; locks the rows they may.

    A file on the very message that the post repeats is fine: it is answered as a duplicate.
    """
    wanted = {index: post for index, post in posts.items() if post.attachments}
    references = {each for post in wanted.values() for each in post.attachments}
    if not references:
        return set()
    rows = (
        Attachment.objects.select_for_update(of=("self",))
        .select_related("message", "conversation")
        .filter(reference__in=references)
        .order_by("pk")
    )
    known = {row.reference: row for row in rows}
    taken: dict[str, str] = {}
    unusable = set()
    for index, post in wanted.items():
        is_fine = all(
            _may_send(post, known.get(each), taken.get(each)) for each in post.attachments
        )
        if is_fine and len(set(post.attachments)) == len(post.attachments):
            taken |= dict.fromkeys(post.attachments, post.external_id)
        else:
            unusable.add(index)
    return unusable


def _may_send(post: Post, row: Attachment | None, taken_by: str | None) -> bool:
    if row is None or (row.uploader_kind, row.uploader) != (post.author_kind, post.author):
        return False
    if row.message is not None:
        return row.message.external_id == post.external_id
    is_here = post.author_kind == "contact" or (
        row.conversation is not None and row.conversation.reference == post.conversation
    )
    return is_here and row.state in {READY, CHECKING} and taken_by in {None, post.external_id}


def bind(stored: Sequence[tuple[Target, int, Prepared]], ids: Sequence[int]) -> None:
    """The files belong to their messages from now on."""
    for (target, _, item), message in zip(stored, ids, strict=True):
        for position, reference in enumerate(item.post.attachments):
            Attachment.objects.filter(reference=reference).update(
                message=message, conversation=target.pk, position=position
            )
