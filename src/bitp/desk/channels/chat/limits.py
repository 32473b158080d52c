"""How often one network address may open the chat, and one contact ask or change something.

Traders sit behind shared addresses, and in an incident they all come at once; so each number
is far above what an office or a mobile network needs.
"""

from __future__ import annotations

from bitp.lib.allowance import Allowance

# Opening the chat or coming back without a resume token: 1,000 sockets of an address may all
# do so at once, twice.
TICKETS = Allowance(burst=2_000, per_s=20)
# People who were never here before: each leaves a row.
NEW_CONTACTS = Allowance(burst=1_000, per_s=2)

# Conversations, their pages and places in the queue, for each contact: whoever reads a year of
# history at once turns far fewer pages.
READS = Allowance(burst=200, per_s=5)
# The same from one network, whoever asks: a thousand who wait look every half minute, and all of
# them once when they come in.
READS_FROM_ADDRESS = Allowance(burst=5_000, per_s=100)

# Topic, address and reopening, per contact and not per network: each leaves a row of the log for
# ever and wakes the console. A person does a handful.
CHANGES = Allowance(burst=60, per_s=1)
