from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "bitp.desk.api"
    label = "api"
