"""The waterfall of a line, the parties' statements, and payouts."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Creator
from catalog.models import Category
from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import AmountField, CurrencyField, PublicIdField, RateField, one_of
from kernel.scoping import PlatformQuerySet, ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import READ, Wall
from orders.enums import TrafficChannel
from orders.models import OrderLine
from settlements.enums import EntryKind, FeeKind, PartyKind, PayoutStatus
from settlements.models.payout_account import PayoutAccount
from shops.models import Shop


class FeeRate(models.Model):
    """The platform's technical service fee from a date (技术服务费率, SH-09). Never updated.

    A sale pays the base rate of its category, and on top what stands for its channel, and for a
    product without a brand in a specialty shop.
    """

    kind = models.CharField(
        _("kind"), max_length=10, choices=FeeKind, default=FeeKind.BASE, db_default=FeeKind.BASE
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=TrafficChannel, blank=True, default="", db_default=""
    )
    #: Null: every category without a rate of its own.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    rate_bp = RateField(_("rate"))
    effective_from = models.DateTimeField(_("from"))

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee rate")
        verbose_name_plural = _("fee rates")
        constraints = (
            models.CheckConstraint(
                condition=Q(rate_bp__gte=0, rate_bp__lte=3_000), name="feerate_range"
            ),
            one_of("kind", FeeKind, "feerate_kind_valid"),
            models.CheckConstraint(
                condition=Q(kind=FeeKind.CHANNEL, channel__in=TrafficChannel.values)
                | (~Q(kind=FeeKind.CHANNEL) & Q(channel="")),
                name="feerate_channel",
            ),
            models.CheckConstraint(
                condition=Q(kind=FeeKind.BASE) | Q(rate_bp__lte=500), name="feerate_supplement"
            ),
            Wall(may=READ, name="feerate_wall"),
        )

    def __str__(self) -> str:
        return f"{self.rate_bp / 100:g} %"


class SettlementEntry(models.Model):
    """One posting of a line's waterfall (结算明细, AL-44). Append-only; the CHECK is the identity.

    `settle` is positive, `reverse` negative: after a refund the difference to the new target is
    taken back from each party, so the entries of a line always sum to what it is worth now.
    """

    line = models.ForeignKey(
        OrderLine,
        models.PROTECT,
        db_constraint=False,
        related_name="settlement_entries",
        verbose_name=_("order line"),
    )
    order_number = models.CharField(_("order"), max_length=20)
    shop = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("shop"),
    )
    creator = models.ForeignKey(
        Creator, models.PROTECT, null=True, related_name="+", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency")
    )
    #: The shop that collects the creator's part, when their account was its face (BI-06).
    collected_by = models.ForeignKey(
        Shop,
        models.PROTECT,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("collected by"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    #: ``settle:<line>`` or ``reverse:<refund number>:<line>``: also the ledger's reference.
    reference = models.CharField(_("reference"), max_length=120, unique=True)
    currency = CurrencyField(_("currency"))
    #: Buyer's money in this posting, freight included, after refunds.
    paid_amount = AmountField(_("buyer paid"))
    subsidy_amount = AmountField(_("subsidies"), default=0)
    shop_amount = AmountField(_("shop"))
    creator_amount = AmountField(_("creator"), default=0)
    agency_amount = AmountField(_("agency"), default=0)
    platform_fee_amount = AmountField(_("platform fee"), default=0)
    fee_rate_bp = RateField(_("fee rate"))
    #: Of the rate, what came on top of the base: for the channel, and for having no brand.
    fee_channel_bp = RateField(_("for the channel"), default=0, db_default=0)
    fee_unbranded_bp = RateField(_("without a brand"), default=0, db_default=0)
    at = models.DateTimeField(_("at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement entry")
        verbose_name_plural = _("settlement entries")
        constraints = (
            one_of("kind", EntryKind, "settlemententry_kind_valid"),
            models.CheckConstraint(
                condition=Q(
                    paid_amount=F("shop_amount")
                    + F("creator_amount")
                    + F("agency_amount")
                    + F("platform_fee_amount")
                    - F("subsidy_amount")
                ),
                name="settlemententry_waterfall",
            ),
            models.CheckConstraint(
                condition=Q(fee_rate_bp__gte=F("fee_channel_bp") + F("fee_unbranded_bp")),
                name="settlemententry_fee_parts",
            ),
            models.CheckConstraint(
                condition=Q(collected_by__isnull=True) | Q(creator__isnull=False),
                name="settlemententry_collects_of_creator",
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(kind="settle"), name="settlemententry_settled_once"
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="settlemententry_id_shop"),
            CompositeKey(relation="line", shared=["shop"], name="settlemententry_of_line"),
            Wall(by="shop", name="settlemententry_wall"),
        )
        indexes = (models.Index(fields=["shop", "-at", "-id"], name="settlemententry_shop"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def commission_amount(self) -> int:
        """What the creator and the agency got."""
        return self.creator_amount + self.agency_amount


class PartyQuerySet(ScopedQuerySet):
    """One's own money only."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.MERCHANT:
            return self.filter(shop_id=actor.shop_id)
        if actor.role is Role.CREATOR:
            return self.filter(creator_id=actor.creator_id)
        return self.filter(agency_id=actor.agency_id) if actor.role is Role.AGENCY else self.none()


class Party(models.Model):
    """Whose money a row is about: exactly one of shop, creator, agency."""

    party = models.CharField(_("party"), max_length=10, choices=PartyKind)
    shop = models.ForeignKey(
        Shop, models.PROTECT, null=True, related_name="+", verbose_name=_("shop")
    )
    creator = models.ForeignKey(
        Creator, models.PROTECT, null=True, related_name="+", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency")
    )
    currency = CurrencyField(_("currency"))

    objects = PartyQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(
                    party="shop", shop__isnull=False, creator__isnull=True, agency__isnull=True
                )
                | Q(party="creator", shop__isnull=True, creator__isnull=False, agency__isnull=True)
                | Q(party="agency", shop__isnull=True, creator__isnull=True, agency__isnull=False),
                name="%(class)s_one_party",
            ),
        )


class Statement(Party):
    """A party's month (账单): opening + lines − payouts − deposit + collected = closing.

    The same as in the ledger.
    """

    public_id = PublicIdField(_("statement id"), prefix="stm")
    #: First day of the month, in China.
    month = models.DateField(_("month"))
    opening_amount = AmountField(_("opening balance"))
    settled_amount = AmountField(_("settled"), default=0)
    reversed_amount = AmountField(_("taken back"), default=0)
    paid_out_amount = AmountField(_("paid out"), default=0)
    #: Net, into the deposit (SH-08); negative when more came back.
    deposited_amount = AmountField(_("moved to the deposit"), default=0)
    #: A shop's, of the income of accounts whose shop it is; a creator's, below zero (BI-06).
    collected_amount = AmountField(_("collected for accounts"), default=0, db_default=0)
    closing_amount = AmountField(_("closing balance"))
    updated_at = models.DateTimeField(_("updated at"), db_default=Now())

    class Meta(Party.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = (
            *Party.Meta.constraints,
            models.UniqueConstraint(
                fields=["party", "shop", "creator", "agency", "currency", "month"],
                name="statement_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(
                    closing_amount=F("opening_amount")
                    + F("settled_amount")
                    - F("reversed_amount")
                    - F("paid_out_amount")
                    - F("deposited_amount")
                    + F("collected_amount")
                ),
                name="statement_adds_up",
            ),
            Wall(by="shop", name="statement_wall"),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class StatementLine(Party):
    """What one posting means to one party (账单明细). Append-only; amount signed."""

    entry = models.ForeignKey(
        SettlementEntry,
        models.PROTECT,
        null=True,
        related_name="statement_lines",
        verbose_name=_("settlement entry"),
    )
    #: The ledger's reference.
    reference = models.CharField(_("reference"), max_length=120)
    order_number = models.CharField(_("order"), max_length=20, blank=True)
    amount = AmountField(_("amount"))
    at = models.DateTimeField(_("at"))

    class Meta(Party.Meta):
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints = (
            *Party.Meta.constraints,
            models.UniqueConstraint(fields=["party", "reference"], name="statementline_once"),
            CompositeKey(relation="entry", shared=["shop"], name="statementline_of_entry"),
            Wall(by="shop", name="statementline_wall"),
        )
        indexes = (
            models.Index(fields=["shop", "-at", "-id"], name="statementline_shop"),
            models.Index(fields=["creator", "-at", "-id"], name="statementline_creator"),
            models.Index(fields=["agency", "-at", "-id"], name="statementline_agency"),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount:+d}"


class Payout(Party):
    """A payee's request for its balance (提现): debited at once, so it cannot go twice."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    amount = AmountField(_("amount"))
    status = models.CharField(
        _("status"), max_length=12, choices=PayoutStatus, default=PayoutStatus.REQUESTED
    )
    requested_at = models.DateTimeField(_("requested at"))
    #: A shop's bank account at the time; null for creators and agencies.
    account = models.ForeignKey(
        PayoutAccount,
        models.PROTECT,
        null=True,
        related_name="payouts",
        verbose_name=_("payout account"),
    )
    requested_by_label = models.CharField(_("requested by"), max_length=120, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    TRANSITIONS = {PayoutStatus.REQUESTED: {PayoutStatus.PAID, PayoutStatus.REFUSED}}

    class Meta(Party.Meta):
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = (
            *Party.Meta.constraints,
            one_of("status", PayoutStatus, "payout_status_valid"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="payout_amount_positive"),
            models.CheckConstraint(
                condition=Q(account__isnull=True) | Q(shop__isnull=False),
                name="payout_account_names_shop",
            ),
            CompositeKey(relation="account", shared=["shop"], name="payout_to_account"),
            Wall(by="shop", name="payout_wall"),
        )

    def __str__(self) -> str:
        return self.number
