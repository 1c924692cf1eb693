"""When and where a shop sends: freight preview, promise, special dates, holidays; regions."""

from __future__ import annotations

from typing import Any

from kernel.actors import Actor, Role
from kernel.api.operations import operation
from kernel.api.views import View
from kernel.errors import NotFound
from shops.api import public_serializers as public
from shops.api import shipping_serializers as shapes
from shops.api.merchant_views import MerchantView
from shops.enums import ShippingSpeed
from shops.models import Holiday, ShippingPromise, SpecialDate
from shops.selectors import Region, freight_terms, regions
from shops.services import shipping


class Regions(View):
    """Administrative divisions."""

    audience = Role.ANONYMOUS

    @operation(filters=public.RegionQuery, gives=public.RegionOut, many=True)
    def get(self, request: Any, query: dict[str, Any]) -> list[Region]:
        """List the divisions right below `within`, or the provinces (GB/T 2260)."""
        return children(query.get("within", ""))


def children(parent: str) -> list[Region]:
    """Return the divisions right below `parent`; the provinces for none. Raises NotFound."""
    if not parent:
        return [one for one in regions().values() if one.level == 1]
    above = regions().get(parent)
    if above is None:
        raise NotFound
    prefix, level = parent[: 2 * above.level], above.level + 1
    return [one for one in regions().values() if one.level == level and one.code.startswith(prefix)]


class FreightPreview(MerchantView):
    """What an order would pay."""

    permissions = {"POST": "shops.view"}

    @operation(takes=shapes.FreightPreviewIn, gives=shapes.FreightPreviewOut)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Tell the freight of an order to a region, by the terms of now."""
        region = regions().get(data["region_code"])
        if region is None:
            raise NotFound
        terms = freight_terms([request.actor.shop_id])[request.actor.shop_id]
        amount = terms.of(data["goods_amount"], data["pieces"], region.code)
        return {"region": region.full_name, "freight_amount": amount}


class Shipping(MerchantView):
    """When the shop sends."""

    @operation(gives=shapes.ShippingOut)
    def get(self, request: Any, shop_id: str) -> dict[str, Any]:
        """Show the promise, the holiday and the special dates to come."""
        return _shown(request)

    @operation(takes=shapes.PromiseIn, gives=shapes.ShippingOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Promise how soon what is paid from now on is sent (SH-11)."""
        shipping.set_promise(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )
        return _shown(request)


class HolidayView(MerchantView):
    """The shop's holiday."""

    @operation(takes=shapes.HolidayIn, gives=shapes.ShippingOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Close the shop for a while; items stay to be seen, orders are refused (SH-19)."""
        shipping.set_holiday(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )
        return _shown(request)

    @operation(gives=shapes.ShippingOut)
    def delete(self, request: Any, shop_id: str) -> dict[str, Any]:
        """Open again, or call off what was announced."""
        shipping.end_holiday(shop_id=request.actor.shop_id, at=request.at, actor=request.actor)
        return _shown(request)


class SpecialDates(MerchantView):
    """Orders that are sent later."""

    @operation(takes=shapes.SpecialDateIn, gives=shapes.SpecialDateOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> SpecialDate:
        """Announce that orders paid in a window to come are sent later (SH-11)."""
        return shipping.add_special_date(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class OneSpecialDate(MerchantView):
    """One of them."""

    @operation(status=204)
    def delete(self, request: Any, shop_id: str, special_date_id: str) -> None:
        """Call off a special date that has not begun."""
        row = SpecialDate.objects.get_visible(request.actor, public_id=special_date_id)
        shipping.call_off_special_date(
            shop_id=request.actor.shop_id, pk=row.pk, at=request.at, actor=request.actor
        )


def _shown(request: Any) -> dict[str, Any]:
    actor: Actor = request.actor
    holidays = Holiday.objects.visible_to(actor).filter(called_off_at__isnull=True)
    dates = SpecialDate.objects.visible_to(actor).filter(called_off_at__isnull=True)
    promise = ShippingPromise.objects.visible_to(actor).filter(ends_at__isnull=True).first()
    return {
        "speed": promise.speed if promise else ShippingSpeed.HOURS_48,
        "holiday": holidays.filter(closed_to__gt=request.at).first(),
        "special_dates": dates.filter(paid_to__gt=request.at).order_by("paid_from"),
    }
