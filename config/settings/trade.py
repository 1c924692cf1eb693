"""The trade's timers and limits: every number of the rules that an operator may want to change.

Durations are `timedelta`, rates basis points, amounts minor units. Sources: the platforms' public
rules as noted; where there is none, the number is this project's choice.
"""

from datetime import time, timedelta
from typing import Any

# --- catalog ---------------------------------------------------------------------------------
#: CA-02: pictures that one shop keeps; at 1 MB each this is 10 GB at most.
MAX_SHOP_PICTURES = 10_000

# --- orders -------------------------------------------------------------------------------------
UNPAID_CLOSE_AFTER = timedelta(minutes=30)
#: CA-12: a payment that is started later than this before the end holds the pieces so much longer.
HELD_WHILE_PAYING = timedelta(minutes=5)
SHIP_PROMISE = timedelta(hours=48)
#: CA-15: the least price of what is sold before it is there, in minor units.
PRESALE_LEAST_PRICE = 100
#: A same-day promise holds for what is paid before this time of day in China.
SAME_DAY_UNTIL = time(16)
#: SH-19: the longest time a shop may be closed at a stretch.
LONGEST_HOLIDAY = timedelta(days=30)
AUTO_CONFIRM_AFTER = timedelta(days=10)
#: After receipt: how long a buyer may open an after-sales case, and settlement waits.
AFTERSALES_WINDOW = timedelta(days=7)
MAX_CART_LINES = 100
MAX_ORDER_LINES = 50
#: OR-23: rows of one file, files of a shop that are being written, how long a file is kept.
MAX_EXPORT_ROWS = 100_000
MAX_OPEN_EXPORTS = 3
KEEP_EXPORTS = timedelta(days=7)
#: OP-13: rows of one file of parcels, files of a shop that are at work.
MAX_SHIPPING_ROWS = 10_000
MAX_OPEN_SHIPPING_FILES = 3
#: Of one file of plans, and files of a shop that are not done (OP-13).
MAX_PLAN_ROWS = 2_000
MAX_OPEN_PLAN_FILES = 3
#: Orders in one file of labels or pick list.
MAX_PRINTED_ORDERS = 200
#: Views of the order list that one person keeps.
MAX_ORDER_VIEWS = 12
#: OR-16: how long a shop may take to answer a wish for another address.
ADDRESS_ANSWER_WITHIN = timedelta(hours=2)
#: OR-14: a parcel is fetched, and moves, at least so often; then its shop is told.
PARCEL_FETCHED_WITHIN = timedelta(hours=24)
PARCEL_MOVES_WITHIN = timedelta(hours=72)
#: A notice signed longer ago than this is refused.
NOTICE_TOLERANCE = timedelta(minutes=5)

# --- after-sales --------------------------------------------------------------------------------
DECIDE_UNSHIPPED_WITHIN = timedelta(hours=24)
DECIDE_SHIPPED_WITHIN = timedelta(hours=48)
DECIDE_RETURN_WITHIN = timedelta(hours=48)
RETURN_WITHIN = timedelta(days=7)
INSPECT_WITHIN = timedelta(hours=48)
#: When no signature of the returned parcel is known.
INSPECT_UNSIGNED_WITHIN = timedelta(days=10)
ESCALATE_WITHIN = timedelta(days=7)
#: Support's own promise; a case that waits longer is shown as overdue.
ARBITRATE_WITHIN = timedelta(hours=72)
#: Below this a deadline is shown as near.
DEADLINE_NEAR = timedelta(hours=6)

# --- two persons --------------------------------------------------------------------------------
#: How long a request waits for a second person.
APPROVAL_VALID_FOR = timedelta(days=7)
#: A shop with one person who may: how long a new payout account, a high rate is announced before
#: it takes effect.
PAYOUT_ACCOUNT_WAITS = timedelta(hours=72)
HIGH_RATE_WAITS = timedelta(hours=24)

# --- documents ------------------------------------------------------------------------------------
#: SH-04: what one shop hands in; at 5 MB each this is 1 GB at most.
MAX_SHOP_DOCUMENTS = 200

# --- admission ------------------------------------------------------------------------------------
#: By when the platform answers an application (SH-03), and how long a reviewer keeps it.
ADMISSION_REVIEW_WITHIN = timedelta(hours=48)
ADMISSION_CLAIM_LASTS = timedelta(hours=4)

# --- binding ------------------------------------------------------------------------------------
BINDING_CONSENT_WITHIN = timedelta(days=7)
BINDING_REPLACEMENTS_PER_YEAR = 1
BINDING_COOLDOWN = timedelta(days=30)
#: So long a shop's own account sells its shop's goods alone (BI-15).
OWN_ACCOUNT_PROBATION = timedelta(days=30)
UNBIND_LAPSES_AFTER = timedelta(days=30)
NAME_CHANGES_PER_30_DAYS = 4
VERIFICATION_VALID_FOR = timedelta(days=365)
INVITATION_VALID_FOR = timedelta(days=7)

# --- catalog ------------------------------------------------------------------------------------
#: How long the recycle bin keeps a product (CA-23).
#: How long a bulk edit of prices and stock can be taken back.
UNDO_BULK_EDIT_WITHIN = timedelta(hours=24)
RESTORE_PRODUCT_WITHIN = timedelta(days=30)

# --- alliance -----------------------------------------------------------------------------------
OPEN_PLAN_MIN_BP = 100
OPEN_PLAN_MAX_BP = 5_000
#: A rate above this is decided by two persons of the shop.
SECOND_PERSON_ABOVE_BP = 3_000
#: Commission, service fee and platform fee together never exceed this part of a line (AL-44).
RATES_CAP_BP = 9_000
#: The platform's technical service fee where no dated rate is set (SH-09).
SERVICE_FEE_BP = 500

# --- experience score ---------------------------------------------------------------------------
#: SH-14: measure → weight in its part, target, bands ``[limit, points × 10]`` from the best to the
#: worst. Rates are basis points, durations tenths of an hour. Dated rows of an operator go before.
SCORE_RULES: dict[str, dict[str, Any]] = {
    "quality_return": {
        "weight": 100,
        "target": 100,
        "bands": [
            [30, 1000],
            [60, 950],
            [100, 900],
            [200, 750],
            [300, 600],
            [500, 400],
            [1000, 200],
        ],
    },
    "shipped_on_time": {
        "weight": 100,
        "target": 9900,
        "bands": [[9950, 1000], [9900, 950], [9800, 900], [9500, 750], [9000, 600], [7500, 300]],
    },
    "refund_hours": {
        "weight": 30,
        "target": 120,
        "bands": [
            [20, 1000],
            [60, 950],
            [120, 900],
            [180, 800],
            [240, 700],
            [360, 550],
            [480, 400],
        ],
    },
    "return_hours": {
        "weight": 30,
        "target": 240,
        "bands": [[60, 1000], [120, 950], [240, 900], [360, 800], [480, 700], [600, 500]],
    },
    "platform_help": {
        "weight": 40,
        "target": 20,
        "bands": [[5, 1000], [10, 950], [20, 900], [40, 800], [80, 600], [150, 300]],
    },
}

# --- governance ---------------------------------------------------------------------------------
#: SH-06, SH-07: what shops stake, where no dated rule of an operator is in force. Tiers are sales
#: of a month up to, and the base deposit; fen.
DEPOSIT_RULE: dict[str, Any] = {
    "tiers": [[5_000_000, 50_000], [10_000_000, 200_000], [None, 500_000]],
    "high_risk_times": 10,
    "times": 2,
    "high_risk_days": 90,
    "days": 30,
    "high_risk_categories": [],
    "trial_days": 30,
    "trial_orders": 50,
    "listing_after_days": 3,
    "sales_after_days": 7,
}
#: A deduction above this takes two operators. Fen.
DEPOSIT_DEDUCTED_ALONE = 100_000
#: How long a payment into a deposit waits for its money.
DEPOSIT_PAYMENT_CLOSES_AFTER = timedelta(minutes=30)
#: SH-16: what a score below a threshold (× 10) leads to, where no dated rule says otherwise.
SCORE_CONSEQUENCES: list[dict[str, Any]] = [
    {"measure": "score", "effect": "alliance", "threshold_tenths": 600, "limit": None},
    {"measure": "score", "effect": "daily_orders", "threshold_tenths": 500, "limit": 100},
]
