"""Sample conversations: some long settled, some in the middle, some waiting."""

from __future__ import annotations

from dataclasses import dataclass

from bitp.demo.people import PEOPLE
from bitp.desk.channels.changes import site_inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import outcomes_of, resolve, take
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import Post
from bitp.desk.staff.models import Member
from bitp.identity.models import User
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token

MINUTE_US = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation: who, about what, and lines as (minutes ago, "c" or "a", text).

    end: "waiting" (nobody took it), "taken" or "resolved"; who: a customer's slug, or a
    visitor's name.
    """

    who: str
    topic: str
    language: str
    end: str
    lines: tuple[tuple[float, str, str], ...]
    agent: str = "carol"


SCENES = (
    Scene(
        "bob",
        "withdrawal",
        "en",
        "resolved",
        (
            (
                310,
                "c",
                "My withdrawal of 0.2 BTC says 'in review' since this morning. Is it stuck?",
            ),
            (
                308,
                "a",
                "Hello Bob, it is not stuck. Withdrawals above your usual size are looked at by a person; yours is next, within the hour.",
            ),
            (306, "c", "Thanks, that is all I wanted to know."),
            (
                252,
                "a",
                "It was released two minutes ago, Bob. The network usually needs about 20 minutes from here.",
            ),
        ),
    ),
    Scene(
        "alice",
        "order",
        "en",
        "resolved",
        (
            (
                190,
                "c",
                "I typed 60,100 instead of 61,000 and the order is still open. Can you cancel it?",
            ),
            (
                187,
                "a",
                "Hello Alice. It is not filled, so it can go at once. I am cancelling it now at your request; please tell me when you see it gone.",
            ),
            (186, "c", "It is gone. Thank you!"),
        ),
    ),
    Scene(
        "周敏",
        "security",
        "zh-hans",
        "resolved",
        (
            (130, "c", "收到一封邮件说我的账户异常，让我点链接输入密码。是你们发的吗？"),
            (
                126,
                "a",
                "您好，请不要点。我们从不在邮件里索要密码。请把发件人地址和链接发给我，我来核对并登记。",
            ),
            (124, "c", "好的，发件人是 service@bitp-verify.example"),
            (120, "a", "已登记为仿冒地址。您没有输入过密码，账户就没有风险。谢谢您告诉我们。"),
        ),
        agent="lin",
    ),
    Scene(
        "wang-wei",
        "deposit",
        "zh-hans",
        "waiting",
        (
            (3, "c", "您好，我昨天晚上充值的 USDT 还没有到账。"),
            (2.6, "c", "转账的交易号我有，需要发给您吗？"),
        ),
    ),
    Scene(
        "J. Mora",
        "account",
        "en",
        "waiting",
        (
            (
                1.5,
                "c",
                "I can't sign in: it says too many attempts. I have my phone with the authenticator.",
            ),
        ),
    ),
    Scene(
        "alice",
        "privacy",
        "en",
        "taken",
        (
            (22, "c", "Who can see my identity documents at your company?"),
            (
                19,
                "a",
                "Good question, Alice. Nobody without an open case of yours, and each look is written down with a reason. Is there something that worries you?",
            ),
            (18, "c", "A friend got a call from someone who knew his balance."),
        ),
        agent="carol",
    ),
)


def play_missing() -> None:
    """Plays the scenes once; a data folder that already has conversations is left alone."""
    if Conversation.objects.exists():
        return
    for number, scene in enumerate(SCENES):
        _play(scene, f"scene-{number}")


def _play(scene: Scene, thread: str) -> None:
    contact = _contact(scene)
    member = Member.objects.get(user__email=f"{scene.agent}@staff.example.com")
    reference = ""
    for ago, side, text in scene.lines:
        if side == "a" and scene.end != "waiting":
            take(reference, member)
        post = _post(contact, member, side, text, now_us() - round(ago * MINUTE_US), thread)
        reference = outcomes_of([post])[0].reference
    if scene.end == "resolved":
        resolve(reference, member)


def _post(contact: Contact, member: Member, side: str, text: str, at_us: int, thread: str) -> Post:
    is_contact = side == "c"
    reference = Conversation.objects.filter(contact=contact, thread=thread).values_list(
        "reference", flat=True
    )
    return Post(
        author_kind="contact" if is_contact else "agent",
        author=contact.pk if is_contact else member.pk,
        external_id=f"scene:{new_token()}",
        text=text,
        received_us=at_us,
        conversation=reference.first() or "",
        thread=thread,
        contact=contact.pk,
        inbox=site_inbox().pk,
        topic=next((s.topic for i, s in enumerate(SCENES) if f"scene-{i}" == thread), ""),
        language=contact.language,
        evidence='{"kind":"session","session":"scene"}' if contact.customer else "{}",
        level=2 if contact.customer else 0,
    )


def _contact(scene: Scene) -> Contact:
    person = next((each for each in PEOPLE if each.slug == scene.who), None)
    if person is None:
        contact, _ = Contact.objects.get_or_create(
            name=scene.who, defaults={"reference": new_token(), "language": scene.language}
        )
        return contact
    user = User.objects.get(email=person.email)
    contact, _ = Contact.objects.get_or_create(
        platform="bitp",
        customer=str(user.pk),
        defaults={"reference": new_token(), "name": user.name, "language": user.language},
    )
    return contact
