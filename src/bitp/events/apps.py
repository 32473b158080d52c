from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The event spine: the log, streams, jobs and timers, the database backend."""

    name = "bitp.events"
    label = "events"
