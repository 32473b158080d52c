"""Who signs in: one table for customers and staff, never both in one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

CUSTOMER = "customer"
STAFF = "staff"


class UserManager(BaseUserManager["User"]):
    """Looks users up by address, ignoring case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, *, kind: str = CUSTOMER, **fields: Any) -> User:
        """A user without a usable password unless ``password`` is given."""
        password = fields.pop("password", None)
        user = self.model(email=email.strip().lower(), kind=kind, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A customer or a member of staff. Rights come from kind and role, nothing else."""

    kind = models.CharField(max_length=10)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[CUSTOMER, STAFF]), name="user_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Session(AbstractBaseSession):
    """A browser's session on one side of the house, and whose it is once someone signed in."""

    side = models.CharField(max_length=10)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=models.Q(side__in=[CUSTOMER, STAFF]), name="session_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.side} session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from bitp.identity.sessions import SessionStore

        return SessionStore


class AcceptedStep(models.Model):
    """The highest time step whose one-time code an authenticator was accepted with.

    Raised by one conditional UPDATE, so a code passes once in all processes together.
    """

    authenticator = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE)
    step = models.BigIntegerField()


class FailedTries(models.Model):
    """Failed tries of one kind for one identifier typed, and until when it is locked."""

    scope = models.CharField(max_length=20)
    identifier = models.CharField(max_length=64)
    count = models.IntegerField(default=0)
    since_us = models.BigIntegerField()
    locked_until_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "identifier"], name="failed_tries_of")
        ]
