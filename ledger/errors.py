"""What the book refuses."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReferenceReused(DomainError):
    """The reference of a money fact came again with other legs."""

    code = "reference_reused"
    message = _("This reference is already booked with other amounts.")


class InvalidPosting(ValueError):
    """A posting that no book may hold: a fault of the calling code, never of a user."""
