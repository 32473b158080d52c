from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "bitp.desk.staff"
    label = "staff"
