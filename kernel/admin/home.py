"""The first page of a console: what waits to be done, in numbers that are links, and charts.

Rooms register providers from their `admin/` package::

    register("merchant", todo)      # todo(actor, at) -> [Card(…), Panel(…), Chart(…)]

The page shows cards, then panels, then charts. A provider is asked on each visit, so it makes a
handful of queries at most, none per row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise

from kernel.actors import Actor

#: More labels than this stand slantwise under the chart.
MAX_TICKS = 11
Tone = Literal["plain", "good", "warning", "urgent"]


@dataclass(frozen=True)
class Card:
    """A number and the list behind it. `tone` colours it while the value is not zero."""

    title: str | Promise
    value: int | str
    url: str = ""
    tone: Tone = "plain"
    note: str | Promise = ""
    #: Cards stand in this order, then in the order of registration.
    order: int = 100

    @property
    def shown_tone(self) -> Tone:
        """Nothing to do is never urgent."""
        return "plain" if self.value in (0, "0") else self.tone


@dataclass(frozen=True)
class Series:
    """One line of a chart."""

    title: str | Promise
    values: Sequence[int | str]
    #: A colour of the console's palette.
    color: str = "var(--color-primary-500)"


@dataclass(frozen=True)
class Chart:
    """Series over the same labels, drawn by the Chart.js that Unfold brings.

    Money comes in major units: a chart is for the eye.
    """

    title: str | Promise
    labels: Sequence[str | Promise]
    series: Sequence[Series]
    kind: Literal["bar", "line"] = "line"
    note: str | Promise = ""

    @property
    def data(self) -> str:
        """The data as Chart.js reads it."""
        sets = [
            {
                "label": str(one.title),
                "data": list(one.values),
                "borderColor": one.color,
                "backgroundColor": one.color,
                "displayYAxis": True,
                "maxTicksXLimit": MAX_TICKS,
            }
            for one in self.series
        ]
        return json.dumps({"labels": [str(one) for one in self.labels], "datasets": sets})


@dataclass(frozen=True)
class Panel:
    """A part of the page that a room draws itself: its template gets `context` as ``panel``."""

    template: str
    context: Mapping[str, Any]
    order: int = 100


Part = Card | Chart | Panel
Provider = Callable[[Actor, datetime], Sequence[Part]]


@dataclass(frozen=True)
class Page:
    """What the providers of a console contributed, each kind in its order."""

    cards: Sequence[Card] = ()
    panels: Sequence[Panel] = ()
    charts: Sequence[Chart] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there are cards, and none of those that may call has something to call for."""
        calling = [card for card in self.cards if card.tone != "plain"]
        return bool(calling) and all(card.shown_tone == "plain" for card in calling)


_providers: dict[str, list[Provider]] = defaultdict(list)


def register(site_name: str, provider: Provider) -> None:
    """Let `provider` contribute to the home page of the console `site_name`."""
    if provider not in _providers[site_name]:
        _providers[site_name].append(provider)


def collect(site_name: str, actor: Actor, at: datetime) -> Page:
    """Return what the console shows `actor` at `at`."""
    parts = [part for provider in _providers[site_name] for part in provider(actor, at)]
    cards = [part for part in parts if isinstance(part, Card)]
    panels = [part for part in parts if isinstance(part, Panel)]
    return Page(
        sorted(cards, key=lambda card: card.order),
        sorted(panels, key=lambda panel: panel.order),
        [part for part in parts if isinstance(part, Chart)],
    )
