"""What makes an installation unsafe to serve from; each finding says what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from bitp.config.data_folder import others_may_read
from bitp.config.environment import Environment
from bitp.lib.safe_sqlite import UnsafeSqlite, check_sqlite, use_safe_sqlite

SHORTEST_KEY = 50
MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
# Fewer different characters than this were typed, not drawn.
FEWEST_CHARACTERS = 10
# Variables of ours that are no settings.
NO_SETTINGS = {"BITP_PYTHON", "BITP_CHROMIUM"}
OUR_SETTINGS = "bitp.config.settings"
# A shorter prefix than this believes more than one network's worth of strangers.
SHORTEST_PREFIX = {4: 8, 6: 16}


def find_unsafe(environment: Environment, variables: Mapping[str, str] = os.environ) -> list[str]:
    """Every reason not to serve, one line each; empty: safe."""
    return [
        *_check_variables(variables),
        *_check_mode(environment),
        *_check_key(environment),
        *_check_origin(environment),
        *_check_proxies(environment),
        *_check_storage(environment),
    ]


def _check_variables(variables: Mapping[str, str]) -> Iterator[str]:
    known = {f"BITP_{each.name.upper()}" for each in fields(Environment)} | NO_SETTINGS
    for name in sorted(name for name in variables if name.startswith("BITP_")):
        if name not in known:
            yield f"{name} is not a setting; docs/reference/settings.md lists them"
    module = variables.get("DJANGO_SETTINGS_MODULE", OUR_SETTINGS)
    if module != OUR_SETTINGS:
        yield f"DJANGO_SETTINGS_MODULE is {module}; unset it"
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if variables.get(name, "").lower() in {"1", "true", "yes", "on"}:
            yield f"{name} is on; unset it"


def _check_mode(environment: Environment) -> Iterator[str]:
    if environment.mode != "serve":
        yield f"BITP_MODE is {environment.mode}: its shortcuts are not for production; unset it"
    if environment.sync_delay_ms:
        yield "BITP_SYNC_DELAY_MS is for benchmarks; unset it"


def _check_key(environment: Environment) -> Iterator[str]:
    key = environment.secret_key
    if not key:
        yield f"BITP_SECRET_KEY is missing; make one: {MAKE_A_KEY}"
    elif len(key) < SHORTEST_KEY:
        yield f"BITP_SECRET_KEY has {len(key)} characters; at least {SHORTEST_KEY} are needed"
    elif len(set(key)) < FEWEST_CHARACTERS:
        yield "BITP_SECRET_KEY repeats itself; draw a random one"


def _check_origin(environment: Environment) -> Iterator[str]:
    origin = urlsplit(environment.origin)
    if origin.scheme != "https":
        yield f"BITP_ORIGIN is {environment.origin}: people must reach it by https"
    if origin.hostname in {None, "localhost"} or _is_loopback(origin.hostname or ""):
        yield "BITP_ORIGIN must name the host that people use"
    for host in environment.hosts.split(","):
        if "*" in host or host.startswith("."):
            yield f"BITP_HOSTS contains {host}: name each host"


def _check_proxies(environment: Environment) -> Iterator[str]:
    networks = [each.strip() for each in environment.trusted_proxies.split(",") if each.strip()]
    if not networks:
        yield "BITP_TRUSTED_PROXIES is missing: name the proxy that brings TLS, such as 127.0.0.1"
    for text in networks:
        yield from _check_network(text)


def _check_network(text: str) -> Iterator[str]:
    try:
        network = ip_network(text)
    except ValueError:
        yield f"BITP_TRUSTED_PROXIES: {text} is not a network"
        return
    if network.prefixlen < SHORTEST_PREFIX[network.version]:
        yield f"BITP_TRUSTED_PROXIES believes everybody in {text}; name the proxy's own network"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_storage(environment: Environment) -> Iterator[str]:
    if environment.data.exists() and others_may_read(environment.data):
        yield f"{environment.data} can be read by others; chmod 700 it"
    if environment.database_url:
        if urlsplit(environment.database_url).scheme not in {"postgresql", "postgres"}:
            yield "BITP_DATABASE_URL must begin with postgresql://"
        return
    use_safe_sqlite()
    try:
        check_sqlite()
    except UnsafeSqlite as error:
        yield str(error)
