"""Named filters of the order list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from kernel.actors import Actor
from kernel.errors import FieldError, InvalidInput
from orders.errors import TooManyViews
from orders.models import OrderView
from shops.models import Shop

#: What a view may ask for: names as in the list of orders.
FILTERS = ("status", "flag", "is_frozen")


@transaction.atomic
def save_view(
    *, shop: Shop, name: str, filters: Mapping[str, Any], actor: Actor, at: datetime
) -> OrderView:
    """Keep `filters` under `name` for the acting person, and return the view.

    A view of that name is replaced. Raises InvalidInput for a view that asks for nothing, and
    TooManyViews beyond MAX_ORDER_VIEWS of one person.
    """
    asked = {key: filters[key] for key in FILTERS if key in filters}
    if not asked:
        raise InvalidInput(errors=[FieldError("/status", "required", InvalidInput.message)])
    # One at a time: the count is true.
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    own = OrderView.objects.visible_to(actor).filter(shop=shop)
    if own.exclude(name=name).count() >= settings.MAX_ORDER_VIEWS:
        raise TooManyViews
    known = own.filter(name=name).first()
    person: Any = actor.user_id
    view = known or OrderView(shop=shop, user_id=person, name=name, created_at=at)
    view.filters = asked
    view.save()
    return view


@transaction.atomic
def remove_view(*, view_id: int) -> None:
    """Forget a view; one that is gone already stays gone."""
    OrderView.objects.filter(pk=view_id).delete()
