"""Why a file is not taken, or not given."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MEGABYTE = 1_000_000


class AttachmentError(Exception):
    """The base: ``code`` for programs, ``status`` for HTTP, ``says`` for people."""

    code = "attachment_error"
    status = 400
    retry_s = 0
    says: str | Promise = _("The file could not be taken.")


class NotThere(AttachmentError):
    """There is no such file for whoever asked, or not any more."""

    code = "not_found"
    status = 404
    says = _("There is no such file.")


class Empty(AttachmentError):
    """There is nothing in it."""

    code = "empty_file"
    status = 422
    says = _("The file is empty.")


class TooLarge(AttachmentError):
    """Larger than an installation takes."""

    code = "too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__()
        most = settings.ATTACHMENT_BYTES_MAX // MEGABYTE
        self.says = ngettext(
            "The file is larger than %(most)d MB.", "The file is larger than %(most)d MB.", most
        ) % {"most": most}


class LengthNeeded(AttachmentError):
    """Its size must be said before it comes."""

    code = "length_needed"
    status = 411
    says = _("The size of the file was not given.")


class CutOff(AttachmentError):
    """The connection ended before the file did; nothing was kept."""

    code = "cut_off"
    says = _("The upload was interrupted. Please try again.")


class TypeRefused(AttachmentError):
    """What it is, by content, is not on the list."""

    code = "type_refused"
    status = 415
    says = _("This kind of file is not accepted. Pictures, PDF, plain text, CSV and videos are.")


class BadPicture(AttachmentError):
    """It says that it is a picture, and cannot be drawn."""

    code = "bad_picture"
    status = 422
    says = _("The picture could not be read. Please save it anew or send a screenshot.")


class TooManyPixels(AttachmentError):
    """Drawing it would take more memory than a picture is worth."""

    code = "too_many_pixels"
    status = 422
    says = _("The picture has too many pixels. Please send a smaller one.")


class Harmful(AttachmentError):
    """The virus check found something."""

    code = "harmful"
    status = 422
    says = _("The virus check found something harmful in the file. It was not kept.")


class TooMany(AttachmentError):
    """More files in an hour than a person sends."""

    code = "too_many"
    status = 429
    says = _("You have sent many files. Please wait a little before the next one.")

    def __init__(self, retry_s: int) -> None:
        super().__init__()
        self.retry_s = retry_s


class Busy(AttachmentError):
    """Too many large files are on their way at once."""

    code = "busy"
    status = 503
    retry_s = 5
    says = _("Many files are being sent just now. Please try again in a moment.")


class BeingChecked(AttachmentError):
    """The virus check has not come to it yet."""

    code = "being_checked"
    status = 409
    retry_s = 10
    says = _("The file is being checked for viruses. Please try again in a moment.")
