-- What shops sold in spans of time, and how many of it to followers: one row for each span.
-- Parameters, one of each for a span: keys (bigint[]), shops (bigint[]), accounts (bigint[]),
-- begins and ends (timestamptz[]).
WITH span AS MATERIALIZED (
    SELECT * FROM unnest(
        %(keys)s::bigint[], %(shops)s::bigint[], %(accounts)s::bigint[],
        %(begins)s::timestamptz[], %(ends)s::timestamptz[]
    ) AS given (key, shop_id, account_id, begins, ends)
), sold AS MATERIALIZED (
    SELECT span.key, paid.buyer_id, lines.gmv, EXISTS (
        SELECT FROM orders_order AS earlier
        WHERE earlier.buyer_id = paid.buyer_id
          AND earlier.shop_id + 0 = paid.shop_id  -- by the buyer's index
          AND earlier.paid_at < paid.paid_at
          AND earlier.paid_at >= paid.paid_at - interval '30 days'
    ) AS is_again
    FROM span JOIN orders_order AS paid
        ON paid.shop_id = span.shop_id
        AND paid.paid_at >= span.begins AND paid.paid_at < span.ends
    CROSS JOIN LATERAL (
        SELECT sum(line.pay_amount + line.promotion_platform_amount
                   + line.promotion_talent_amount) AS gmv
        FROM orders_orderline AS line WHERE line.order_id = paid.id
    ) AS lines
), money AS (
    SELECT key, count(*) AS orders, sum(gmv) AS gmv, sum(gmv) FILTER (WHERE is_again) AS again
    FROM sold GROUP BY key
), people AS (
    SELECT key, count(*) AS buyers, count(*) FILTER (WHERE EXISTS (
        SELECT FROM accounts_follow AS follows
        WHERE follows.user_id = buyer.buyer_id AND follows.account_id = buyer.account_id
          AND follows.created_at < buyer.ends
    ) OR EXISTS (
        SELECT FROM accounts_pastfollow AS followed
        WHERE followed.user_id = buyer.buyer_id AND followed.account_id = buyer.account_id
          AND followed.since < buyer.ends AND followed.until >= buyer.ends
    )) AS followers
    FROM (
        SELECT DISTINCT sold.key, sold.buyer_id, span.account_id, span.ends
        FROM sold JOIN span USING (key)
    ) AS buyer
    GROUP BY key
)
SELECT span.key,
       coalesce(money.orders, 0)::int AS orders,
       coalesce(money.gmv, 0)::bigint AS gmv_amount,
       coalesce(money.again, 0)::bigint AS repurchase_amount,
       coalesce(people.buyers, 0)::int AS buyers,
       ((SELECT count(*) FROM accounts_follow AS follows
         WHERE follows.account_id = span.account_id AND follows.created_at < span.ends)
        + (SELECT count(*) FROM accounts_pastfollow AS followed
           WHERE followed.account_id = span.account_id
             AND followed.since < span.ends AND followed.until >= span.ends))::int AS followers,
       coalesce(people.followers, 0)::int AS follower_buyers
FROM span LEFT JOIN money USING (key) LEFT JOIN people USING (key)
