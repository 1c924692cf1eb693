"""What is due: worked out, announced, in force a week later (SH-06, SH-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from governance.enums import SHORT, AssessmentCause
from governance.events import DepositAnnounced
from governance.models import Deposit, DepositAssessment
from governance.policies import Rule, base_of, effective_at, experience_of
from governance.selectors import is_high_risk, month_of, newcomers, rule_at, sales_of
from governance.services import entries
from kernel.events import publish
from shops.enums import ShopStatus
from shops.models import Shop

#: Shops of one transaction.
BATCH = 200


def assess_all(*, at: datetime) -> int:
    """Work out what every shop that sells owes, where that is due today; return how many.

    Monthly, from the first day on, once the days of last month are added up; the first time when a
    shop opens; again when its trial ends. What was worked out once is not worked out again.
    """
    return sum(
        _assess_some(cause, at)
        for cause in (AssessmentCause.FIRST, AssessmentCause.TRIAL_OVER, AssessmentCause.MONTHLY)
    )


def _assess_some(cause: AssessmentCause, at: datetime) -> int:
    """Work out what is due for `cause`, a batch of shops a transaction."""
    done, after = 0, 0
    while True:
        with transaction.atomic():
            shops = list(_shops_for(cause, at).filter(pk__gt=after).order_by("pk")[:BATCH])
            if not shops:
                return done
            after = shops[-1].pk
            done += _assess(cause, shops, at)


def _shops_for(cause: AssessmentCause, at: datetime) -> QuerySet[Shop]:
    """Return the open shops that `cause` may concern and that have no assessment of it yet."""
    known = DepositAssessment.objects.filter(shop_id=OuterRef("pk"), cause=cause)
    first = DepositAssessment.objects.filter(shop_id=OuterRef("pk"), cause=AssessmentCause.FIRST)
    shops = Shop.objects.filter(status__in=[ShopStatus.OPEN, ShopStatus.SUSPENDED])
    if cause == AssessmentCause.FIRST:
        return shops.filter(~Exists(known))
    if cause == AssessmentCause.TRIAL_OVER:
        return shops.filter(~Exists(known), deposit__is_trial=True)
    of_month = known.filter(month=month_of(at))
    # Who was assessed the first time in this month is by the same sales already.
    return shops.filter(~Exists(of_month), Exists(first.filter(month__lt=month_of(at))))


def _assess(cause: AssessmentCause, shops: list[Shop], at: datetime) -> int:
    rule, month = rule_at(at), month_of(at)
    on_trial = newcomers(shops, rule, at)
    sales = sales_of([one.pk for one in shops], month)
    done = 0
    for shop in shops:
        is_over = cause == AssessmentCause.TRIAL_OVER
        if shop.pk not in sales or (is_over and shop.pk in on_trial):
            continue
        deposit = entries.locked(shop.pk, at)
        if not _shops_for(cause, at).filter(pk=shop.pk).exists():
            continue  # somebody else was faster
        base = 0 if shop.pk in on_trial else base_of(sales[shop.pk], rule.tiers)
        _announce(
            deposit,
            DepositAssessment(
                cause=cause,
                gmv_amount=sales[shop.pk],
                is_trial=shop.pk in on_trial,
                base_amount=base,
                experience_amount=deposit.experience_amount,
            ),
            rule=rule,
            at=at,
            effective=effective_at(month, at),
        )
        done += 1
    return done


def raise_experience(deposit: Deposit, *, advanced: int, at: datetime) -> None:
    """Let the experience deposit be due at once for the locked `deposit` (SH-07).

    A higher one that is due already stays; its days begin again.
    """
    rule = rule_at(at)
    is_risky = is_high_risk(deposit.shop_id, rule)
    amount = experience_of(base=deposit.base_amount, is_high_risk=is_risky, rule=rule)
    deposit.experience_amount = max(amount, deposit.experience_amount)
    deposit.experience_since, deposit.is_high_risk = at, is_risky
    deposit.save(update_fields=["experience_amount", "experience_since", "is_high_risk"])
    made = DepositAssessment(
        cause=AssessmentCause.ADVANCED,
        is_trial=deposit.is_trial,
        base_amount=deposit.base_amount,
        experience_amount=deposit.experience_amount,
        advanced_amount=advanced,
        times=rule.high_risk_times if is_risky else rule.times,
        applied_at=at,
    )
    _announce(deposit, made, rule=rule, at=at, effective=at)


def drop_proven(*, at: datetime, limit: int = BATCH) -> int:
    """Let the experience deposit go where nothing was missing for long enough; return how many.

    90 days of a high-risk shop, 30 of others by the rule, counted from the last advance that went
    too far or the end of the last shortfall, whichever is later (SH-07).
    """
    rule = rule_at(at)
    done = 0
    for is_risky, days in ((True, rule.high_risk_days), (False, rule.days)):
        before = at - timedelta(days=days)
        proven = Deposit.objects.filter(
            experience_amount__gt=0,
            is_high_risk=is_risky,
            experience_since__lte=before,
            whole_since__lte=before,
        ).exclude(status__in=SHORT)
        for shop_id in list(proven.order_by("pk").values_list("shop_id", flat=True)[:limit]):
            done += _drop(shop_id, before, rule, at)
    return done


@transaction.atomic
def _drop(shop_id: int, before: datetime, rule: Rule, at: datetime) -> bool:
    deposit = entries.locked(shop_id, at)
    whole_since, since = deposit.whole_since, deposit.experience_since
    if whole_since is None or since is None or max(whole_since, since) > before:
        return False  # something happened since we looked
    deposit.experience_amount, deposit.experience_since = 0, None
    deposit.save(update_fields=["experience_amount", "experience_since"])
    made = DepositAssessment(
        cause=AssessmentCause.PROVEN,
        is_trial=deposit.is_trial,
        base_amount=deposit.base_amount,
        applied_at=at,
    )
    _announce(deposit, made, rule=rule, at=at, effective=at)
    return True


def apply_due(*, at: datetime, limit: int = 1_000) -> int:
    """Let come into force what was announced a week ago, by the database's clock; say how many."""
    rows = DepositAssessment.objects.filter(applied_at__isnull=True, effective_at__lte=Now())
    shop_ids = list(rows.order_by("effective_at").values_list("shop_id", flat=True)[:limit])
    return sum(apply_to(shop_id=shop_id, at=at) for shop_id in dict.fromkeys(shop_ids))


@transaction.atomic
def apply_to(*, shop_id: int, at: datetime) -> int:
    """Let the announced amounts of a shop that are due at `at` come into force, in their order."""
    deposit = entries.locked(shop_id, at)
    due = DepositAssessment.objects.select_for_update(of=("self",)).filter(
        shop_id=shop_id, applied_at__isnull=True, effective_at__lte=at
    )
    applied = list(due.order_by("effective_at", "pk"))
    for one in applied:
        deposit.base_amount, deposit.is_trial = one.base_amount, one.is_trial
    if applied:
        deposit.save(update_fields=["base_amount", "is_trial"])
        pks = [one.pk for one in applied]
        DepositAssessment.objects.filter(pk__in=pks, shop_id=shop_id).update(applied_at=at)
        _look_ahead(deposit, at)
        entries.settle(deposit, at=at)
    return len(applied)


def call_off(deposit: Deposit, *, at: datetime) -> None:
    """Let nothing be due of the locked `deposit`, today or later: its shop is closed."""
    waiting = DepositAssessment.objects.filter(shop_id=deposit.shop_id, applied_at__isnull=True)
    waiting.update(applied_at=at)
    deposit.base_amount = deposit.experience_amount = deposit.coming_amount = 0
    deposit.save(update_fields=["base_amount", "experience_amount", "coming_amount"])


def _announce(
    deposit: Deposit, made: DepositAssessment, *, rule: Rule, at: datetime, effective: datetime
) -> None:
    """Keep the assessment with its arithmetic, tell of it, and say how the deposit stands then."""
    made.deposit, made.shop_id, made.rule_id = deposit, deposit.shop_id, rule.pk
    made.month, made.tiers = month_of(at), list(rule.tiers)
    made.announced_at, made.effective_at = at, effective
    made.save(force_insert=True)
    _look_ahead(deposit, at)
    if made.cause == AssessmentCause.FIRST and made.is_trial:
        deposit.is_trial = True
        deposit.save(update_fields=["is_trial"])
    publish(
        DepositAnnounced(
            shop_id=deposit.shop_id,
            assessment_id=made.pk,
            due_amount=made.due_amount,
            effective_at=effective.isoformat(),
        )
    )
    entries.settle(deposit, at=at)


def _look_ahead(deposit: Deposit, at: datetime) -> None:
    """Write down what the locked `deposit` will owe once what is announced is in force."""
    latest = (
        DepositAssessment.objects.filter(shop_id=deposit.shop_id, applied_at__isnull=True)
        .order_by("-effective_at", "-pk")
        .first()
    )
    base = latest.base_amount if latest else deposit.base_amount
    deposit.coming_amount = base + deposit.experience_amount
    deposit.save(update_fields=["coming_amount"])
