from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "bitp.desk.routing"
    label = "routing"
