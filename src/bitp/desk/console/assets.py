"""The static files the console's page names, so that all are fetched at once."""

from __future__ import annotations

SHEETS = [
    *(
        f"design/{name}.css"
        for name in ("tokens", "base", "button", "card", "form", "badge", "notice", "page", "empty")
    ),
    *(
        f"console/{name}.css"
        for name in (
            "console",
            "rail",
            "list",
            "conversation",
            "message",
            "composer",
            "context",
            "overlays",
            "acting",
            "search",
        )
    ),
    "client/files.css",
]
# What the console imports of the client modules that it shares with the widget.
SHARED = (
    "connection",
    "files",
    "files_words",
    "links",
    "outbox",
    "streams",
    "thread",
    "wires",
    "words",
)
OWN = (
    "assign_view",
    "composer",
    "connection_line",
    "context_view",
    "conversation_view",
    "drafts",
    "elements",
    "keys",
    "level",
    "list_view",
    "lists",
    "live",
    "lock",
    "marks",
    "message",
    "moments",
    "panes",
    "passkey",
    "platform",
    "preferences",
    "presence",
    "rail",
    "requests",
    "row",
    "search_asking",
    "search_results",
    "search_view",
    "signals",
    "states",
    "talk",
    "thread_items",
    "thread_view",
    "toasts",
    "typing",
    "views",
    "words",
)
MODULES = [*(f"client/{name}.js" for name in SHARED), *(f"console/{name}.js" for name in OWN)]
