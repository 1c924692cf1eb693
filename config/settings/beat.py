"""What beat starts, and how often: plain rows, read once at start.

Every task is a sweep over rows that are due by the database's clock, so a missed beat is made up by
the next one. What people wait for is also nudged after commit; the sweep is what makes it certain.
"""

from typing import Any

from celery.schedules import crontab

#: task → seconds between two starts.
_SWEEPS = {
    "kernel.tasks.deliver_events": 1,
    "kernel.tasks.seal_audit": 10,
    "orders.tasks.close_unpaid": 20,
    "orders.tasks.poll_payments": 20,
    "orders.tasks.send_refunds": 5,
    "orders.tasks.auto_confirm": 60,
    "orders.tasks.write_exports": 15,
    "orders.tasks.expire_exports": 3600,
    "orders.tasks.ship_files": 15,
    "orders.tasks.decide_address_changes": 60,
    "orders.tasks.watch_parcels": 300,
    "orders.tasks.empty_shipping_files": 3600,
    "aftersales.tasks.act_on_overdue_cases": 20,
    "catalog.tasks.sweep_imports": 15,
    "catalog.tasks.sweep_bulk_edits": 15,
    "catalog.tasks.apply_begun_prices": 60,
    "catalog.tasks.end_buckets": 60,
    "catalog.tasks.fill_bundles": 60,
    "catalog.tasks.index_storefronts": 300,
    "catalog.tasks.end_papers": 300,
    "affiliates.tasks.finish_what_is_due": 60,
    "affiliates.tasks.release_commissions": 60,
    "affiliates.tasks.do_plan_files": 15,
    "affiliates.tasks.empty_plan_files": 3600,
    "settlements.tasks.settle_due_lines": 20,
    "settlements.tasks.refresh_statements": 300,
    "insights.tasks.add_up_days": 5,
    "insights.tasks.refresh_scores": 1800,
    "insights.tasks.measure_bindings": 600,
    "governance.tasks.assess_deposits": 1800,
    "governance.tasks.restrict_shops": 900,
    "governance.tasks.collect_payments": 10,
    "shops.tasks.expire_consents": 60,
    "shops.tasks.complete_unbindings": 30,
    "shops.tasks.finish_approvals": 30,
    "accounts.tasks.expire_verifications": 3600,
}

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # A sweep that waited longer than its interval is useless: the next one does its work.
    task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 10)}}
    for task, seconds in _SWEEPS.items()
} | {
    "kernel.tasks.forget_old_rows": {
        "task": "kernel.tasks.forget_old_rows",
        "schedule": crontab(hour=4, minute=0),
    },
    "catalog.tasks.index_storefronts_again": {
        "task": "catalog.tasks.index_storefronts_again",
        "schedule": crontab(hour=4, minute=20),
    },
    "kernel.tasks.check_audit": {
        "task": "kernel.tasks.check_audit",
        "schedule": crontab(hour=3, minute=40),
    },
    "catalog.tasks.sweep_pictures": {
        "task": "catalog.tasks.sweep_pictures",
        "schedule": crontab(hour=4, minute=20),
    },
    "insights.tasks.check_days": {
        "task": "insights.tasks.check_days",
        "schedule": crontab(hour=3, minute=20),
    },
}
