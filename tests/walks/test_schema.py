"""The application keeps the promises of its OpenAPI document, whatever is sent.

`HAODIAN_FUZZ_EXAMPLES=50 make test ARGS=tests/walks/test_schema.py` is the long run.
"""

import os

import pytest

from tests.walks.callers import Caller
from tests.walks.fuzzing import Fuzzer, document, one_connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(os.environ.get("HAODIAN_FUZZ_EXAMPLES", "2"))


@pytest.mark.parametrize("role", ["buyer", "creator", "owner", "operator"])
def test_every_answer_is_a_documented_one(world, record_property, role):
    user = world.operator if role == "operator" else world.a.people.users[role]
    with one_connection():
        result = Fuzzer(document(), Caller(role, user), world.a).run(EXAMPLES)

    record_property("walk", result.summary)
    told = "\n\n".join(f"{mark}\n{text}" for mark, text in result.failures.items())
    assert result.failures == {}, told
    assert max(result.statuses) < 500
