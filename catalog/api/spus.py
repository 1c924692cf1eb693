"""The library of standard products: searched, matched, proposed, corrected, kept (CA-08)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.inputs import ProductAttributeIn
from catalog.api.merchant import ShopView
from catalog.api.operator import OperatorView
from catalog.api.outputs import BrandNameOut, CategoryNameOut, ProductAttributeOut
from catalog.enums import TicketKind, TicketStatus
from catalog.models import Brand, Category, Spu, SpuTicket
from catalog.services import spus
from catalog.services.spus import MAX_KEYS, SpuContent
from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.serializers import Flag, In, Out, Text, Whole
from kernel.api.views import View
from shops.models import Shop

MAX_MATCHES = 20


class SpuIn(In):
    """A standard product; it has a barcode or key properties."""

    category_id = Text(max_length=32)
    brand_id = Text(required=False, max_length=32, allow_null=True)
    name = Text(max_length=120)
    barcode = Text(required=False, max_length=14, allow_blank=True)
    attributes = serializers.ListField(
        child=ProductAttributeIn(), required=False, max_length=MAX_KEYS
    )


class SpuEditIn(SpuIn):
    """A standard product as it should be, made on the `version` that was read."""

    version = Whole(min_value=1)


class SpuFlagsIn(In):
    """Whether products against it need a person, and whether new ones may name it."""

    is_free_of_review = Flag()
    is_retired = Flag()


class SpuTicketIn(SpuIn):
    """A new standard product, or with `spu_id` how that one should be."""

    spu_id = Text(required=False, max_length=32, allow_null=True)
    note = Text(required=False, max_length=300, allow_blank=True)


class SpuMatchIn(In):
    """A barcode, or a category, a brand and what the product says of itself."""

    barcode = Text(required=False, max_length=14, allow_blank=True)
    category_id = Text(required=False, max_length=32, allow_null=True)
    brand_id = Text(required=False, max_length=32, allow_null=True)
    attributes = serializers.ListField(child=ProductAttributeIn(), required=False, max_length=100)


class SpuQuery(In):
    """Which standard products."""

    barcode = Text(required=False, max_length=14)
    category_id = Text(required=False, max_length=32)
    brand_id = Text(required=False, max_length=32)


class SpuTicketQuery(In):
    """Which tickets."""

    status = serializers.ChoiceField(required=False, choices=TicketStatus.choices)


class SpuAcceptanceIn(In):
    """A word to the shop."""

    answer = Text(required=False, max_length=300, allow_blank=True)


class SpuRejectionIn(In):
    """Why."""

    answer = Text(max_length=300)


class SpuOut(Out):
    """A standard product."""

    id = serializers.CharField(source="public_id")
    category = CategoryNameOut()
    brand = BrandNameOut(allow_null=True)
    name = serializers.CharField()
    barcode = serializers.CharField()
    attributes = ProductAttributeOut(many=True)
    is_free_of_review = serializers.BooleanField()
    is_retired = serializers.BooleanField()
    version = serializers.IntegerField()


class SpuTicketOut(Out):
    """What a shop asked of the library, and the answer."""

    id = serializers.CharField(source="public_id")
    shop_id = serializers.CharField(source="shop.public_id")
    kind = serializers.ChoiceField(choices=TicketKind.choices)
    spu_id = serializers.CharField(source="spu.public_id", allow_null=True, default=None)
    category = CategoryNameOut()
    brand = BrandNameOut(allow_null=True)
    name = serializers.CharField()
    barcode = serializers.CharField()
    attributes = ProductAttributeOut(many=True)
    note = serializers.CharField()
    status = serializers.ChoiceField(choices=TicketStatus.choices)
    answer = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


def _named(actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """Return the category and the brand that `data` names, as rows."""
    category, brand = data.get("category_id"), data.get("brand_id")
    return {
        "category": Category.objects.get_visible(actor, public_id=category) if category else None,
        "brand": Brand.objects.get_visible(actor, public_id=brand) if brand else None,
    }


def _content(actor: Actor, data: dict[str, Any]) -> SpuContent:
    return SpuContent(
        **_named(actor, data),
        name=data["name"],
        barcode=data.get("barcode", ""),
        attributes=data.get("attributes", ()),
    )


def _spu(actor: Actor, spu_id: str) -> Spu:
    return Spu.objects.select_related("category", "brand").get_visible(actor, public_id=spu_id)


def _tickets(actor: Actor, query: dict[str, Any]) -> Any:
    rows = SpuTicket.objects.visible_to(actor).filter(**query)
    return rows.select_related("shop", "spu", "category", "brand")


class Spus(View):
    audience = Role.ANONYMOUS

    @listing(gives=SpuOut, filters=SpuQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """Standard products, the newest first."""
        rows = Spu.objects.visible_to(request.actor).select_related("category", "brand")
        if "barcode" in query:
            rows = rows.filter(barcode=query["barcode"])
        if "category_id" in query:
            rows = rows.filter(category__public_id=query["category_id"])
        return rows.filter(brand__public_id=query["brand_id"]) if "brand_id" in query else rows


class ShopSpuMatches(ShopView):
    permission = "catalog.view"

    @operation(takes=SpuMatchIn, gives=SpuOut, many=True)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """The standard products that a product may be: by its barcode, else by key properties."""
        found = spus.match(
            barcode=data.get("barcode", ""),
            attributes=data.get("attributes", ()),
            **_named(request.actor, data),
        )
        return found.order_by("pk")[:MAX_MATCHES]


class ShopSpuTickets(ShopView):
    @listing(gives=SpuTicketOut, filters=SpuTicketQuery)
    def get(self, request: Any, query: dict[str, Any], shop_id: str) -> Any:
        """What the shop asked of the library, the newest first."""
        return _tickets(request.actor, query)

    @operation(takes=SpuTicketIn, gives=SpuTicketOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Propose a standard product, or report how one should be."""
        actor, content = request.actor, _content(request.actor, data)
        shop = Shop.objects.get_visible(actor, public_id=shop_id)
        note = data.get("note", "")
        if data.get("spu_id"):
            spu = _spu(actor, data["spu_id"])
            return spus.correct(
                shop=shop, spu=spu, content=content, note=note, actor=actor, at=request.at
            )
        return spus.propose(shop=shop, content=content, note=note, actor=actor, at=request.at)


class OperatorSpus(OperatorView):
    @operation(takes=SpuIn, gives=SpuOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Put a standard product into the library."""
        content = _content(request.actor, data)
        return spus.add(content=content, actor=request.actor, at=request.at)


class OperatorSpu(OperatorView):
    @operation(takes=SpuEditIn, gives=SpuOut)
    def put(self, request: Any, data: dict[str, Any], spu_id: str) -> Any:
        """Say what a standard product is instead."""
        return spus.edit(
            spu=_spu(request.actor, spu_id),
            content=_content(request.actor, data),
            version=data["version"],
            actor=request.actor,
            at=request.at,
        )


class OperatorSpuFlags(OperatorView):
    @operation(takes=SpuFlagsIn, gives=SpuOut)
    def put(self, request: Any, data: dict[str, Any], spu_id: str) -> Any:
        """Say whether products against it need a person, and whether it is retired."""
        spu = _spu(request.actor, spu_id)
        return spus.set_flags(spu=spu, actor=request.actor, at=request.at, **data)


class OperatorSpuTickets(OperatorView):
    @listing(gives=SpuTicketOut, filters=SpuTicketQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """What shops ask of the library, the newest first."""
        return _tickets(request.actor, query)


class OperatorSpuAcceptance(OperatorView):
    @operation(takes=SpuAcceptanceIn, gives=SpuTicketOut)
    def post(self, request: Any, data: dict[str, Any], spu_ticket_id: str) -> Any:
        """Do what a shop asked."""
        ticket = SpuTicket.objects.get_visible(request.actor, public_id=spu_ticket_id)
        answer = data.get("answer", "")
        return spus.accept(ticket=ticket, answer=answer, actor=request.actor, at=request.at)


class OperatorSpuRejection(OperatorView):
    @operation(takes=SpuRejectionIn, gives=SpuTicketOut)
    def post(self, request: Any, data: dict[str, Any], spu_ticket_id: str) -> Any:
        """Refuse what a shop asked."""
        ticket = SpuTicket.objects.get_visible(request.actor, public_id=spu_ticket_id)
        return spus.reject(ticket=ticket, answer=data["answer"], actor=request.actor, at=request.at)
