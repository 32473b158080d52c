"""Contacts: whoever writes to us, and the identities they write from."""

from __future__ import annotations

from django.db import models


class Contact(models.Model):
    """A person as the desk knows them.

    platform and customer link to a customer behind the port as (platform, opaque id), never as
    a foreign key; both empty for a visitor.
    """

    reference = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    platform = models.CharField(max_length=40, default="")
    customer = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "customer"],
                condition=~models.Q(customer=""),
                name="contact_customer",
            )
        ]


class Identity(models.Model):
    """An address on a channel from which a contact writes.

    verified_how: "" (nothing shown), "session", "host", "mail", … ; verified_at: when.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="identities")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    verified_how = models.CharField(max_length=20, default="")
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        # An unverified address may be claimed by several contacts; a verified one by one.
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "channel", "address"], name="identity_of_contact"
            ),
            models.UniqueConstraint(
                fields=["channel", "address"],
                condition=~models.Q(verified_how=""),
                name="identity_verified",
            ),
        ]
