-- What the rows of orders say of days of shops: one row for each of the given ones.
-- Parameters: shops (bigint[]), days (date[]), zone (name of the trade's time zone).
WITH wanted AS MATERIALIZED (
    SELECT shop_id, day,
           day::timestamp AT TIME ZONE %(zone)s AS begins,
           (day + 1)::timestamp AT TIME ZONE %(zone)s AS ends
    FROM unnest(%(shops)s::bigint[], %(days)s::date[]) AS given (shop_id, day)
), sold AS MATERIALIZED (
    SELECT wanted.shop_id, wanted.day, wanted.begins, paid.id, paid.buyer_id,
           extract(hour FROM paid.paid_at AT TIME ZONE %(zone)s)::int AS hour
    FROM wanted JOIN orders_order AS paid
        ON paid.shop_id = wanted.shop_id
        AND paid.paid_at >= wanted.begins AND paid.paid_at < wanted.ends
), hourly AS (
    SELECT shop_id, day, hour, sum(orders) AS orders, sum(gmv) AS gmv,
           sum(pieces) AS pieces, sum(returned) AS returned
    FROM (
        SELECT sold.shop_id, sold.day, sold.hour, 1 AS orders,
               lines.gmv, lines.pieces, lines.returned
        FROM sold CROSS JOIN LATERAL (
            SELECT sum(line.pay_amount + line.promotion_platform_amount
                       + line.promotion_talent_amount) AS gmv,
                   sum(line.quantity) AS pieces, sum(line.refunded_amount) AS returned
            FROM orders_orderline AS line WHERE line.order_id = sold.id
        ) AS lines
    ) AS orders
    GROUP BY shop_id, day, hour
), daily AS (
    SELECT wanted.shop_id, wanted.day, sum(hourly.orders) AS orders, sum(hourly.gmv) AS gmv,
           sum(hourly.pieces) AS pieces, sum(hourly.returned) AS returned,
           array_agg(coalesce(hourly.orders, 0)::int ORDER BY clock.hour) AS hour_orders,
           array_agg(coalesce(hourly.gmv, 0)::bigint ORDER BY clock.hour) AS hour_gmv
    FROM wanted CROSS JOIN generate_series(0, 23) AS clock (hour)
    LEFT JOIN hourly USING (shop_id, day, hour)
    GROUP BY wanted.shop_id, wanted.day
), people AS (
    SELECT shop_id, day, count(*) AS buyers, count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM orders_order AS earlier
        WHERE earlier.buyer_id = buyer.buyer_id
          AND earlier.shop_id + 0 = buyer.shop_id  -- by the buyer's index, not a year of the shop's
          AND earlier.paid_at < buyer.begins
          AND earlier.paid_at >= buyer.begins - interval '365 days'
    )) AS new_buyers
    FROM (SELECT DISTINCT shop_id, day, begins, buyer_id FROM sold) AS buyer
    GROUP BY shop_id, day
), back AS (
    SELECT wanted.shop_id, wanted.day, sum(refund.amount) AS amount, count(*) AS refunds
    FROM wanted JOIN orders_linerefund AS refund
        ON refund.shop_id = wanted.shop_id
        AND refund.at >= wanted.begins AND refund.at < wanted.ends
    GROUP BY wanted.shop_id, wanted.day
)
SELECT shop_id, day,
       coalesce(daily.orders, 0)::int AS orders,
       coalesce(daily.pieces, 0)::int AS pieces,
       coalesce(daily.gmv, 0)::bigint AS gmv_amount,
       coalesce(daily.returned, 0)::bigint AS returned_amount,
       coalesce(back.amount, 0)::bigint AS refund_amount,
       coalesce(back.refunds, 0)::int AS refunds,
       coalesce(people.buyers, 0)::int AS buyers,
       coalesce(people.new_buyers, 0)::int AS new_buyers,
       daily.hour_orders, daily.hour_gmv
FROM daily LEFT JOIN people USING (shop_id, day) LEFT JOIN back USING (shop_id, day)
