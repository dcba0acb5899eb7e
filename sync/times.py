"""How an instant is written, and which local date it is at the centre.

Not here: any clock; `now` is always an argument.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from sync import limits

# Mainland China keeps one time zone without summer time; a fixed offset needs no time-zone files.
CENTRE_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


def written(now: datetime) -> str:
    """The instant as `2026-03-10T01:02:03Z`."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_instant(text: str) -> datetime:
    """The instant that `written` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def wrong_minutes(told: datetime | None, now: datetime) -> int | None:
    """How many minutes a clock is ahead of ours, negative when behind; None while it is right enough, or unknown."""
    minutes = 0 if told is None else round((told - now).total_seconds() / 60)
    return minutes if abs(minutes) > limits.CLOCK_AHEAD_MINUTES_MAX else None


def local_date(now: datetime) -> date:
    """The calendar date at the centre."""
    return now.astimezone(CENTRE_ZONE).date()


def local_date_of(text: str) -> str:
    """The calendar date at the centre of a written instant, as `2026-03-10`."""
    return local_date(read_instant(text)).isoformat()
