"""How a shop gets in, and what an operator does with it later."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import OwnCase
from accounts.services.actors import operator_actor
from kernel.crypto import decrypt
from kernel.errors import IllegalTransition, StaleVersion
from kernel.models import AuditEntry, OutboxMessage
from shops import errors
from shops.enums import AdmissionStatus, ShopStatus, StaffRole, StaffStatus
from shops.models import Admission, Merchant, Shop
from shops.selectors.checklist import checklist
from shops.services import admissions, opening, reviewing, standing
from shops.services.admissions import AdmissionData
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.shops import (
    BindingFactory,
    FreightTemplateFactory,
    GuaranteeFactory,
    MerchantFactory,
    ReturnAddressFactory,
    ShopFactory,
    actor_of,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DATA = AdmissionData(
    legal_name="Lin Tea Ltd",
    credit_code="91330100ma2abc0001",
    contact_name="Lin",
    contact_phone="13812341234",
    licence_url="https://files.example.com/licence.jpg",
    accepts_terms=True,
)


@pytest.fixture
def operator():
    return operator_actor(OperatorFactory().pk, {})


@pytest.fixture
def shop():
    return admissions.create_shop(owner=UserFactory(), name="Lin Tea", at=AT)


def _fill(shop, data=DATA):
    FreightTemplateFactory(shop=shop)
    ReturnAddressFactory(shop=shop)
    GuaranteeFactory(shop=shop)
    return _edit(shop, data)


def _edit(shop, data, version=None):
    admission = shop.admission
    admission.refresh_from_db()
    return admissions.edit_admission(
        admission_id=admission.pk,
        data=data,
        version=admission.version if version is None else version,
        at=AT,
        actor=actor_of(shop),
    )


def _submit(shop):
    return admissions.submit_admission(admission_id=shop.admission.pk, at=AT, actor=actor_of(shop))


def _sign(shop):
    return admissions.sign_admission(
        admission_id=shop.admission.pk, at=AT + DAY, actor=actor_of(shop)
    )


def test_a_new_shop_is_a_draft_with_an_owner(shop):
    place = shop.staff.get()

    assert (shop.status, shop.admission.status) == (ShopStatus.PREPARING, AdmissionStatus.DRAFT)
    assert (place.role, place.status) == (StaffRole.OWNER, StaffStatus.ACTIVE)
    assert list(place.user.profiles.values_list("role", flat=True)) == ["merchant_owner"]


def test_a_name_is_taken_without_regard_to_case(shop):
    with pytest.raises(errors.ShopNameTaken):
        admissions.create_shop(owner=UserFactory(), name="LIN TEA", at=AT)

    assert Shop.objects.count() == 1


def test_one_person_does_not_reserve_all_names():
    owner = UserFactory()
    for number in range(admissions.MAX_PREPARING):
        admissions.create_shop(owner=owner, name=f"Shop no. {number}", at=AT)

    with pytest.raises(errors.TooManyShops):
        admissions.create_shop(owner=owner, name="One more", at=AT)

    assert Shop.objects.count() == admissions.MAX_PREPARING


def test_the_checklist_follows_the_rows(shop):
    before = {one.code: one.is_complete for one in checklist(shop.admission, at=AT)}
    admission = _fill(shop)
    after = {one.code: one.is_complete for one in checklist(admission, at=AT)}

    assert list(before) == [
        "terms",
        "legal_data",
        "licence",
        "return_address",
        "freight",
        "guarantees",
        "manual_review",
    ]
    assert set(before.values()) == {False}
    assert [code for code, is_complete in after.items() if not is_complete] == ["manual_review"]


def test_a_wrong_credit_code_is_not_complete(shop):
    admission = _fill(shop, AdmissionData(**(DATA.__dict__ | {"credit_code": "123"})))

    open_items = [one.code for one in checklist(admission, at=AT) if not one.is_complete]

    assert open_items == ["legal_data", "manual_review"]


def test_the_contact_is_sealed_and_stays_out_of_the_audit(shop):
    admission = _fill(shop)

    assert decrypt(admission.contact_sealed) == {"phone": "13812341234"}
    assert "13812341234" not in str(list(AuditEntry.objects.values()))


def test_an_incomplete_application_is_refused_with_the_list(shop):
    _edit(shop, DATA)

    with pytest.raises(errors.AdmissionIncomplete) as refusal:
        _submit(shop)

    missing = [one["code"] for one in refusal.value.extra["checklist"] if not one["is_complete"]]
    shop.admission.refresh_from_db()
    assert missing == ["return_address", "freight", "guarantees", "manual_review"]
    assert shop.admission.status == AdmissionStatus.DRAFT


def test_an_approved_and_signed_application_opens_the_shop_for_its_legal_entity(shop, operator):
    _fill(shop)
    admission = _submit(shop)

    reviewing.approve_admission(admission=admission, at=AT, actor=operator)
    shop.refresh_from_db()
    before = shop.status
    _sign(shop)

    shop.refresh_from_db()
    assert before == ShopStatus.PREPARING
    merchant = Merchant.objects.get()
    assert (shop.status, shop.opened_at, shop.merchant) == (ShopStatus.OPEN, AT + DAY, merchant)
    assert (merchant.legal_name, merchant.credit_code) == ("Lin Tea Ltd", "91330100MA2ABC0001")
    assert OutboxMessage.objects.get().topic == "shops.shop.opened.v1"
    entry = AuditEntry.objects.get(action="shops.approve_admission")
    assert (entry.shop_id, entry.actor_label) == (shop.pk, operator.label)


def test_a_second_shop_of_the_same_entity_shares_the_merchant(shop, operator):
    known = MerchantFactory(legal_name="Lin Tea Ltd", credit_code="91330100MA2ABC0001")
    _fill(shop)

    reviewing.approve_admission(admission=_submit(shop), at=AT, actor=operator)

    shop.refresh_from_db()
    assert shop.merchant == known
    assert Merchant.objects.count() == 1


def test_the_machine_sends_a_credit_code_under_another_name_back(shop):
    MerchantFactory(legal_name="Somebody Else Ltd", credit_code="91330100MA2ABC0001")
    _fill(shop)

    admission = _submit(shop)

    assert (admission.status, admission.decided_at) == (AdmissionStatus.REJECTED, AT)
    assert [(one["field"], one["code"]) for one in admission.rejections] == [
        ("legal_name", "merchant_mismatch")
    ]


def test_a_credit_code_that_became_anothers_meanwhile_is_not_approved(shop, operator):
    _fill(shop)
    admission = _submit(shop)
    MerchantFactory(legal_name="Somebody Else Ltd", credit_code="91330100MA2ABC0001")

    with pytest.raises(errors.MerchantMismatch):
        reviewing.approve_admission(admission=admission, at=AT, actor=operator)

    shop.refresh_from_db()
    shop.admission.refresh_from_db()
    assert (shop.status, shop.admission.status) == ("preparing", "human_review")


def test_a_shop_that_is_no_brands_is_not_called_like_one(operator):
    shop = admissions.create_shop(owner=UserFactory(), name="Lin Flagship Tea", at=AT)
    _fill(shop)

    sent = _submit(shop)
    again = [one.code for one in checklist(sent, at=AT) if one.is_in_the_way]

    assert [(one["field"], one["code"]) for one in sent.rejections] == [("name", "brand_word")]
    assert again == ["legal_data"]


def test_what_was_sent_back_is_mended_before_it_is_sent_again(shop, operator):
    _fill(shop)
    fault = {"field": "legal_name", "code": "wrong", "message": "Not on the licence."}
    reviewing.reject_admission(admission=_submit(shop), rejections=[fault], at=AT, actor=operator)
    same = _edit(shop, AdmissionData(contact_name="Wei"))

    with pytest.raises(errors.AdmissionIncomplete):
        _submit(shop)

    found = {one.code: one for one in checklist(same, at=AT)}
    assert found["legal_data"].faults == {"legal_name": "Not on the licence."}
    assert (found["licence"].is_accepted, found["legal_data"].is_accepted) == (True, False)
    mended = _edit(shop, AdmissionData(legal_name="Lin Tea Co"))
    assert not any(one.is_in_the_way for one in checklist(mended, at=AT))


def test_what_was_accepted_is_looked_at_anew_when_it_changes(shop, operator):
    _fill(shop)
    fault = {"field": "legal_name", "code": "wrong", "message": "Not on the licence."}
    reviewing.reject_admission(admission=_submit(shop), rejections=[fault], at=AT, actor=operator)

    changed = _edit(shop, AdmissionData(licence_url="https://files.example.com/other.jpg"))

    accepted = {one.code for one in checklist(changed, at=AT) if one.is_accepted}
    assert accepted == {"terms", "return_address", "freight", "guarantees"}


def test_a_field_that_nobody_asked_for_is_not_sent_back(shop, operator):
    _fill(shop)
    fault = {"field": "horoscope", "code": "wrong", "message": "Lions only."}

    with pytest.raises(errors.RequirementUnknown):
        reviewing.reject_admission(
            admission=_submit(shop), rejections=[fault], at=AT, actor=operator
        )

    assert Admission.objects.get().status == AdmissionStatus.HUMAN_REVIEW


def test_one_reviewer_at_a_time(shop, operator):
    _fill(shop)
    admission = _submit(shop)
    other = operator_actor(OperatorFactory().pk, {})
    reviewing.claim_admission(admission=admission, at=AT, actor=operator)

    with pytest.raises(errors.AdmissionClaimed):
        reviewing.approve_admission(admission=admission, at=AT, actor=other)
    with pytest.raises(errors.AdmissionClaimed):
        reviewing.claim_admission(admission=admission, at=AT, actor=other)
    late = reviewing.claim_admission(admission=admission, at=AT + DAY, actor=other)

    assert (late.reviewer_id, late.claimed_at) == (other.user_id, AT + DAY)
    assert late.status == AdmissionStatus.HUMAN_REVIEW


def test_a_signed_shop_waits_for_what_upper_rooms_ask(shop, operator, monkeypatch):
    paid = []
    monkeypatch.setattr(opening, "_questions", {})
    opening.register(code="deposit", label="Pay the deposit", is_met=lambda shop, at: bool(paid))
    _fill(shop)
    reviewing.approve_admission(admission=_submit(shop), at=AT, actor=operator)

    waits = _sign(shop).status
    early = opening.open_if_ready(shop_id=shop.pk, at=AT + DAY, actor=operator)
    paid.append(True)
    opened = opening.open_if_ready(shop_id=shop.pk, at=AT + DAY, actor=operator)
    again = opening.open_if_ready(shop_id=shop.pk, at=AT + 2 * DAY, actor=operator)

    shop.refresh_from_db()
    assert waits == AdmissionStatus.DEPOSIT_DUE
    assert (early, opened, again) == (False, True, False)
    assert (shop.status, shop.opened_at) == (ShopStatus.OPEN, AT + DAY)
    assert OutboxMessage.objects.filter(topic="shops.shop.opened.v1").count() == 1


def test_nothing_is_signed_before_the_approval_or_twice(shop, operator):
    _fill(shop)
    admission = _submit(shop)
    with pytest.raises(IllegalTransition):
        _sign(shop)
    reviewing.approve_admission(admission=admission, at=AT, actor=operator)
    _sign(shop)

    with pytest.raises(IllegalTransition):
        _sign(shop)

    assert OutboxMessage.objects.filter(topic="shops.shop.opened.v1").count() == 1


def test_a_rejection_names_the_fields_and_is_corrected_and_sent_again(shop, operator):
    _fill(shop)
    fault = {"field": "licence_url", "code": "unreadable", "message": "Cannot be read."}

    reviewing.reject_admission(admission=_submit(shop), rejections=[fault], at=AT, actor=operator)
    shop.admission.refresh_from_db()
    told = (shop.admission.status, shop.admission.rejections)
    _edit(shop, AdmissionData(licence_url="https://files.example.com/sharp.jpg"))
    again = _submit(shop)

    assert (told[0], [one | {"seen": ""} for one in told[1]]) == (
        AdmissionStatus.REJECTED,
        [fault | {"seen": ""}],
    )
    assert (again.status, again.rejections) == (AdmissionStatus.HUMAN_REVIEW, [])
    assert again.legal_name == "Lin Tea Ltd"


def test_what_lies_with_the_operator_is_not_edited(shop):
    _fill(shop)
    _submit(shop)

    with pytest.raises(errors.AdmissionLocked):
        _edit(shop, AdmissionData(legal_name="Other Ltd"))

    shop.admission.refresh_from_db()
    assert shop.admission.legal_name == "Lin Tea Ltd"


def test_an_edit_on_an_old_version_is_refused(shop):
    _edit(shop, AdmissionData(legal_name="First Ltd"), version=1)

    with pytest.raises(StaleVersion):
        _edit(shop, AdmissionData(legal_name="Second Ltd"), version=1)

    shop.admission.refresh_from_db()
    assert shop.admission.legal_name == "First Ltd"


def test_operators_do_not_decide_about_their_own_shop(operator):
    person = OperatorFactory()
    shop = admissions.create_shop(owner=person, name="Own", at=AT)
    _fill(shop)
    admission = _submit(shop)
    own = operator_actor(person.pk, {})

    with pytest.raises(OwnCase):
        reviewing.approve_admission(admission=admission, at=AT, actor=own)
    with pytest.raises(OwnCase):
        reviewing.reject_admission(admission=admission, rejections=[], at=AT, actor=own)

    assert Admission.objects.get().status == AdmissionStatus.HUMAN_REVIEW


def test_a_draft_is_not_approved(shop, operator):
    with pytest.raises(IllegalTransition):
        reviewing.approve_admission(admission=shop.admission, at=AT, actor=operator)

    assert not Merchant.objects.exists()


def test_a_shop_is_suspended_and_reopened(operator):
    shop = ShopFactory()

    standing.suspend_shop(shop=shop, reason="Counterfeits", at=AT, actor=operator)
    suspended = Shop.objects.open().filter(pk=shop.pk).exists()
    standing.reopen_shop(shop=shop, reason="Proved", at=AT, actor=operator)

    shop.refresh_from_db()
    assert (suspended, shop.status) == (False, ShopStatus.OPEN)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason", "shop_id")) == [
        ("shops.suspend_shop", "Counterfeits", shop.pk),
        ("shops.reopen_shop", "Proved", shop.pk),
    ]


def test_a_shop_that_never_opened_is_not_reopened(shop, operator):
    with pytest.raises(IllegalTransition):
        standing.reopen_shop(shop=shop, reason="", at=AT, actor=operator)

    shop.refresh_from_db()
    assert shop.status == ShopStatus.PREPARING


def test_a_bound_shop_is_not_closed(operator):
    binding = BindingFactory()

    with pytest.raises(errors.ShopIsBound):
        standing.close_shop(shop=binding.shop, reason="", at=AT, actor=operator)
    other = standing.close_shop(shop=ShopFactory(), reason="Asked", at=AT, actor=operator)

    binding.shop.refresh_from_db()
    assert (binding.shop.status, other.status) == (ShopStatus.OPEN, ShopStatus.CLOSED)
