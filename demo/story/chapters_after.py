"""Chapters ten to thirteen: a dispute, the settlement, new names, and an unbinding."""

from __future__ import annotations

from typing import Any

from demo.story.chapters_identity import Stage
from demo.story.people import eventually
from demo.story.teller import check, face


def dispute(stage: Stage) -> None:
    """A return that the shop refuses and support grants."""
    tell, money = stage.teller.tell, stage.teller.money
    stage.teller.chapter("10 · After-sales")
    ask = {
        "order_number": stage.order,
        "position": stage.position,
        "kind": "refund_shipped",
        "quantity": 1,
        "reason": "damaged",
        "is_received": True,
        "description": "罐子压扁了。",
    }
    case = stage.buyer.post("/aftersales/cases", ask)
    path = stage.shop_path("aftersales", f"/cases/{case['number']}")
    tell(stage.buyer.name, f"reports a crushed tin: case {case['number']}")
    no = {"version": case["version"], "code": "agreed_otherwise", "remark": "已约定补发。"}
    stage.owner.post(f"{path}/reject", no)
    stage.owner.post(f"{path}/reject", no, refusal="stale_version")
    tell(stage.owner.name, "refuses; a second, stale decision changes nothing")
    stage.buyer.post(
        f"/aftersales/cases/{case['number']}/escalate", {"text": "没有补发，请平台介入。"}
    )
    against = stage.owner.get(stage.shop_path("shops", f"/bindings/{stage.binding}/preconditions"))
    unmet = [f"{row['label']}: {row['count']}" for row in against if not row["is_met"]]
    check(bool(unmet), "an open case should stand against an unbinding")
    tell(stage.owner.name, f"could not unbind now; in the way are {', '.join(unmet)}")
    desk = stage.support.get(f"/aftersales/support/cases/{case['number']}")
    stage.teller.identity("support sees", desk["identity"])
    stage.support.post(
        f"/aftersales/support/cases/{case['number']}/decide",
        {"version": desk["version"], "decision": "buyer", "reason": "商家未补发，支持退款。"},
    )
    tell(stage.support.name, "decides for the buyer")
    eventually(
        lambda: stage.buyer.get(f"/aftersales/cases/{case['number']}")["status"] == "success",
        "the money to go back",
    )
    money("refunded", desk["amount"]["amount"])


def settlement(stage: Stage) -> None:
    """The window closes; what is left of the line goes to its parties; the shop is paid out."""
    tell, money = stage.teller.tell, stage.teller.money
    stage.teller.chapter("11 · Settlement")
    stage.operator.post(
        "/orders/operator/sandbox/deadlines", {"order": stage.order, "deadline": "aftersales_until"}
    )
    tell(stage.operator.name, "lets the seven days of the after-sales window pass")
    balances = {
        stage.owner: stage.shop_path("settlements", "/balance"),
        stage.creator: "/settlements/creator/balance",
        stage.agency: "/settlements/agency/balance",
    }
    eventually(
        lambda: _balance(stage.owner.get(balances[stage.owner])) > 0, "the line to be settled"
    )
    for person, path in balances.items():
        money(f"owed to {person.name}", _balance(person.get(path)))
    found = stage.creator.get("/affiliates/creator/commissions", order_number=stage.order)[
        "results"
    ]
    check(found[0]["status"] == "settled", f"the commission is {found[0]['status']}")
    amount = _balance(stage.owner.get(balances[stage.owner]))
    payouts = stage.shop_path("settlements", "/payouts")
    account = {"bank": "杭州银行", "number": "6222021234567890"}
    stage.owner.post(payouts, {"amount": amount}, refusal="no_payout_account")
    stage.owner.post(stage.shop_path("settlements", "/payout-accounts"), account)
    payout = stage.owner.post(payouts, {"amount": amount})
    stage.owner.post(payouts, {"amount": amount}, refusal="balance_too_low")
    stage.operator.post(f"/settlements/operator/payouts/{payout['number']}/pay")
    check(_balance(stage.owner.get(balances[stage.owner])) == 0, "nothing should be owed any more")
    tell(stage.owner.name, f"is paid out ({payout['number']}); asking twice is refused")


def rename(stage: Stage) -> None:
    """The shop takes a new name; the old order keeps the face that the buyer saw."""
    stage.teller.chapter("12 · A new name")
    new = f"灵溪茶行 {stage.mark}"
    stage.owner.post(stage.shop_path("shops", "/rename"), {"name": new})
    stage.teller.tell(stage.owner.name, f"renames the shop to “{new}”")
    _same_face(stage, new)


def unbind(stage: Stage) -> None:
    """Unbinding names what stands against it, and completes when nothing does."""
    tell = stage.teller.tell
    stage.teller.chapter("13 · Parting")
    path = stage.shop_path("shops", f"/bindings/{stage.binding}")
    answer = stage.owner.post(f"{path}/unbind")
    for row in answer["preconditions"]:
        tell("the checklist", f"{'✓' if row['is_met'] else '✗'} {row['label']}: {row['count']}")
    eventually(lambda: stage.owner.get(path)["status"] == "ended", "the unbinding to complete")
    profile = stage.buyer.get(f"/accounts/profiles/{stage.account}")
    check(profile["storefront"] is None, "the profile should show no shop any more")
    tell(stage.owner.name, f"parts from the account, which is “{profile['account']['name']}” again")
    _same_face(stage, stage.owner.get(stage.shop_path("shops", ""))["name"])


def _same_face(stage: Stage, now: str) -> None:
    seen: dict[str, Any] = stage.buyer.get(f"/orders/orders/{stage.order}")
    check(
        seen["storefront"] == stage.face, "the old order shows another identity than at placement"
    )
    check(seen["now_known_as"]["shop"]["name"] == now, "the order should say what it is called now")
    stage.teller.identity("the old order still shows", seen)
    stage.teller.tell(stage.buyer.name, f"reads “now known as {now}” beside {face(seen)}")


def _balance(answer: dict[str, Any]) -> int:
    return int(answer["balance"]["amount"])
