from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "bitp.desk.conversations"
    label = "conversations"
