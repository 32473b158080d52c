from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "bitp.desk.channels"
    label = "channels"
