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
from shops.services import admissions, standing
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
    ]
    assert set(before.values()) == {False}
    assert set(after.values()) == {True}


def test_a_wrong_credit_code_is_not_complete(shop):
    admission = _fill(shop, AdmissionData(**(DATA.__dict__ | {"credit_code": "123"})))

    open_items = [one.code for one in checklist(admission, at=AT) if not one.is_complete]

    assert open_items == ["legal_data"]


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
    assert missing == ["return_address", "freight", "guarantees"]
    assert shop.admission.status == AdmissionStatus.DRAFT


def test_an_approval_opens_the_shop_for_its_legal_entity(shop, operator):
    _fill(shop)
    admission = _submit(shop)

    admissions.approve_admission(admission=admission, at=AT + DAY, actor=operator)

    shop.refresh_from_db()
    merchant = Merchant.objects.get()
    assert (shop.status, shop.opened_at, shop.merchant) == (ShopStatus.OPEN, AT + DAY, merchant)
    assert (merchant.legal_name, merchant.credit_code) == ("Lin Tea Ltd", "91330100MA2ABC0001")
    assert OutboxMessage.objects.get().topic == "shops.shop.opened.v1"
    entry = AuditEntry.objects.get(action="shops.approve_admission")
    assert (entry.shop_id, entry.actor_label) == (shop.pk, operator.label)


def test_a_second_shop_of_the_same_entity_shares_the_merchant(shop, operator):
    known = MerchantFactory(legal_name="Lin Tea Ltd", credit_code="91330100MA2ABC0001")
    _fill(shop)

    admissions.approve_admission(admission=_submit(shop), at=AT, actor=operator)

    shop.refresh_from_db()
    assert shop.merchant == known
    assert Merchant.objects.count() == 1


def test_a_credit_code_under_another_name_is_not_approved(shop, operator):
    MerchantFactory(legal_name="Somebody Else Ltd", credit_code="91330100MA2ABC0001")
    _fill(shop)
    admission = _submit(shop)

    with pytest.raises(errors.MerchantMismatch):
        admissions.approve_admission(admission=admission, at=AT, actor=operator)

    shop.refresh_from_db()
    shop.admission.refresh_from_db()
    assert (shop.status, shop.admission.status) == ("preparing", "submitted")


def test_a_rejection_names_the_fields_and_is_corrected_and_sent_again(shop, operator):
    _fill(shop)
    fault = {"field": "licence_url", "code": "unreadable", "message": "Cannot be read."}

    admissions.reject_admission(admission=_submit(shop), rejections=[fault], at=AT, actor=operator)
    shop.admission.refresh_from_db()
    told = (shop.admission.status, shop.admission.rejections)
    _edit(shop, AdmissionData(licence_url="https://files.example.com/sharp.jpg"))
    again = _submit(shop)

    assert told == (AdmissionStatus.REJECTED, [fault])
    assert (again.status, again.rejections) == (AdmissionStatus.SUBMITTED, [])
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
        admissions.approve_admission(admission=admission, at=AT, actor=own)
    with pytest.raises(OwnCase):
        admissions.reject_admission(admission=admission, rejections=[], at=AT, actor=own)

    assert Admission.objects.get().status == AdmissionStatus.SUBMITTED


def test_a_draft_is_not_approved(shop, operator):
    with pytest.raises(IllegalTransition):
        admissions.approve_admission(admission=shop.admission, at=AT, actor=operator)

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
