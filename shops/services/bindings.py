"""号店一体: how an account and a shop become one (BI-01 to BI-05, BI-16).

The shop's owner starts, the account's owner answers, an operator reads the letter where there are
two legal entities. The rules are asked again at each step: weeks may lie between them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.errors import OwnCase
from accounts.models import Account
from kernel import audit, states, walls
from kernel.actors import Actor
from kernel.errors import IllegalTransition
from kernel.events import publish
from shops.enums import BindingStatus, EndReason, Relation, ShopStatus
from shops.errors import (
    AccountCoolingDown,
    AccountHasCollection,
    AccountNotVerified,
    AuthorisationMissing,
    BindingRunning,
    ConsentExpired,
    NotOfficial,
    NotReplaceable,
    OfficialAccountExists,
    ReplacementUsed,
    ShopNotOpen,
)
from shops.events import BindingStarted
from shops.models import Binding, Shop
from shops.policies import is_same_entity, needs_review
from shops.services import endings, identity
from shops.services.identity import Scene

YEAR = timedelta(days=365)


@transaction.atomic
def start_binding(
    *,
    shop_id: int,
    account: Account,
    relation: str,
    authorisation_url: str = "",
    replaces: Binding | None = None,
    at: datetime,
    actor: Actor,
) -> Binding:
    """Ask the account's owner to be a face of the shop; they have BINDING_CONSENT_WITHIN to answer.

    With `replaces` the present official account waits as `replace_pending` and goes when the new
    one comes. `actor` is somebody of the shop; `relation` is OFFICIAL or SELF.

    Raises ShopNotOpen, AccountNotVerified, AccountHasCollection, AccountCoolingDown,
    BindingRunning, OfficialAccountExists, NotReplaceable, ReplacementUsed, AuthorisationMissing.
    """
    scene = identity.lock(shop_id=shop_id, account_ids=[account.pk])
    shop, account = scene.shops[shop_id], scene.accounts[account.pk]
    _check_sides(shop, account, relation, at)
    if relation == Relation.OFFICIAL:
        _check_succession(scene, shop_id, replaces.pk if replaces else None, at)
    if replaces is not None:
        _await_successor(scene, replaces, relation, at, actor)
    if needs_review(shop, account, relation) and not authorisation_url:
        raise AuthorisationMissing
    binding = _draft(
        Binding(
            shop=shop,
            account=account,
            relation=relation,
            is_same_entity=is_same_entity(shop, account),
            authorisation_url=authorisation_url,
            started_by_id=_person(actor),
            replaces=replaces,
        )
    )
    states.move(
        binding,
        to=BindingStatus.AWAITING_ACCOUNT,
        at=at,
        actor=actor,
        consent_due_at=at + settings.BINDING_CONSENT_WITHIN,
    )
    _record("shops.start_binding", binding, at, actor)
    return binding


@transaction.atomic
def accept_binding(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Consent for the account: the binding is active, or goes to review (BI-04).

    Raises ConsentExpired, IllegalTransition and what `start_binding` raises about the two sides.
    """
    scene = identity.lock(shop_id=binding.shop_id, account_ids=[binding.account_id])
    binding = _fresh(scene, binding)
    shop, account = scene.shops[binding.shop_id], scene.accounts[binding.account_id]
    if binding.status != BindingStatus.AWAITING_ACCOUNT:
        raise IllegalTransition(extra={"from": str(binding.status)})
    if _is_past(binding.consent_due_at, at):
        raise ConsentExpired
    _check_sides(shop, account, binding.relation, at)
    if needs_review(shop, account, binding.relation):
        if not binding.authorisation_url:
            raise AuthorisationMissing
        states.move(
            binding,
            to=BindingStatus.AWAITING_REVIEW,
            at=at,
            actor=actor,
            consented_at=at,
            is_same_entity=False,
        )
    else:
        _activate(scene, binding, at, actor, consented_at=at)
    _record("shops.accept_binding", binding, at, actor)
    return binding


@transaction.atomic
def decline_binding(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Refuse for the account. Raises IllegalTransition once it is bound or over."""
    return endings.call_off(binding=binding, reason=EndReason.DECLINED, at=at, actor=actor)


@transaction.atomic
def withdraw_binding(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Take the shop's request back. Raises IllegalTransition once it is bound or over."""
    return endings.call_off(binding=binding, reason=EndReason.WITHDRAWN, at=at, actor=actor)


@transaction.atomic
def approve_binding(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Accept the letter of authorisation: the two are bound.

    Raises OwnCase for the operator's own account or request, IllegalTransition, and what
    `start_binding` raises about the two sides.
    """
    scene = identity.lock(shop_id=binding.shop_id, account_ids=[binding.account_id])
    binding = _fresh(scene, binding)
    _refuse_own(binding, scene, actor)
    if binding.status != BindingStatus.AWAITING_REVIEW:
        raise IllegalTransition(extra={"from": str(binding.status)})
    shop, account = scene.shops[binding.shop_id], scene.accounts[binding.account_id]
    _check_sides(shop, account, binding.relation, at)
    _activate(scene, binding, at, actor)
    _record("shops.approve_binding", binding, at, actor)
    return binding


@transaction.atomic
def reject_binding(*, binding: Binding, reason: str, at: datetime, actor: Actor) -> Binding:
    """Refuse the letter of authorisation. Raises OwnCase, IllegalTransition."""
    scene = identity.lock(shop_id=binding.shop_id, account_ids=[binding.account_id])
    _refuse_own(_fresh(scene, binding), scene, actor)
    return endings.call_off(
        binding=binding, reason=EndReason.REJECTED, at=at, actor=actor, words=reason
    )


@transaction.atomic
def choose_main_shop(*, binding: Binding, at: datetime, actor: Actor) -> Binding:
    """Let the account show this shop of those it is official for (BI-02); its name follows.

    Raises NotOfficial unless the binding is official and in force.
    """
    scene = identity.lock(shop_id=binding.shop_id, account_ids=[binding.account_id])
    binding = _fresh(scene, binding)
    if binding not in scene.officials_of(binding.account_id):
        raise NotOfficial
    main = scene.main_of(binding.account_id)
    if main is not None and main.pk != binding.pk:
        former = (main.former_name, main.former_avatar_url)
        identity.dress(scene, binding=binding, cause="bound", at=at, former=former)
        identity.tell(scene)
        _record("shops.choose_main_shop", binding, at, actor)
    return binding


def _check_sides(shop: Shop, account: Account, relation: str, at: datetime) -> None:
    if shop.status != ShopStatus.OPEN or shop.merchant_id is None:
        raise ShopNotOpen
    if _is_past(account.verified_until, at):
        raise AccountNotVerified
    if relation == Relation.OFFICIAL and account.collection_opened_at is not None:
        raise AccountHasCollection
    free_at = _free_at(account)
    if free_at is not None and free_at > at:
        raise AccountCoolingDown(extra={"possible_from": free_at.isoformat()})


def _free_at(account: Account) -> datetime | None:
    """Return from when the account, having left a shop as whatever, may be bound again (BI-11).

    It may have left a shop that the actor's wall hides; the answer tells a time and no name.
    """
    with walls.outside("an account waits, whichever shop it left"):
        left_at = Binding.objects.filter(account=account, bound_at__isnull=False).aggregate(
            left_at=Max("ended_at")
        )["left_at"]
    return left_at + settings.BINDING_COOLDOWN if left_at else None


def _check_succession(scene: Scene, shop_id: int, replaces_id: int | None, at: datetime) -> None:
    present = scene.official_of(shop_id)
    if present is not None and present.pk != replaces_id:
        raise OfficialAccountExists
    # Unbinding and binding anew is a replacement too, or the limit would mean nothing (BI-11).
    held = Binding.objects.filter(
        shop_id=shop_id, relation=Relation.OFFICIAL, bound_at__isnull=False
    )
    starts = list(held.order_by("bound_at", "pk").values_list("bound_at", flat=True))
    recent = [moment for moment in starts[1:] if moment is not None and moment > at - YEAR]
    if starts and len(recent) >= settings.BINDING_REPLACEMENTS_PER_YEAR:
        free_at = (recent[0] if recent else at) + YEAR
        raise ReplacementUsed(extra={"possible_from": free_at.isoformat()})


def _await_successor(
    scene: Scene, replaces: Binding, relation: str, at: datetime, actor: Actor
) -> None:
    present = scene.bindings.get(replaces.pk)
    if relation != Relation.OFFICIAL or present is None or present.status != BindingStatus.ACTIVE:
        raise NotReplaceable
    states.move(present, to=BindingStatus.REPLACE_PENDING, at=at, actor=actor)


def _draft(binding: Binding) -> Binding:
    try:
        with transaction.atomic():
            binding.save(force_insert=True)
    except IntegrityError as error:
        if "binding_one_running" not in str(error):
            raise
        raise BindingRunning from None
    return binding


def _activate(
    scene: Scene,
    binding: Binding,
    at: datetime,
    actor: Actor,
    consented_at: datetime | None = None,
) -> None:
    is_official = binding.relation == Relation.OFFICIAL
    if is_official:
        _check_succession(scene, binding.shop_id, binding.replaces_id, at)
        present = scene.official_of(binding.shop_id)
        if present is not None:
            endings.finish(scene, present, reason=EndReason.REPLACED, at=at, actor=actor)
    try:
        with transaction.atomic():
            states.move(
                binding,
                to=BindingStatus.ACTIVE,
                at=at,
                actor=actor,
                bound_at=at,
                consented_at=consented_at or binding.consented_at,
            )
    except IntegrityError as error:  # the locks rule it out; the index says so anyway
        if "binding_one_official" not in str(error):
            raise
        raise OfficialAccountExists from None
    account = scene.accounts[binding.account_id]
    if is_official and scene.main_of(account.pk) is None:
        former = (account.name, account.avatar_url)
        identity.dress(scene, binding=binding, cause="bound", at=at, former=former)
    identity.tell(scene)
    publish(
        BindingStarted(
            binding_id=binding.pk,
            shop_id=binding.shop_id,
            account_id=binding.account_id,
            relation=str(binding.relation),
        )
    )


def _fresh(scene: Scene, binding: Binding) -> Binding:
    known = scene.bindings.get(binding.pk)
    if known is None:
        raise IllegalTransition(extra={"from": BindingStatus.ENDED.value})
    return known


def _refuse_own(binding: Binding, scene: Scene, actor: Actor) -> None:
    sides = (binding.started_by_id, scene.accounts[binding.account_id].owner_id)
    if actor.user_id in sides:
        raise OwnCase


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise ValueError("a binding is started by a person")
    return actor.user_id


def _is_past(moment: datetime | None, at: datetime) -> bool:
    return moment is None or moment <= at


def _record(action: str, binding: Binding, at: datetime, actor: Actor) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=binding,
        at=at,
        after={"status": str(binding.status), "relation": str(binding.relation)},
    )
