"""The bank account that a shop's money goes to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.fields import PublicIdField, SealedField, one_of
from kernel.scoping import ShopOwnedQuerySet
from kernel.walls import Wall
from settlements.enums import PayoutAccountStatus
from shops.models import Shop


class PayoutAccount(models.Model):
    """A shop's bank account (提现账户). Never edited: another takes its place, by two persons."""

    public_id = PublicIdField(_("payout account id"), prefix="pac")
    shop = models.ForeignKey(
        Shop, models.PROTECT, related_name="payout_accounts", verbose_name=_("shop")
    )
    #: The legal name of the shop's merchant: money goes to nobody else.
    holder = models.CharField(_("account holder"), max_length=120)
    bank = models.CharField(_("bank"), max_length=80)
    #: `kernel.crypto.encrypt` of ``{"number": …}``.
    number_sealed = SealedField(_("account number, sealed"))
    last_four = models.CharField(_("last four digits"), max_length=4)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=PayoutAccountStatus,
        default=PayoutAccountStatus.WAITING,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked at"), db_default=Now())
    active_from = models.DateTimeField(_("in use from"), null=True)
    ended_at = models.DateTimeField(_("in use until"), null=True)

    TRANSITIONS = {
        PayoutAccountStatus.WAITING: {PayoutAccountStatus.ACTIVE, PayoutAccountStatus.REFUSED},
        PayoutAccountStatus.ACTIVE: {PayoutAccountStatus.REPLACED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout account")
        verbose_name_plural = _("payout accounts")
        constraints = (
            one_of("status", PayoutAccountStatus, "payoutaccount_status_valid"),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(status="active"), name="payoutaccount_one_active"
            ),
            models.UniqueConstraint(
                fields=["shop"], condition=Q(status="waiting"), name="payoutaccount_one_waiting"
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="payoutaccount_id_shop"),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(active_from__isnull=False),
                name="payoutaccount_active_has_start",
            ),
            Wall(by="shop", name="payoutaccount_wall"),
        )

    def __str__(self) -> str:
        return f"{self.bank} ••• {self.last_four}"
