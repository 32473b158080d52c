from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "bitp.desk.contacts"
    label = "contacts"
