"""Which queue a conversation belongs to, and whose queues there are."""

from __future__ import annotations

from collections.abc import Sequence

from bitp.desk.routing.models import Queue, QueueMember
from bitp.desk.staff.models import AGENT, Member

# The queue that takes in whatever no other wants; it cannot be closed.
MAIN = "main"


def stream_of(key: str) -> str:
    """The stream of what enters and leaves the queue."""
    return f"queue/{key}"


def main_queue() -> Queue:
    """The queue for everything else; made when it is first needed."""
    defaults = {"name_en": "Everything", "name_zh": "全部咨询", "place": 1000}
    return Queue.objects.get_or_create(key=MAIN, defaults=defaults)[0]


def all_queues() -> list[Queue]:
    """Every queue in its order, closed ones included; the main one is always among them."""
    queues = list(Queue.objects.all())
    return queues if any(each.key == MAIN for each in queues) else [*queues, main_queue()]


def queue_for(topic: str, language: str) -> Queue:
    """The queue of a conversation about this topic in this language."""
    return choose_queue(all_queues(), topic, language)


def choose_queue(queues: Sequence[Queue], topic: str, language: str) -> Queue:
    """The first open queue that takes the topic and the language, else the main one."""
    rest = next(each for each in queues if each.key == MAIN)
    others = (each for each in queues if each.key != MAIN)
    return next((each for each in others if _takes(each, topic, language)), rest)


def _takes(queue: Queue, topic: str, language: str) -> bool:
    topics, languages = queue.topics.split(), queue.languages.split()
    return (
        not queue.closed_us
        and (not topics or topic in topics)
        and (not languages or language in languages)
    )


def hidden_queues(member: Member) -> list[str]:
    """Keys of the queues whose conversations the member does not see.

    Agents see those they answer in and those that are everybody's; supervisors and operators
    see all.
    """
    if member.role != AGENT:
        return []
    rows = list(QueueMember.objects.values_list("queue__key", "member"))
    own = {key for key, pk in rows if pk == member.pk}
    return sorted({key for key, _ in rows} - own)


def queues_of(member: Member) -> list[str]:
    """Keys of the queues the member follows, in their order."""
    hidden = set(hidden_queues(member))
    return [each.key for each in all_queues() if each.key not in hidden]
