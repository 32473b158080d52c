from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "bitp.desk.search"
    label = "search"

    def ready(self) -> None:
        from bitp.desk.search.schema import restore_triggers

        # On SQLite a migration that remakes the messages' table drops its triggers without a word.
        post_migrate.connect(restore_triggers, sender=self)
