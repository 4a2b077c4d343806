# SPDX-License-Identifier: Apache-2.0
"""The synthetic month shows everything the teahouse can do: each sentence fails without its story."""

from __future__ import annotations

import pytest

# What there is to see, and a query that finds it at least once.
SHOWN = {
    # spaces
    "a photo of the house": "SELECT 1 FROM venue_photos WHERE alt_zh LIKE '%示意图%'",
    "a room that can be divided": "SELECT 1 FROM spaces WHERE code = 'elders_space_east' AND parent_id IS NOT NULL",
    "a half that makes its whole busy": """SELECT 1 FROM series_dates d JOIN bookings b ON b.purpose = '量血压'
        AND b.local_start::date = d.occurrence_date WHERE d.reason_code = 'slot_taken'""",
    "numbered and counted equipment with a booking": """SELECT 1 FROM bookings b JOIN equipment_holds h
        ON h.booking_id = b.id WHERE b.purpose = '防火讲座' HAVING count(*) = 1 AND sum(quantity) = 12""",
    "a room closed for works": "SELECT 1 FROM closures WHERE reason_zh = '线路检修' AND ends_at > :now",
    # hours
    "every kind of time": "SELECT 1 FROM regimes HAVING count(DISTINCT kind) = 6",
    "a weekly stretch of each kind": """SELECT 1 FROM regime_rules r JOIN regimes g ON g.code = r.regime_code
        WHERE r.valid_until IS NULL HAVING count(DISTINCT g.kind) = 6""",
    "a day with hours of its own": "SELECT 1 FROM regime_exceptions WHERE until_minute = 1440",
    "a holiday with Sunday's hours": """SELECT 1 FROM sessions WHERE reason = 'closed' AND on_date IN
        (SELECT day FROM special_days WHERE kind = 'holiday')""",
    "a make-up workday with Monday's hours": """SELECT 1 FROM special_days
        WHERE day = '2026-10-10' AND follows_weekday = 1""",
    "a price with a second version": "SELECT 1 FROM prices WHERE regime_code = 'at_cost' AND version = 2",
    "something booked at cost": "SELECT 1 FROM bookings WHERE regime_code = 'at_cost' AND state = 'checked_out'",
    "free sessions owed, held and waived": "SELECT 1 FROM owed_sessions HAVING count(DISTINCT kind) = 3",
    # booking
    "a booking over midnight": """SELECT 1 FROM bookings WHERE local_start::date < local_end::date
        AND starts_at > :now AND state = 'confirmed'""",
    "a booking with two prices": """SELECT 1 FROM booking_parts JOIN bookings b ON b.id = booking_id
        WHERE b.starts_at > :now HAVING count(DISTINCT booking_parts.price_fen_per_hour) = 2""",
    "a booking by telephone": "SELECT 1 FROM bookings WHERE channel = 'counter' AND on_behalf_reason = '本人来电'",
    "a booking that was moved": "SELECT 1 FROM audit WHERE action = 'booking.moved'",
    "a line of the paper calendar": """SELECT 1 FROM bookings WHERE on_behalf_reason = 'paper calendar'
        HAVING count(*) = 2""",
    "two requests for the same time": """SELECT 1 FROM bookings a JOIN bookings b ON a.id < b.id
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        WHERE a.state = 'requested' AND b.state = 'requested'""",
    "a request that was declined": "SELECT 1 FROM bookings WHERE state = 'declined' AND ended_reason IS NOT NULL",
    "a request that was approved": "SELECT 1 FROM audit WHERE action = 'booking.approved'",
    "time to set up and clean": """SELECT 1 FROM bookings
        WHERE occupied_minutes_before > 0 AND occupied_minutes_after > 0""",
    "quotas of every kind": "SELECT 1 FROM quotas HAVING count(DISTINCT subject) = 4",
    # series
    "a series with equipment": "SELECT 1 FROM series_equipment HAVING count(*) = 2",
    "a date of a series left out, with its reason": "SELECT 1 FROM series_dates WHERE reason_code IS NOT NULL",
    "one date of a series moved": """SELECT 1 FROM series s JOIN series_dates d ON d.series_id = s.id
        JOIN bookings b ON b.id = d.booking_id WHERE s.purpose = '读报小组' AND b.local_start::time <> s.local_start""",
    "a series that goes on otherwise": "SELECT 1 FROM series WHERE previous_series_id IS NOT NULL",
    # who waits, who came
    "an offer that is open for hours": """SELECT 1 FROM waiting_entries
        WHERE state = 'offered' AND offer_expires_at > CAST(:now AS timestamptz) + interval '2 hours'""",
    "an offer that was taken": "SELECT 1 FROM waiting_entries WHERE state = 'accepted'",
    "somebody who waits": "SELECT 1 FROM waiting_entries WHERE state = 'waiting'",
    "four ways to check in": "SELECT 1 FROM check_ins HAVING count(DISTINCT way) = 4",
    "a door display": "SELECT 1 FROM door_displays WHERE revoked_at IS NULL",
    "an appeal that waits": "SELECT 1 FROM marks WHERE kind = 'no_show' AND state = 'appealed'",
    "an appeal that was granted": "SELECT 1 FROM marks WHERE state = 'excused' AND decision_reason IS NOT NULL",
    "an appeal that was rejected": "SELECT 1 FROM marks WHERE state = 'upheld' AND decision_reason IS NOT NULL",
    "a mark for cancelling late": "SELECT 1 FROM marks WHERE kind = 'late_cancel'",
    "an elder who may come late, and did": """SELECT 1 FROM exemptions e JOIN bookings b USING (person_id)
        JOIN check_ins c ON c.booking_id = b.id WHERE c.happened_at > b.starts_at + interval '30 minutes'""",
    # sittings and desks
    "a missed sitting with its reason": "SELECT 1 FROM sessions WHERE state = 'missed' AND attendance_reason <> ''",
    "a substitute who sat": "SELECT 1 FROM sessions WHERE state = 'held' AND substitute_office IS NOT NULL",
    "a substitute to come": "SELECT 1 FROM sessions WHERE starts_at > :now AND substitute_office IS NOT NULL",
    "every fate of a topic": "SELECT 1 FROM topics HAVING count(DISTINCT state) = 5",
    "minutes of a sitting that is over": """SELECT 1 FROM topics t JOIN sessions s ON s.id = t.session_id
        WHERE t.state = 'answered' AND s.state = 'held'""",
    "a topic that five and more stand behind": "SELECT 1 FROM topic_supports GROUP BY topic_id HAVING count(*) >= 5",
    "three government desks to come": """SELECT 1 FROM sessions WHERE kind = 'desk' AND state = 'planned'
        AND starts_at > :now HAVING count(DISTINCT desk_code) = 3""",
    "numbers that wait for their desk": """SELECT 1 FROM tickets t JOIN sessions s ON s.id = t.session_id
        WHERE t.state = 'waiting' AND s.starts_at > :now HAVING count(*) = 4""",
    "numbers served, missed and given back": """SELECT 1 FROM tickets WHERE state IN ('served', 'not_came', 'left')
        HAVING count(DISTINCT state) = 3""",
    # money
    "a deposit given back": "SELECT 1 FROM deposit_endings WHERE kind = 'refunded'",
    "a deposit kept": "SELECT 1 FROM deposit_endings WHERE kind = 'kept' AND reason_code = 'damage'",
    "a deposit held for an evening to come": """SELECT 1 FROM deposits d JOIN bookings b ON b.id = d.booking_id
        WHERE b.state = 'confirmed' AND b.starts_at > :now""",
    "a deposit held for an evening that is over": """SELECT 1 FROM deposits d JOIN bookings b ON b.id = d.booking_id
        LEFT JOIN deposit_endings e ON e.deposit_id = d.id WHERE b.state = 'checked_out' AND e.deposit_id IS NULL""",
    "a payment online for a booking to come": """SELECT 1 FROM payment_intents p JOIN bookings b ON b.id = p.booking_id
        WHERE p.state = 'succeeded' AND b.starts_at > :now""",
    "a payment online that went back": """SELECT 1 FROM refund_executions e JOIN refunds r ON r.id = e.refund_id
        JOIN payment_intents p ON p.state = 'refunded'""",
    "payments told by the provider itself": """SELECT 1 FROM payment_events
        WHERE outcome = 'succeed' HAVING count(*) = 2""",
    "a day that was closed with a difference": "SELECT 1 FROM day_statements WHERE difference_fen < 0 AND note <> ''",
    "two days whose cash is still to be counted": """SELECT 1 FROM day_statements
        HAVING max(day) = CAST(:now AS date) - 2""",
    "a settlement that was reversed": "SELECT 1 FROM reversals",
    "money and ledger about to be compared": "SELECT 1 FROM due WHERE kind = 'reconciliation' AND due_at > :now",
    # calendars
    "calendars of a person, the venue and all": "SELECT 1 FROM calendar_feeds HAVING count(DISTINCT kind) = 3",
}


@pytest.mark.parametrize("what", SHOWN)
def test_the_teahouse_shows(month, what):
    assert month.rows("venue", SHOWN[what]), f"the synthetic month shows no more {what}"


def test_the_ledger_is_told_of_every_move_of_money(month):
    kinds = "settled|settlement_reversed|refunded|deposit_taken|deposit_refunded|deposit_kept"
    moves = f"SELECT count(*) FROM outbox WHERE type ~ '^linli.venue.booking.({kinds}).v1$'"

    assert month.rows("venue", moves) == [(month.told,)]


def test_the_room_of_the_walk_through_is_free_in_the_evening(month):
    taken = """SELECT count(*) FROM occupancies o JOIN atoms a ON a.id = o.atom_id WHERE a.code = 'council_pavilion'
        AND o.active AND o.starts_at < timestamptz '2026-11-30 22:00+08' AND o.ends_at > :now"""

    assert month.rows("venue", taken) == [(0,)]


def test_no_money_moves_on_the_day_the_visitor_comes(month):
    moved = """SELECT 1 FROM settlements WHERE settled_at >= '2026-11-30T00:00+08'
        UNION ALL SELECT 1 FROM deposits WHERE taken_at >= '2026-11-30T00:00+08'"""

    assert month.rows("venue", moved) == []
