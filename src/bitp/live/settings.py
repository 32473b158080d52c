"""What an installation may set for the gateway; the defaults are the protocol's limits."""

from __future__ import annotations

from dataclasses import dataclass

from bitp.live import limits, protocol
from bitp.live.proxies import Network


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Limits and times; names end in the unit. Tests and benchmarks override some."""

    # Networks whose X-Forwarded-For is believed.
    trusted_proxies: tuple[Network, ...] = ()
    sends_per_s: int = protocol.SENDS_PER_S_MAX
    frames_per_s: int = protocol.FRAMES_PER_S_MAX
    frames_burst: int = protocol.FRAMES_BURST_MAX
    frame_bytes: int = protocol.FRAME_BYTES_MAX
    streams_per_socket: int = protocol.STREAMS_PER_SOCKET_MAX
    sockets_per_subject: int = protocol.SOCKETS_PER_SUBJECT_MAX
    sockets_per_address: int = protocol.SOCKETS_PER_ADDRESS_MAX
    unsent_bytes: int = protocol.UNSENT_BYTES_MAX
    replay_entries: int = protocol.REPLAY_ENTRIES_MAX
    # TCP connections of all kinds; a relayed one holds two descriptors.
    connections: int = 100_000
    connections_per_address: int = limits.CONNECTIONS_PER_ADDRESS_MAX
    # The largest file; and all that wait on the disk until they are whole.
    upload_bytes: int = 25_000_000
    uploads_bytes: int = 1_000_000_000
    # A person sends a handful at once; an office shares an address.
    uploads_per_address: int = 40
    # Where they wait, without a name; empty: where the system keeps such things.
    upload_folder: str = ""
    # The largest file over the slowest line we wait for (14 kB/s).
    upload_s: float = 1_800
    # Sends waiting for the database; further ones are answered busy.
    sends_waiting: int = 10_000
    # The shortest time between two looks of the one timer.
    tick_s: float = 0.25
    # A connection that has not said hello by then is closed.
    hello_s: float = 10
    # A request's head must have arrived by then.
    head_s: float = 10
    # No byte from the client in the middle of a request, or none taken of an answer.
    stall_s: float = 60
    ping_s: float = 25
    # Nothing heard, not even the answer to a ping.
    silent_s: float = 60
    # A peer that does not answer our close frame is dropped.
    close_s: float = 3
    # The other side hears that somebody left only if he stays away this long.
    away_s: float = 5
    # Marks, drafts and typing of one person in one conversation: at most one per this time.
    gather_s: float = 1
    # A send that its locked conversation held up this long is answered busy.
    held_s: float = 10
    # An answer about who may write in a conversation is believed this long.
    right_s: float = 10
    poll_hold_s: float = 25
    poll_kept_s: float = 60
    # While web restarts, a visitor waits this long before he is told to come back.
    web_wait_s: float = 10
    drain_s: float = 5
    # Threads that read (tickets, rights, replays).
    readers: int = 4
