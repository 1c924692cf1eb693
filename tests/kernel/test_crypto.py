"""Personal data at rest."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from kernel import crypto

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
RECEIVER = {"name": "王小明", "phone": "13800001234"}


def test_what_was_sealed_is_opened_again(settings) -> None:
    settings.HAODIAN_FIELD_KEYS = [NEW]

    assert crypto.decrypt(crypto.encrypt(RECEIVER)) == RECEIVER
    assert crypto.decrypt(memoryview(crypto.encrypt(RECEIVER))) == RECEIVER


def test_the_sealed_form_tells_nothing_and_differs_each_time(settings) -> None:
    settings.HAODIAN_FIELD_KEYS = [NEW]
    sealed = crypto.encrypt(RECEIVER)

    assert b"1380000" not in sealed
    assert sealed != crypto.encrypt(RECEIVER)


def test_after_rotation_old_rows_are_readable_and_new_ones_use_the_new_key(settings) -> None:
    settings.HAODIAN_FIELD_KEYS = [OLD]
    before = crypto.encrypt(RECEIVER)

    settings.HAODIAN_FIELD_KEYS = [NEW, OLD]
    after = crypto.encrypt(RECEIVER)

    assert crypto.decrypt(before) == RECEIVER
    settings.HAODIAN_FIELD_KEYS = [NEW]
    assert crypto.decrypt(after) == RECEIVER
    with pytest.raises(InvalidToken):
        crypto.decrypt(before)


def test_a_foreign_key_opens_nothing(settings) -> None:
    settings.HAODIAN_FIELD_KEYS = [FOREIGN]
    sealed = crypto.encrypt(RECEIVER)
    settings.HAODIAN_FIELD_KEYS = [NEW, OLD]

    with pytest.raises(InvalidToken):
        crypto.decrypt(sealed)


def test_a_fingerprint_recognises_equal_input_and_keeps_parts_apart(settings) -> None:
    settings.SECRET_KEY = "a"
    mark = crypto.fingerprint("13800001234")

    assert mark == crypto.fingerprint("13800001234")
    assert len(mark) == 32
    assert crypto.fingerprint("ab", "c") != crypto.fingerprint("a", "bc")
    settings.SECRET_KEY = "b"
    assert crypto.fingerprint("13800001234") != mark
