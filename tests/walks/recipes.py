"""For each door a request that its rightful caller may send: found by trying, not written down.

What the document cannot tell, such as two fields that exclude each other, stands in `CHANGES`, by
operation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import count, product
from typing import Any

from PIL import Image

from kernel import clock
from kernel.actors import Role
from orders.models import SandboxTransaction
from orders.services import routes
from orders.services.gateways.sandbox import bank
from tests.walks.bodies import Request, address, body_of, finder
from tests.walks.callers import Answer, Caller, ask
from tests.walks.canaries import SPECIES, strays
from tests.walks.doors import Door
from tests.walks.names import UnknownName
from tests.walks.rows import rolled_back
from tests.walks.world import Side, World

#: Changes to the generated request, by operation id.
Change = Callable[[Request, Side], None]
CHANGES: dict[str, Change] = {}
#: Tries after which a refusal by a rule will do.
ENOUGH = 24
BEST = 3
_keys = count(1)


@dataclass(frozen=True)
class Recipe:
    """A request, who may send it, and what it gets."""

    door: Door
    caller: Caller
    request: Request
    answer: Answer
    is_public: bool

    @property
    def is_usable(self) -> bool:
        """A refusal by a rule of the trade is as good as a yes; bad input or a 404 is not."""
        return self.answer.status < 300 or self.answer.status in (409, 422)


def rightful(door: Door, world: World, side: Side) -> list[Caller]:
    """Return who on `side` may be entitled to `door`."""
    people = side.people.users
    by_role = {
        Role.MERCHANT: ["owner"],
        Role.CREATOR: ["creator", "novice"],
        Role.AGENCY: ["agency"],
        Role.BUYER: ["buyer", "owner", "creator", "novice", "agency", "invited"],
        Role.ANONYMOUS: ["buyer"],
    }
    if door.audience is Role.OPERATOR:
        return [Caller("operator", world.operator)]
    if door.audience is Role.SUPPORT:
        return [Caller("support", world.support)]
    return [Caller(name, people[name]) for name in by_role[door.audience]]


def recipe(door: Door, world: World, side: Side) -> Recipe:
    """Return the best request of `side` for `door`: one that succeeds, else one that is understood.

    Raises UnknownName where the fixtures have no id of the kind that the door wants.
    """
    mark = (door.name, side.letter)
    if mark not in world.recipes:
        world.recipes[mark] = _best(_tries(door, world, side), side.ids.secrets())
    return world.recipes[mark]


def _best(tries: Iterator[Recipe], secrets: list[str]) -> Recipe:
    best, mark = None, -1
    for number, found in enumerate(tries):
        merit = _merit(found, secrets)
        if merit > mark:
            best, mark = found, merit
        if mark == BEST or (mark > 0 and number > ENOUGH):
            break
    assert best is not None
    return best


def _merit(found: Recipe, secrets: list[str]) -> int:
    """Nothing, understood, done, or (where something is only read) told what is private."""
    if found.answer.status >= 300:
        return int(found.is_usable)
    tells = strays(secrets, found.answer.text, found.request.text()) or SPECIES in found.answer.text
    return BEST if found.door.is_write or tells else 2


def _tries(door: Door, world: World, side: Side) -> Iterator[Recipe]:
    seen = set()
    for is_public, turn in product((False, True), range(8)):
        request = request_for(door, side, prefer_public=is_public, turn=turn)
        mark = (request.path, str(request.body))
        if mark in seen:
            continue
        seen.add(mark)
        for caller in rightful(door, world, side):
            with rolled_back():
                answer = ask(caller, door, request)
            yield Recipe(door, caller, request, answer, is_public)


def request_for(door: Door, side: Side, **choice: Any) -> Request:
    """Return a request to `door` with the ids of `side`."""
    ids = finder(side.ids, **choice)
    headers = {"Idempotency-Key": f"walk-{next(_keys)}"} if door.needs_key else {}
    request = Request(address(door, ids), {}, body_of(door, ids), headers)
    if door.name in CHANGES:
        CHANGES[door.name](request, side)
    return request


def changes(operation: str) -> Callable[[Change], Change]:
    """Let the decorated function finish the requests to `operation`."""

    def register(change: Change) -> Change:
        CHANGES[operation] = change
        return change

    return register


@changes("settlements_shops_shop_id_payout_accounts_post")
def _number(request: Request, side: Side) -> None:
    request.body["number"] = "6222020000000000"


@changes("shops_shops_shop_id_freight_preview_post")
def _region(request: Request, side: Side) -> None:
    request.body["region_code"] = "650000"


@changes("shops_shops_shop_id_return_addresses_address_id_strategy_put")
def _strategy(request: Request, side: Side) -> None:
    request.body["region_codes"] = ["540000"]


@changes("shops_shops_shop_id_shipping_special_dates_post")
@changes("shops_shops_shop_id_shipping_holiday_put")
def _period(request: Request, side: Side) -> None:
    later = clock.now() + timedelta(days=100)
    first, last = sorted(name for name in request.body if name.endswith(("_from", "_to")))
    request.body |= {first: later.isoformat(), last: (later + timedelta(days=1)).isoformat()}
    if "special" in request.path:
        request.body["plus_days"] = 1


@changes("orders_notices_gateway_post")
def _sign(request: Request, side: Side) -> None:
    number = side.trade.orders["to_ship"].splits.get().payment.number
    signed = bank.notice(SandboxTransaction.objects.get(number=number), at=clock.now())
    request.body = signed.body
    request.headers |= signed.headers


@changes("orders_carriers_carrier_notices_post")
def _sign_route(request: Request, side: Side) -> None:
    now = clock.now()
    notice = {
        "id": f"walk-{next(_keys)}",
        "tracking_number": side.trade.orders["shipped"].packages.get().tracking_number,
        "state": "in_transit",
        "happened_at": now.isoformat(),
    }
    stamp, request.body = str(int(now.timestamp())), json.dumps(notice).encode()
    request.headers |= {
        routes.TIMESTAMP_HEADER: stamp,
        routes.SIGNATURE_HEADER: routes.sign(stamp, request.body),
    }


@changes("catalog_shops_shop_id_products_post")
@changes("catalog_shops_shop_id_products_product_id_skus_post")
def _name_options(request: Request, side: Side) -> None:
    skus = request.body.get("skus", [request.body])
    skus[0]["options"] = ["XL"]
    if "skus" in request.body:
        request.body["option_names"] = ["size"]


@changes("catalog_shops_shop_id_products_product_id_channel_products_post")
def _name_all_creators(request: Request, side: Side) -> None:
    _name_options(request, side)
    request.body |= {"kind": "all_creators", "account_ids": []}
    del request.body["option_names"]


@changes("catalog_shops_shop_id_products_product_id_channel_put")
def _name_an_account(request: Request, side: Side) -> None:
    request.body |= {"kind": "named", "account_ids": [side.front.account.public_id]}


@changes("catalog_shops_shop_id_products_product_id_patch")
def _name_a_change(request: Request, side: Side) -> None:
    request.body["brief"] = "walk"


@changes("shops_operator_admissions_admission_id_reject_post")
def _name_a_requirement(request: Request, side: Side) -> None:
    request.body["rejections"][0]["field"] = "licence_url"


@changes("shops_operator_checklists_post")
def _ask_for_the_least(request: Request, side: Side) -> None:
    request.body |= {
        "category": "",
        "requirements": [{"kind": "legal_data"}, {"kind": "manual_review"}],
    }


@changes("shops_shops_shop_id_documents_post")
@changes("catalog_shops_shop_id_pictures_post")
def _send_a_picture(request: Request, side: Side) -> None:
    kept = BytesIO()
    Image.new("RGB", (600, 600), "white").save(kept, "PNG")
    request.body["file"] = kept.getvalue()


@changes("shops_shops_shop_id_admission_answers_put")
def _answer_a_question(request: Request, side: Side) -> None:
    request.body["answers"] = {"size": "3"}


@changes("catalog_shops_shop_id_page_put")
def _write_a_notice(request: Request, side: Side) -> None:
    notice = {"id": "a", "kind": "notice", "text": "walk"}
    request.body |= {"blocks": [notice], "version": side.front.shop.page.version}


@changes("catalog_operator_screening_rules_post")
def _name_one_kind(request: Request, side: Side) -> None:
    request.body = {"code": "walk", "kind": "contact", "effect": "warn"}


@changes("catalog_operator_screening_rules_screening_rule_id_publish_post")
def _hold_from_now(request: Request, side: Side) -> None:
    request.body = {}


@changes("catalog_shops_shop_id_brand_grants_post")
def _claim_for_a_top_category(request: Request, side: Side) -> None:
    request.body["category_id"] = side.front.products["draft"].category.parent.public_id


@changes("catalog_shops_shop_id_qualifications_post")
def _hand_in_what_is_asked_for(request: Request, side: Side) -> None:
    request.body["code"] = "permit"


@changes("catalog_operator_spus_post")
@changes("catalog_operator_spus_spu_id_put")
@changes("catalog_shops_shop_id_spu_tickets_post")
def _name_a_barcode(request: Request, side: Side) -> None:
    request.body["barcode"] = "96385074"


@changes("catalog_operator_categories_post")
def _name_root(request: Request, side: Side) -> None:
    request.body["parent_id"] = side.front.products["draft"].category.parent.public_id


@changes("accounts_operator_users_user_id_roles_role_suspend_post")
@changes("accounts_operator_users_user_id_roles_role_restore_post")
def _name_creator(request: Request, side: Side) -> None:
    request.path = request.path.replace("roles/consumer", "roles/creator")


@changes("orders_shops_shop_id_shipping_files_post")
def _send_lines(request: Request, side: Side) -> None:
    number = side.trade.orders["to_ship"].number
    request.body = {"text": f"{number},shunfeng,SF0000000000009"}


@changes("affiliates_shops_shop_id_plan_files_post")
def _send_rates(request: Request, side: Side) -> None:
    request.body = {"text": f"{side.front.products['on_sale'].public_id},12"}


@changes("orders_shops_shop_id_order_views_post")
def _name_a_filter(request: Request, side: Side) -> None:
    request.body["status"] = "to_ship"


@changes("catalog_shops_shop_id_buckets_post")
def _name_its_seller(request: Request, side: Side) -> None:
    request.body |= {"kind": "channel", "account_id": side.front.account.public_id}


@changes("catalog_storefronts_get")
def _name_somebody(request: Request, side: Side) -> None:
    request.query["q"] = side.front.shop.name


@changes("catalog_shops_shop_id_products_product_id_sale_mode_put")
def _sell_in_steps(request: Request, side: Side) -> None:
    request.body = {"kind": "stepped", "days": 5, "later_pieces": 1}
    request.body["sku_id"] = side.front.sku("on_sale").public_id


@changes("catalog_shops_shop_id_buckets_bucket_id_pieces_post")
def _put_one_in(request: Request, side: Side) -> None:
    request.body["delta"] = 1


@changes("catalog_shops_shop_id_skus_sku_id_bundle_put")
def _name_a_part(request: Request, side: Side) -> None:
    part = side.front.sku("in_review").public_id
    request.body["parts"] = [{"sku_id": part, "quantity": 2}]


@changes("catalog_shops_shop_id_stock_post")
def _count(request: Request, side: Side) -> None:
    request.body["edits"][0]["delta"] = 1
    request.body["edits"][0].pop("merchant_code", None)


@changes("catalog_shops_shop_id_stock_put")
def _name_by_id(request: Request, side: Side) -> None:
    request.body["counts"][0].pop("merchant_code", None)
    request.body["counts"][0]["sku_id"] = side.front.sku("on_sale").public_id


__all__ = ["CHANGES", "Recipe", "UnknownName", "recipe", "request_for", "rightful"]


@changes("insights_support_exemptions_post")
def _case_of_its_order(request: Request, side: Side) -> None:
    case = side.trade.cases["requested"]
    request.body |= {"order_number": case.order.number, "case_number": case.number}
