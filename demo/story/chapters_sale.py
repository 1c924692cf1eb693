"""Chapters six to nine: the order, its money, its parcels, and one that is never paid."""

from __future__ import annotations

import uuid
from typing import Any

from demo.story.chapters_identity import Stage
from demo.story.people import eventually
from demo.story.teller import check

RECEIVER = {
    "name": "陈静",
    "phone": "13912345678",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "龙井路 1 号",
}


def order(stage: Stage) -> None:
    """One checkout over two shops; the same key twice is one order."""
    tell, money = stage.teller.tell, stage.teller.money
    stage.teller.chapter("6 · The order")
    touch = {
        "pick_code": stage.pick_code,
        "media_type": "live",
        "media_id": "room-1",
        "account_id": stage.creator_account,
        "is_live": True,
    }
    lines = [{"sku_id": stage.skus[0]["id"], "quantity": 3, "touch": touch}]
    lines += [{"sku_id": sku, "quantity": 1} for sku in _elsewhere(stage)]
    quote = stage.buyer.post("/orders/quotes", {"lines": lines})
    total = quote["pay_amount"]["amount"]
    tell(
        stage.buyer.name,
        f"sees {stage.creator.name}'s live session; {len(quote['orders'])} shops in the cart",
    )
    money("to pay", total)
    key = uuid.uuid4().hex
    body = {"lines": lines, "receiver": RECEIVER, "expected_pay_amount": total}
    group = stage.buyer.post("/orders/checkouts", body, key=key)
    again = stage.buyer.post("/orders/checkouts", body, key=key)
    check(group["number"] == again["number"], "one key made two orders")
    stage.buyer.post(
        "/orders/checkouts", {**body, "lines": lines[:1]}, key=key, refusal="idempotency_key_reused"
    )
    tell(stage.buyer.name, f"places group {group['number']}; the same key again is the same order")
    mine = next(one for one in group["orders"] if one["storefront"]["shop"]["id"] == stage.shop)
    stage.order, stage.position = mine["number"], mine["lines"][0]["position"]
    stage.face = mine["storefront"]
    stage.teller.identity("the order shows", mine)
    pay(stage, group["number"])
    paid = stage.buyer.get(f"/orders/orders/{stage.order}")
    check(paid["status"] == "to_ship", f"the order is {paid['status']}")
    tell(stage.buyer.name, "pays at the sandbox's cashier; its signed notice is applied")
    money("captured", total)
    earned = eventually(lambda: _commission(stage), "the commission to be estimated")
    money(f"{stage.creator.name} may expect", earned["creator_amount"]["amount"])
    money(f"{stage.agency.name} may expect", earned["agency_amount"]["amount"])


def pay(stage: Stage, group: str) -> None:
    """Pay a group; a second knock at the cashier pays nothing twice."""
    payment = stage.buyer.post(f"/orders/groups/{group}/payments", {"gateway": "sandbox"})
    for _knock in range(2):
        stage.buyer.post(f"/orders/sandbox/cashier/{payment['number']}/pay")
    eventually(
        lambda: stage.buyer.get(f"/orders/payments/{payment['number']}")["status"] == "paid",
        "the payment to be applied",
    )


def refund_before_shipping(stage: Stage) -> None:
    """One of three pieces goes back before it is sent."""
    tell, money = stage.teller.tell, stage.teller.money
    stage.teller.chapter("7 · Before shipping: one piece less")
    ask = {
        "order_number": stage.order,
        "position": stage.position,
        "kind": "refund_unshipped",
        "quantity": 1,
        "reason": "no_longer_wanted",
    }
    worth = stage.buyer.post("/aftersales/calculations", ask)
    case = stage.buyer.post("/aftersales/cases", ask)
    tell(stage.buyer.name, f"asks for one of three pieces back: case {case['number']}")
    stage.teller.identity("the case shows", case["identity"])
    path = stage.shop_path("aftersales", f"/cases/{case['number']}")
    stage.owner.post(f"{path}/approve", {"version": case["version"]})
    tell(stage.owner.name, "agrees")
    _await_case(stage, case["number"], "success")
    money("refunded", worth["amount"]["amount"])


def ship(stage: Stage) -> None:
    """Two packages, the first repeated, then the buyer has the goods."""
    tell = stage.teller.tell
    stage.teller.chapter("8 · Parcels")
    path = stage.shop_path("orders", f"/orders/{stage.order}/packages")
    key = uuid.uuid4().hex
    for number, knocks in (("SF1000000001", 2), ("SF1000000002", 1)):
        body: dict[str, Any] = {
            "carrier": "shunfeng",
            "tracking_number": number,
            "lines": [{"position": stage.position, "quantity": 1}],
        }
        for _knock in range(knocks):
            stage.clerk.post(path, body, key=f"{key}-{number}")
        status = stage.buyer.get(f"/orders/orders/{stage.order}")["status"]
        tell(stage.clerk.name, f"ships {number}: the order is {status.replace('_', ' ')}")
    seen = stage.buyer.get(f"/orders/orders/{stage.order}")
    check(len(seen["packages"]) == 2, f"{len(seen['packages'])} packages instead of two")
    check(seen["status"] == "shipped", f"the order is {seen['status']}")
    stage.clerk.post(
        stage.shop_path("aftersales", "/cases/nothing/approve"),
        {"version": 1},
        refusal="not_allowed",
    )
    tell(stage.clerk.name, "may not decide cases: not allowed")
    done = stage.buyer.post(f"/orders/orders/{stage.order}/confirm-receipt")
    check(done["status"] == "completed", f"the order is {done['status']}")
    tell(stage.buyer.name, "confirms the receipt; the after-sales window runs")


def unpaid(stage: Stage) -> None:
    """An order that nobody pays gives its stock back; late money goes back by itself."""
    tell, money = stage.teller.tell, stage.teller.money
    stage.teller.chapter("9 · An order that is not paid")
    sku = stage.skus[1]["id"]
    before = _available(stage, sku)
    body = {"lines": [{"sku_id": sku, "quantity": 2}], "receiver": RECEIVER}
    group = stage.buyer.post("/orders/checkouts", body)
    check(_available(stage, sku) == before - 2, "two pieces should be held")
    number = group["orders"][0]["number"]
    late = stage.buyer.post(f"/orders/groups/{group['number']}/payments", {"gateway": "sandbox"})
    stage.operator.post(
        "/orders/operator/sandbox/deadlines", {"order": number, "deadline": "pay_by"}
    )
    eventually(
        lambda: stage.buyer.get(f"/orders/orders/{number}")["status"] == "closed",
        "the order to close",
    )
    check(_available(stage, sku) == before, "the held pieces should be free again")
    tell(stage.buyer.name, "forgets to pay: the order closes by itself, its pieces are free again")
    refusal = stage.buyer.post(
        f"/orders/sandbox/cashier/{late['number']}/pay", refusal="not_payable"
    )
    tell(stage.buyer.name, f"comes late to the cashier: {refusal['detail']}")
    money("charged", 0)


def _await_case(stage: Stage, number: str, status: str) -> None:
    eventually(
        lambda: stage.buyer.get(f"/aftersales/cases/{number}")["status"] == status,
        f"case {number} to be {status}",
    )


def _elsewhere(stage: Stage) -> list[str]:
    """Return a SKU of another shop, so that one checkout meets two."""
    for card in stage.buyer.get("/catalog/products", limit=50)["results"]:
        if card["storefront"]["shop"]["id"] != stage.shop:
            for sku in stage.buyer.get(f"/catalog/products/{card['id']}")["skus"]:
                if sku["availability"] != "sold_out":
                    return [sku["id"]]
    return []


def _available(stage: Stage, sku: str) -> int:
    rows = stage.owner.get(stage.shop_path("catalog", "/stock"), sku_id=sku)["results"]
    return int(rows[0]["available"])


def _commission(stage: Stage) -> Any:
    found = stage.creator.get("/affiliates/creator/commissions", order_number=stage.order)[
        "results"
    ]
    return found[0] if found else None
