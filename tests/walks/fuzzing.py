"""Schemathesis on the generated document, in one process with the application and the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import AcceptedNegativeData, RejectedPositiveData

from config.wsgi import application
from tests.walks.callers import Caller, token_of
from tests.walks.names import UnknownName, kind_of
from tests.walks.rows import rolled_back
from tests.walks.world import Side

#: Operations with a rule between fields or about the trade that JSON Schema has no words for: a
#: request may be as described and wrong (400) all the same.
UNSPEAKABLE = {
    "POST /api/v1/accounts/accounts/{account_id}/verifications": "the form of a credit code",
    "POST /api/v1/aftersales/shops/{shop_id}/cases/decisions": "a rejection needs a code",
    "POST /api/v1/catalog/operator/brands": "a name can be printed",
    "POST /api/v1/catalog/operator/categories": "a name can be printed",
    "PUT /api/v1/catalog/operator/categories/{category_id}/attributes": "a name can be printed",
    "POST /api/v1/catalog/operator/screening-rules": "its kind says which fields a rule has",
    "POST /api/v1/catalog/operator/screening-rules/{screening_rule_id}/publish": "not in the past",
    "POST /api/v1/catalog/operator/spus": "the check digit of a barcode",
    "PUT /api/v1/catalog/operator/spus/{spu_id}": "the check digit of a barcode",
    "POST /api/v1/catalog/shops/{shop_id}/spu-tickets": "the check digit of a barcode",
    "POST /api/v1/catalog/shops/{shop_id}/imports": "a file of the kind that its name says",
    "PATCH /api/v1/catalog/shops/{shop_id}/products/{product_id}": "at least one change",
    "POST /api/v1/catalog/shops/{shop_id}/products": "option values match the options' names",
    "POST /api/v1/catalog/shops/{shop_id}/products/{product_id}/skus": "as above",
    "POST /api/v1/catalog/shops/{shop_id}/stock": "either a delta, or a count with the expected",
    "PUT /api/v1/catalog/shops/{shop_id}/stock": "either an id or a code names the SKU",
    "PUT /api/v1/catalog/operator/categories/{category_id}/rules": "the least is not the most",
    "POST /api/v1/catalog/shops/{shop_id}/skus/{sku_id}/prices": "a list price fits its price",
    "POST /api/v1/affiliates/shops/{shop_id}/plan-files": "either a file or a text",
    "POST /api/v1/shops/operator/checklists": "legal data and a review are always asked for",
    "PATCH /api/v1/shops/shops/{shop_id}/admission": "the form of a credit code",
    "POST /api/v1/orders/checkouts": "either a receiver or an address; each SKU once",
    "POST /api/v1/orders/orders/{number}/address-changes": "either a receiver or an address",
    "POST /api/v1/orders/quotes": "each SKU once",
    "POST /api/v1/orders/groups/{number}/payments": "gateways are switched on by settings",
    "POST /api/v1/orders/notices/{gateway}": "the gateway's signature",
    "POST /api/v1/orders/carriers/{carrier}/notices": "the carrier's signature",
}


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep requests from closing the connection of the world, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def document() -> Any:
    """Return the schema that the application itself gives out, bound to it."""
    config = SchemathesisConfig.from_dict(
        {"generation": {"allow-x00": False}}  # no text of ours holds NUL; another walk sends it
    )
    return schemathesis.openapi.from_wsgi("/api/schema", application, config=config)


@dataclass
class Fuzz:
    """What was sent and what was wrong."""

    operations: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The numbers in a line."""
        kinds = ", ".join(f"{count}× {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.operations} operations, {self.statuses.total()} requests ({kinds}), "
            f"{len(self.failures)} failures"
        )


class Fuzzer:
    """One person who sends whatever the document allows, and what it does not."""

    def __init__(self, schema: Any, caller: Caller, side: Side) -> None:
        self.schema, self.side, self.result = schema, side, Fuzz()
        token = token_of(caller.user.pk) if caller.user else ""
        self.headers = {"Authorization": f"Bearer {token}"}

    def run(self, examples: int) -> Fuzz:
        """Send `examples` generated requests to every operation."""
        for found in self.schema.get_all_operations():
            self.result.operations += 1
            self._fuzz(found.ok(), examples)
        return self.result

    def _fuzz(self, operation: APIOperation, examples: int) -> None:
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

        @hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(
            case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes]),
            is_real=st.booleans(),
        )
        def send(case: Case, is_real: bool) -> None:
            self._send(case, is_real)

        send()

    def _send(self, case: Case, is_real: bool) -> None:
        if case.query:
            case.query.pop("cursor", None)  # opaque: no description tells a good one from a bad one
        if is_real:
            self._name_real_rows(case)
        with rolled_back():
            response = case.call(headers=self.headers)
            self.result.statuses[response.status_code] += 1
            try:
                case.validate_response(response, headers=self.headers)
            except FailureGroup as group:
                for failure in group.exceptions:
                    self._note(failure, case, response)

    def _note(self, failure: Any, case: Case, response: Any) -> None:
        label = case.operation.label
        if isinstance(failure, RejectedPositiveData) and label in UNSPEAKABLE:
            return
        if isinstance(failure, AcceptedNegativeData) and _is_plain(case, response):
            return  # what was to be wrong is an empty list, and leaves nothing in the address
        title = failure.title if isinstance(failure, Failure) else type(failure).__name__
        mark = f"{title}: {label} {response.status_code}"
        told = f"{failure}\n{case.as_curl_command()}\n{response.text[:600]}"
        self.result.failures.setdefault(mark, told)

    def _name_real_rows(self, case: Case) -> None:
        """Random ids never get past the first look-up: half of the requests name real rows."""
        fixed = ""
        for part in case.operation.path.strip("/").split("/"):
            if not part.startswith("{"):
                fixed = part
                continue
            name = part.strip("{}")
            try:
                case.path_parameters[name] = self.side.ids.of(kind_of(name, fixed))
            except UnknownName:
                continue


def _is_plain(case: Case, response: Any) -> bool:
    return not case.operation.body and "?" not in response.request.url
