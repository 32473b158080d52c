"""The chat in a customer's tab and the console in an agent's, as the two sites drive them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.survival.client import NoAnswer, Tab, conversation_of
from tests.survival.outbox import Frame, Item
from tests.survival.web import Browser

LOAD_AGAIN_S = 0.3
# What a console or a chat asks the site for has been answered or is asked again.
GOOD = {200, 204}


class CustomerTab(Tab):
    """The widget, open on a page of ours. ``browser`` may be shared by tabs of one person."""

    def __init__(self, port: int, browser: Browser | None = None, window: int = 1) -> None:
        super().__init__(port, window)
        self.browser = browser or Browser(port)
        self.visitor = ""
        self.access = ""
        self.name = ""
        self.conversation_of_thread: dict[str, str] = {}
        self._is_begun = False

    async def begin(self) -> None:
        """Opens the chat as a page does: ticket, first screen, then the line."""
        ticket = await self._ask_ticket()
        self.followed.clear()
        self._ticket = ticket["ticket"]
        self._is_begun = True
        subject = ticket["subject"]
        self.name = subject["reference"]
        self.follow(subject["stream"], subject["head"])
        for each in ticket["conversations"]:
            self.follow(each["stream"], await self.load(each["stream"]))
        self.start()

    async def get_ticket(self) -> str:
        if self._is_begun:
            self._is_begun = False
            return str(self._ticket)
        return await self.ask_ticket()

    async def ask_ticket(self) -> str:
        """A fresh one from the site."""
        return str((await self._ask_ticket())["ticket"])

    async def _ask_ticket(self) -> Any:
        entry = {"visitor": self.visitor, "language": "en"}
        answer = await self.browser.post_json_soon("/chat/ticket", entry)
        if answer.status != 200:
            raise NoAnswer(f"ticket: {answer.status}")
        ticket = answer.json()
        self.visitor, self.access = ticket["visitor"], ticket["access"]
        return ticket

    def say(self, cid: str, body: str, thread: str, **more: Any) -> None:
        """Writes a message in the conversation that began as ``thread``."""
        conversation = self.conversation_of_thread.get(thread, "")
        where = {"conversation": conversation} if conversation else {"thread": thread}
        self.outbox.put(Item(cid, {"t": "send", "cid": cid, "body": body, **where, **more}, thread))

    def on_acknowledged(self, frame: Frame, item: Item | None) -> None:
        if item is not None:
            self.conversation_of_thread[item.lane] = frame["conversation"]
        self.follow(f"conversation/{frame['conversation']}/customer", 0)

    def on_event(self, stream: str, event: Frame) -> None:
        if event["kind"] == "conversation.opened":
            self.follow(f"conversation/{event['data']['reference']}/customer", 0)

    async def load(self, stream: str) -> int:
        if not stream.startswith("conversation/"):
            return int((await self._ask_ticket())["subject"]["head"])
        return await self._load_pages(conversation_of(stream))

    async def _load_pages(self, conversation: str) -> int:
        page = await self.load_page(conversation)
        head, more, first = int(page["head"]), page["more"], page["messages"]
        while more:
            page = await self.load_page(conversation, first[0]["number"])
            more, first = page["more"], page["messages"]
        return head

    async def load_page(self, conversation: str, before: int = 0) -> Any:
        """One page of the conversation by HTTP, merged into the view."""
        answer = await self.browser.get_soon(
            f"/chat/conversations/{conversation}?before={before}",
            Authorization=f"Bearer {self.access}",
        )
        if answer.status != 200:
            raise NoAnswer(f"{answer.status} {answer.body!r}")
        page = answer.json()
        self.view.merge_page(conversation, page["messages"])
        return page


class AgentTab(Tab):
    """The console of one member of staff, signed in through the demo's stage."""

    def __init__(self, port: int, slug: str = "carol", browser: Browser | None = None) -> None:
        super().__init__(port)
        self.slug = slug
        self.browser = browser or Browser(port)
        self.state = "available"
        self.me = 0
        self._csrf = ""

    def sign_in(self) -> None:
        self.browser.post_form(f"/console/demo/enter/{self.slug}", "/console/demo/people")
        self.learn_who()

    def learn_who(self) -> None:
        """Who is signed in, and the token for what is posted."""
        answer = self.browser.get("/console/data/me").json()
        self.me, self._csrf = answer["me"]["id"], answer["csrf"]

    async def begin(self) -> None:
        """The console's page with its first data, then the line."""
        await asyncio.to_thread(self.sign_in if not self.me else self.learn_who)
        lists = (await self.browser.get_soon("/console/data/lists?view=all")).json()
        for stream, head in lists["heads"].items():
            self.follow(stream, head)
        self.start()

    async def post(self, path: str, content: object = None) -> Any:
        """A POST of the console's scripts; raises NoAnswer unless it was done."""
        answer = await self.browser.post_json_soon(path, content, **{"X-CSRFToken": self._csrf})
        if answer.status not in GOOD:
            raise NoAnswer(f"{answer.status} {path}")
        return answer.json()

    async def get_ticket(self) -> str:
        return str((await self.post("/console/ticket"))["ticket"])

    def on_welcome(self) -> None:
        self.send({"t": "presence", "state": self.state, "active": True})

    def on_event(self, stream: str, event: Frame) -> None:
        if event["kind"] == "queue.entered" and event["data"]["conversation"]:
            self.do(self.open_conversation(event["data"]["conversation"]["reference"]))

    async def open_conversation(self, conversation: str) -> None:
        """Loads its page, follows it from there."""
        stream = f"conversation/{conversation}/staff"
        while stream not in self.followed:
            try:
                self.follow(stream, await self.load(stream))
            except NoAnswer:
                await asyncio.sleep(LOAD_AGAIN_S)

    async def load(self, stream: str) -> int:
        if not stream.startswith("conversation/"):
            answer = await self.browser.get_soon("/console/data/lists?view=all")
            return int(answer.json()["heads"][stream])
        conversation = conversation_of(stream)
        before, more, head = 0, True, -1
        while more:
            path = f"/console/data/c/{conversation}?before={before}"
            answer = await self.browser.get_soon(path)
            if answer.status != 200:
                raise NoAnswer(f"{answer.status}")
            page = answer.json()
            self.view.merge_page(conversation, page["messages"])
            head = page["head"] if head < 0 else head
            more, before = page["more"], page["messages"][0]["number"] if page["messages"] else 0
        return head

    def reply(self, conversation: str, cid: str, body: str, *, note: bool = False) -> None:
        frame = {"t": "send", "cid": cid, "body": body, "conversation": conversation, "note": note}
        self.outbox.put(Item(cid, frame, conversation))

    async def take(self, conversation: str) -> None:
        """Answers this conversation from now on; asked until it is so."""
        while True:
            try:
                await self.post(f"/console/data/c/{conversation}/take")
                return
            except NoAnswer:
                await asyncio.sleep(LOAD_AGAIN_S)
