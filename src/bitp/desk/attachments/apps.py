from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "bitp.desk.attachments"
    label = "attachments"
