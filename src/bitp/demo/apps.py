from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo stage: sample people, a stand-in agent, a mailbox. Absent from serve."""

    name = "bitp.demo"
    label = "demo"
