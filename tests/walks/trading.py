"""What one side sold: orders in every state, cases, commissions, settlements, payouts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from accounts.models import User
from aftersales.enums import CaseKind, ReasonCode, RejectCode
from aftersales.models import RefundCase
from aftersales.services import arbitration, deciding, opening, records, returns
from aftersales.services.deciding import Rejection
from aftersales.services.opening import CaseRequest
from catalog.models import Sku
from insights.enums import ExemptReason
from insights.models import ScoreExemption, ShopScore
from insights.selectors.morning import day_of
from insights.services import effects
from insights.services.days import add_up_all
from insights.services.exemptions import exempt
from insights.services.scores import refresh
from kernel.actors import Actor, Role
from kernel.delivery import deliver_all
from orders.enums import CloseReason, ExportPreset, PrintKind
from orders.models import (
    AddressChange,
    CartLine,
    ExportJob,
    Order,
    OrderView,
    Payment,
    Printing,
    ShippingFile,
)
from orders.services import readdressing, views
from orders.services.capturing import apply_payment
from orders.services.closing import close_order
from orders.services.desk import remark_order
from orders.services.exporting import jobs
from orders.services.gateways.port import PaymentFact
from orders.services.gateways.sandbox import bank
from orders.services.notices import receive_notice
from orders.services.payments import start_payment
from orders.services.placement import Placed, PlaceOrder, Receiver, Touch, WantedLine, place_orders
from orders.services.printing import runs
from orders.services.receipt import confirm_receipt
from orders.services.shipfiles import jobs as shipfiles
from orders.services.shipping import ship_order
from settlements.enums import PartyKind
from settlements.models import Payout, SettlementEntry, Statement
from settlements.policies import month_of
from settlements.selectors import PartyRef
from settlements.services import payouts, settling, statements
from tests.walks.canaries import canary
from tests.walks.governing import govern
from tests.walks.people import People
from tests.walks.shopping import Storefront

SUPPORT = Actor(
    role=Role.SUPPORT, permissions=frozenset({"aftersales.decide"}), label="Support desk"
)
_keys = count(1)


@dataclass
class Trade:
    """Orders and cases by the state they are in, and the money of settled ones."""

    orders: dict[str, Order]
    export: ExportJob
    shipping_file: ShippingFile
    printing: Printing
    order_view: OrderView
    address_change: AddressChange
    cases: dict[str, RefundCase]
    entry: SettlementEntry
    statements: dict[str, Statement]
    payouts: dict[str, Payout]
    exemption: ScoreExemption
    score: ShopScore


class Counter:
    """Places, pays, ships and completes orders of one side, at times of its choosing."""

    def __init__(self, side: str, people: People, front: Storefront) -> None:
        self.side, self.people, self.front = side, people, front
        self.buyer = Actor(role=Role.BUYER, user_id=people.buyer.pk)

    def place(self, at: datetime, *, by: User | None = None) -> Order:
        """Return an unpaid order of two lines that the side's creator sold."""
        touch = Touch(
            pick_code=self.front.pick.pick_code, account_id=self.people.creator.account.public_id
        )
        request = PlaceOrder(
            buyer_id=(by or self.people.buyer).pk,
            key=f"{self.side}-{next(_keys)}",
            lines=tuple(WantedLine(one.public_id, 2, touch) for one in self._skus()),
            receiver=Receiver(
                name=canary(self.side, "receiver"),
                phone="13900139000",
                province="浙江省",
                city="杭州市",
                street=canary(self.side, "street"),
                district=canary(self.side, "district"),
            ),
            messages=((self.front.shop.public_id, canary(self.side, "message")),),
        )
        (result,) = place_orders([request], at=at)
        assert isinstance(result, Placed), result
        order = result.group.orders.get()
        remark_order(
            order_id=order.pk, remark=canary(self.side, "remark"), at=at, actor=self.front.actor
        )
        return order

    def paid(self, at: datetime) -> Order:
        """Return an order to ship, paid at the sandbox bank."""
        order = self.place(at)
        payment = self.start(order, at)
        bank.open_payment(number=payment.number, amount=payment.amount, currency=payment.currency)
        row = bank.pay(number=payment.number, at=at)
        fact = PaymentFact(
            gateway="sandbox",
            payment_number=payment.number,
            gateway_txn=row.txn,
            amount=payment.amount,
            currency=payment.currency,
            paid_at=at,
        )
        apply_payment(fact, at=at)
        signed = bank.notice(row, at=at)
        receive_notice(gateway="sandbox", headers=signed.headers, body=signed.body, at=at)
        order.refresh_from_db()
        return order

    def start(self, order: Order, at: datetime) -> Payment:
        """Return a pending payment of the order's group."""
        return start_payment(
            group_number=order.group.number, gateway="sandbox", at=at, actor=self.buyer
        )

    def shipped(self, at: datetime, *, only_first: bool = False) -> Order:
        """Return an order that left, or whose first line did."""
        order = self.paid(at)
        ship_order(
            order_id=order.pk,
            request_id=canary(self.side, "request"),
            carrier_code="shunfeng",
            tracking_number=canary(self.side, "parcel"),
            at=at,
            actor=self.front.actor,
            pieces={1: 2} if only_first else None,
        )
        order.refresh_from_db()
        return order

    def completed(self, at: datetime) -> Order:
        """Return an order that its buyer received at `at`."""
        order = self.shipped(at)
        return confirm_receipt(order_id=order.pk, at=at, actor=self.buyer)

    def case(self, order: Order, at: datetime, *, kind: str = CaseKind.RETURN_AND_REFUND):
        """Return a case on the order's first line."""
        request = CaseRequest(
            kind=kind,
            quantity=1,
            reason=ReasonCode.NO_LONGER_WANTED,
            description=canary(self.side, "case"),
            image_urls=(f"https://img.example.com/{canary(self.side, 'photo')}.png",),
        )
        line = order.lines.get(position=1)
        case = opening.open_case(line_id=line.pk, request=request, at=at, actor=self.buyer)
        records.note(case_id=case.pk, text=canary(self.side, "note"), at=at, actor=SUPPORT)
        return case

    def _skus(self) -> list[Sku]:
        return list(self.front.products["on_sale"].skus.order_by("pk"))


def make_trade(side: str, people: People, front: Storefront, now: datetime) -> Trade:
    """Make the sales of `side`; the oldest is settled, the newest waits to be paid."""
    counter = Counter(side, people, front)
    days = timedelta(days=1)
    orders = {
        "settled": counter.completed(now - 20 * days),
        "completed": counter.completed(now - 3 * days),
        "shipped": counter.shipped(now - 2 * days),
        "partly_shipped": counter.shipped(now - days, only_first=True),
        "to_ship": counter.paid(now - days),
        "closed": counter.place(now - 2 * days),
        "unpaid": counter.place(now),
    }
    close_order(
        order_id=orders["closed"].pk, reason=CloseReason.BUYER, at=now - days, actor=counter.buyer
    )
    counter.start(orders["unpaid"], now)
    deliver_all()
    cases = _cases(counter, now)
    CartLine.objects.create(
        buyer=people.buyer,
        sku=front.sku("on_sale"),
        quantity=1,
        touch={"pick_code": front.pick.pick_code},
    )
    govern(side, front, orders["shipped"], now)
    settling.settle_due(at=now)
    statements.refresh(month=month_of(now), at=now)
    for order in orders.values():
        order.refresh_from_db()
    return Trade(
        orders=orders,
        export=_export(side, front, now),
        printing=runs.start(shop=front.shop, kind=PrintKind.LABELS, actor=front.actor, at=now),
        address_change=_address_change(side, counter, orders["to_ship"], now),
        order_view=views.save_view(
            shop=front.shop,
            name=canary(side, "view"),
            filters={"status": "to_ship"},
            actor=replace(front.actor, user_id=people.owner.pk),
            at=now,
        ),
        shipping_file=_shipping_file(side, front, orders["to_ship"], now),
        cases=cases,
        entry=SettlementEntry.objects.filter(shop=front.shop).order_by("pk")[0],
        statements={
            "shop": Statement.objects.get(shop=front.shop),
            "creator": Statement.objects.get(creator=people.creator),
            "agency": Statement.objects.get(agency=people.agency),
        },
        payouts=_payouts(side, people, front, now),
        exemption=exempt(
            order=orders["to_ship"],
            reason=ExemptReason.FORCE_MAJEURE,
            note=canary(side, "exemption"),
            at=now,
            actor=SUPPORT,
        ),
        score=_score(front, now),
    )


def _score(front: Storefront, now: datetime) -> ShopScore:
    """Add the shop's days up and score it."""
    add_up_all()
    effects.measure([front.bindings["active"]], at=now)
    return refresh(shop_id=front.shop.pk, day=day_of(now), at=now)


def _export(side: str, front: Storefront, now: datetime) -> ExportJob:
    """Write a file of the shop's orders, receivers in clear."""
    job = jobs.start(
        shop=front.shop,
        preset=ExportPreset.ORDERS,
        filters={},
        is_unmasked=True,
        reason=canary(side, "export"),
        actor=front.actor,
        at=now,
    )
    while jobs.write_part(job_id=job.pk, at=now):
        pass
    return job


def _address_change(side: str, counter: Counter, order: Order, now: datetime) -> AddressChange:
    """Let the buyer ask a shop that wants to be asked for another address."""
    shop = counter.front.shop
    readdressing.set_rules(shop=shop, asks_for_addresses=True, at=now, actor=counter.front.actor)
    receiver = Receiver(
        name=canary(side, "wished"),
        phone="13900139000",
        province="浙江省",
        city="宁波市",
        street=canary(side, "wished street"),
        district=canary(side, "wished district"),
    )
    return readdressing.ask(order_id=order.pk, receiver=receiver, at=now, actor=counter.buyer)


def _shipping_file(side: str, front: Storefront, order: Order, now: datetime) -> ShippingFile:
    """Look at a file of two parcels: one can be shipped, the other is nobody's."""
    lines = f"{order.number},顺丰,SF0000000000001\n{canary(side, 'row')},顺丰,SF0000000000002"
    job = shipfiles.start(
        shop=front.shop,
        filename=canary(side, "file"),
        content=lines.encode(),
        actor=front.actor,
        at=now,
        is_dry_run=True,
    )
    while shipfiles.ship_part(job_id=job.pk, at=now):
        pass
    return job


def _cases(counter: Counter, now: datetime) -> dict[str, RefundCase]:
    at, shop = now - timedelta(hours=6), counter.front.actor

    def fresh(kind: str = CaseKind.RETURN_AND_REFUND) -> RefundCase:
        return counter.case(counter.shipped(now - timedelta(days=2)), at, kind=kind)

    def approved(case: RefundCase) -> RefundCase:
        return deciding.approve(
            case_id=case.pk,
            version=case.version,
            remark=canary(counter.side, "approval"),
            at=at,
            actor=shop,
        )

    def returned(case: RefundCase) -> RefundCase:
        return returns.ship_back(
            case_id=approved(case).pk,
            carrier_code="shunfeng",
            tracking_number=canary(counter.side, "return"),
            at=at,
            actor=counter.buyer,
        )

    def rejected() -> RefundCase:
        case = fresh()
        rejection = Rejection(
            code=RejectCode.AGREED_OTHERWISE, remark=canary(counter.side, "refusal")
        )
        return deciding.reject(
            case_id=case.pk, version=case.version, rejection=rejection, at=at, actor=shop
        )

    return {
        "requested": fresh(),
        "await_return": approved(fresh()),
        "returned": returned(fresh()),
        "refunding": approved(fresh(CaseKind.REFUND_SHIPPED)),
        "rejected": rejected(),
        "judging": arbitration.escalate(
            case_id=rejected().pk,
            text=canary(counter.side, "complaint"),
            at=at,
            actor=counter.buyer,
        ),
        "closed": opening.withdraw_case(case_id=fresh().pk, at=at, actor=counter.buyer),
    }


def _payouts(side: str, people: People, front: Storefront, now: datetime) -> dict[str, Payout]:
    parties = {
        "shop": PartyRef(PartyKind.SHOP, front.shop.pk, front.shop.public_id),
        "creator": PartyRef(PartyKind.CREATOR, people.creator.pk, people.creator.public_id),
        "agency": PartyRef(PartyKind.AGENCY, people.agency.pk, people.agency.public_id),
    }
    actor = Actor(role=Role.MERCHANT, label=canary(side, "cashier"), user_id=people.owner.pk)
    return {
        name: payouts.request(party=party, amount=100, at=now, actor=actor)
        for name, party in parties.items()
    }
