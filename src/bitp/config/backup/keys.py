"""The secret keys this installation reads with."""

from __future__ import annotations

from bitp.config.environment import Environment
from bitp.config.failure import Failure


def get_secret_keys(environment: Environment) -> list[str]:
    """The key in use, then the one before a rotation; a demo keeps its own in its folder."""
    own = environment.data / "secret-key"
    key = environment.secret_key or (own.read_text() if own.exists() else "")
    if not key:
        raise Failure("BITP_SECRET_KEY is not set; a backup belongs to the key it was made under")
    return [key, *([environment.secret_key_old] if environment.secret_key_old else [])]
