"""Whether this installation is alive and ready, for whoever operates it."""

from __future__ import annotations

from ipaddress import ip_address

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from bitp.config.metrics import render
from bitp.events.models import Heartbeat
from bitp.lib.clock import now_us

# The worker writes its heartbeat every few seconds (microseconds).
WORKER_SILENT_US = 60 * 1_000_000


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


healthz.right = "public"  # type: ignore[attr-defined]


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and worker, each true or false; 503 unless all are."""
    parts = {"database": _database(), "migrations": False, "worker": False}
    if parts["database"]:
        parts["migrations"] = _migrated()
        parts["worker"] = parts["migrations"] and _worker_lives()
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


readyz.right = "public"  # type: ignore[attr-defined]

_migrations_seen: set[bool] = set()


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    """Asked until it is true once: migrations do not come undone under a running process."""
    if True not in _migrations_seen:
        executor = MigrationExecutor(connection)
        _migrations_seen.add(not executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return True in _migrations_seen


def _worker_lives() -> bool:
    return Heartbeat.objects.filter(
        process="worker", at_us__gt=now_us() - WORKER_SILENT_US
    ).exists()


def metrics(request: HttpRequest) -> HttpResponse:
    """Counts in Prometheus' text format, for this machine only; nothing that names a person."""
    if not _is_this_machine(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return HttpResponse(render(), content_type="text/plain; version=0.0.4")


metrics.right = "public"  # type: ignore[attr-defined]


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
