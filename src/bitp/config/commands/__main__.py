"""``python -m bitp.config.commands``, as the launcher runs it."""

from __future__ import annotations

import sys

from bitp.config.commands import main

sys.exit(main())
