"""Where a shop's money goes (提现账户): the first account at once, any other by two persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.actors import Actor
from kernel.crypto import decrypt, encrypt
from kernel.errors import FieldError, InvalidInput, NotAllowed, NotFound
from kernel.states import move
from settlements.enums import PayoutAccountStatus, PayoutStatus
from settlements.errors import NoLegalEntity, PayoutAccountUnchanged, PayoutAccountWaiting
from settlements.models import Payout, PayoutAccount
from shops.models import Approval, Shop
from shops.policies import SECOND_PERSON
from shops.services import approvals

KIND = "payout_account"
_NUMBER = re.compile(r"[0-9]{8,30}")


@transaction.atomic
def set_account(
    *, shop_id: int, bank: str, number: str, at: datetime, actor: Actor
) -> PayoutAccount:
    """Name the account that payouts go to; its holder is the shop's legal entity.

    A shop without one has it at once. Otherwise the account waits for a second person who may ask
    for payouts, or PAYOUT_ACCOUNT_WAITS where there is none; until then nothing changes.

    Raises NoLegalEntity, InvalidInput, PayoutAccountUnchanged, PayoutAccountWaiting.
    """
    if actor.user_id is None:
        raise NotAllowed
    digits = re.sub(r"[ -]", "", number)
    if not _NUMBER.fullmatch(digits):
        sentence = _("An account number has 8 to 30 digits.")
        raise InvalidInput(errors=[FieldError("/number", "account_number", sentence)])
    shop = Shop.objects.select_for_update(no_key=True, of=("self",)).get(pk=shop_id)
    if shop.merchant is None:
        raise NoLegalEntity
    known = PayoutAccount.objects.filter(shop_id=shop_id)
    if known.filter(status=PayoutAccountStatus.WAITING).exists():
        raise PayoutAccountWaiting
    active = known.filter(status=PayoutAccountStatus.ACTIVE).first()
    if active is not None and (active.bank, number_of(active)) == (bank, digits):
        raise PayoutAccountUnchanged
    account = PayoutAccount.objects.create(
        shop_id=shop_id,
        holder=shop.merchant.legal_name,
        bank=bank,
        number_sealed=encrypt({"number": digits}),
        last_four=digits[-4:],
        asked_by_id=actor.user_id,
        created_at=at,
    )
    if active is None:
        _put_in_force(account, at, actor)
    else:
        approvals.ask(
            kind=KIND, shop_id=shop_id, target=account.public_id, payload={}, at=at, actor=actor
        )
    return account


def number_of(account: PayoutAccount) -> str:
    """Return the number in clear. Whoever shows it to a person records that."""
    return str(decrypt(account.number_sealed)["number"])


@transaction.atomic
def reveal(*, payout: Payout, at: datetime, actor: Actor) -> str:
    """Return the number that a payout goes to, and note who looked at it and why.

    Raises NotFound when it is not waiting to be paid, or goes to no account of a shop.
    """
    if payout.account is None or payout.status != PayoutStatus.REQUESTED:
        raise NotFound
    audit.record(
        actor=actor,
        action="settlements.reveal_payout_account",
        target=payout.account,
        at=at,
        after={"payout": payout.number},
    )
    return number_of(payout.account)


def register() -> None:
    """Let a change of the account be decided by two persons."""
    approvals.register(
        approvals.Kind(
            code=KIND,
            label=_("New payout account"),
            permission=SECOND_PERSON,
            waits=settings.PAYOUT_ACCOUNT_WAITS,
            carry_out=_carry_out,
            describe=_describe,
            give_up=_give_up,
        )
    )


def _carry_out(approval: Approval, at: datetime, actor: Actor) -> None:
    _put_in_force(_waiting(approval), at, actor)


def _give_up(approval: Approval, at: datetime, actor: Actor) -> None:
    move(_waiting(approval), to=PayoutAccountStatus.REFUSED, at=at, actor=actor, ended_at=at)


def _describe(approval: Approval) -> Sequence[tuple[str | Promise, Any]]:
    accounts = PayoutAccount.objects.filter(shop_id=approval.shop_id)
    now = accounts.filter(status=PayoutAccountStatus.ACTIVE).first()
    wanted = accounts.filter(public_id=approval.target).first()
    return (
        (_("Account holder"), wanted.holder if wanted else "–"),
        (_("New payout account"), wanted or "–"),
        (_("Payout account now"), now or "–"),
    )


def _waiting(approval: Approval) -> PayoutAccount:
    return PayoutAccount.objects.get(shop_id=approval.shop_id, public_id=approval.target)


def _put_in_force(account: PayoutAccount, at: datetime, actor: Actor) -> None:
    rows = PayoutAccount.objects.select_for_update(no_key=True, of=("self",))
    before = rows.filter(shop_id=account.shop_id, status=PayoutAccountStatus.ACTIVE).first()
    if before is not None:
        move(before, to=PayoutAccountStatus.REPLACED, at=at, actor=actor, ended_at=at)
    move(account, to=PayoutAccountStatus.ACTIVE, at=at, actor=actor, active_from=at)
    audit.record(
        actor=actor,
        action="settlements.set_payout_account",
        target=account,
        at=at,
        before={"account": str(before)} if before else {},
        after={"account": str(account)},
    )
