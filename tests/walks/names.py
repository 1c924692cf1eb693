"""Every id of a side by kind, and which kind an address or a body means by a word."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model, QuerySet

from catalog.models import (
    Brand,
    BrandGrant,
    QualificationRule,
    ReviewPass,
    ScreeningRule,
    ShopQualification,
    Spu,
    SpuTicket,
    StockBucket,
)
from insights.models import BindingEffect
from orders.models import OrderGroup, Package, Payment, Refund
from tests.walks.people import People
from tests.walks.shopping import Storefront
from tests.walks.trading import Trade

#: Words that mean a kind of another name.
ALIASES = {
    "cashier": "payment",
    "checkout": "group",
    "order_group": "group",
    "job": "import",
    "import_job": "import",
    "export_job": "export",
    "line": "position",
    "content_account": "account",
    "agency_contract": "contract",
    "pick_code": "pick_code",
    "parent": "category",
    "sent_from": "return_address",
    "goes_back_to": "return_address",
}
#: Parts of an address that are words, not ids.
WORDS = {
    "kind": "ship_48h",
    "role": "consumer",
    "gateway": "sandbox",
    "carrier": "shunfeng",
    "place": "1",
}


#: What the fixtures have ids of, and what an address may therefore mean.
KINDS = frozenset(
    """
    shop product sku order export shipping_file printing order_view address_change group payment
    refund package case binding staff token admission import review return_address address
    verification contract pick pick_code statement payout user agency account creator plan
    category brand position score effect exemption bulk_edit approval special_date plan_file
    document brand_grant qualification qualification_rule
    screening_rule review_pass spu spu_ticket
    """.split()  # noqa: SIM905 -- a list of thirty words reads best as words
)


class UnknownName(LookupError):
    """A door names a thing of a kind that no fixture has: teach `tests/walks/names.py`."""


@dataclass
class Names:
    """Ids by kind: those that only their owners know, and those on every wall."""

    private: dict[str, list[str]]
    public: dict[str, list[str]]

    def of(self, kind: str, *, prefer_public: bool = False, turn: int = 0) -> str:
        """Return an id of `kind`; the `turn`-th where there are several."""
        if kind in WORDS:
            return WORDS[kind]
        first, second = self.private, self.public
        if prefer_public:
            first, second = second, first
        known = first.get(kind) or second.get(kind)
        if not known:
            raise UnknownName(kind)
        return known[turn % len(known)]

    def secrets(self) -> list[str]:
        """Return the private ids: a stranger's answer that has one unasked is a leak."""
        return [one for several in self.private.values() for one in several if len(one) > 9]


def names_of(people: People, front: Storefront, trade: Trade) -> Names:
    """Collect the ids of a side."""
    shop, buyer = front.shop, people.buyer
    goods = front.products
    public = ("on_sale", "changed")
    orders = list(trade.orders.values())
    private = {
        "product": [one.public_id for name, one in goods.items() if name not in public],
        "sku": [front.sku(name).public_id for name in goods if name not in public],
        "order": [one.number for one in orders],
        "group": _all(OrderGroup.objects.filter(buyer=buyer), "number"),
        "payment": _all(Payment.objects.filter(buyer=buyer), "number"),
        "refund": _all(Refund.objects.filter(shop=shop), "number"),
        "package": [str(pk) for pk in _all(Package.objects.filter(shop=shop), "pk")],
        "case": [one.number for one in trade.cases.values()],
        "approval": [one.public_id for one in front.approvals.values()],
        "special_date": _all(shop.special_dates.all(), "public_id"),
        "binding": [one.public_id for one in front.bindings.values()],
        "staff": [one.public_id for one in front.places.values()],
        "token": [front.token],
        "admission": [front.shop.admission.public_id, front.preparing.admission.public_id],
        "import": [front.job.public_id],
        "bulk_edit": [front.bulk.public_id],
        "plan_file": [front.plan_file.public_id],
        "export": [trade.export.public_id],
        "address_change": [trade.address_change.public_id],
        "order_view": [trade.order_view.public_id],
        "printing": [trade.printing.public_id],
        "shipping_file": [trade.shipping_file.public_id],
        "review": _all(goods["in_review"].reviews.all(), "public_id")
        + _all(goods["rejected"].reviews.all(), "public_id"),
        "bucket": _all(StockBucket.objects.filter(shop=shop), "public_id"),
        "spu_ticket": _all(SpuTicket.objects.filter(shop=shop), "public_id"),
        "review_pass": _all(ReviewPass.objects.filter(shop=shop), "public_id"),
        "return_address": _all(shop.return_addresses.all(), "public_id"),
        "brand_grant": _all(BrandGrant.objects.filter(shop=shop), "public_id"),
        "qualification": _all(ShopQualification.objects.filter(shop=shop), "public_id"),
        "document": _all(shop.documents.all(), "public_id"),
        "address": [people.buyer_address.public_id],
        "verification": [people.verification.public_id],
        "contract": [people.contract.public_id, people.invitation.public_id],
        "pick": [front.pick.public_id],
        "pick_code": [front.pick.pick_code],
        "statement": [one.public_id for one in trade.statements.values()],
        "payout": [one.number for one in trade.payouts.values()],
        "score": [trade.score.public_id],
        "effect": _all(BindingEffect.objects.filter(shop=shop), "public_id"),
        "exemption": [trade.exemption.public_id],
        "user": [one.public_id for one in people.users.values()],
        "agency": [people.agency.public_id],
    }
    return Names(
        private=private,
        public={
            "shop": [shop.public_id],
            "product": [goods[name].public_id for name in public],
            "sku": [front.sku(name).public_id for name in public],
            "account": [
                front.account.public_id,
                people.creator.account.public_id,
                people.verification.account.public_id,
            ],
            "creator": [people.creator.public_id],
            "plan": [front.plan.public_id],
            "category": [goods["on_sale"].category.public_id],
            "qualification_rule": list(
                QualificationRule.objects.values_list("public_id", flat=True)
            ),
            "brand": list(Brand.objects.values_list("public_id", flat=True)),
            "screening_rule": list(
                ScreeningRule.objects.filter(version=None).values_list("public_id", flat=True)
            ),
            "spu": list(Spu.objects.values_list("public_id", flat=True)),
            "position": ["1"],
        },
    )


def kind_of(word: str, parent: str = "") -> str:
    """Return the kind that `word` means; ``number`` and ``id`` mean what stands before them."""
    stem, above = _stem(word), _singular(parent.replace("-", "_"))
    if stem in ("id", "public_id", "number", "") or above.endswith(f"_{stem}"):
        stem = above
    return ALIASES.get(stem, stem)


def _stem(word: str) -> str:
    for ending in ("_ids", "_id", "_numbers", "_number"):
        word = word.removesuffix(ending)
    return word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("es") if word.endswith("sses") else word.removesuffix("s")


def _all(rows: QuerySet[Model], column: str) -> list:  # type: ignore[type-arg]
    return list(rows.order_by("pk").values_list(column, flat=True))
