from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "bitp.desk.console"
    label = "console"

    def ready(self) -> None:
        from bitp.desk.console.panels import asking, history  # noqa: F401
