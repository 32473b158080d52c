from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "bitp.desk.console"
    label = "console"
