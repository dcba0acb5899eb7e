"""Settings fail at start, and the message names the variable."""

from pathlib import Path

import pytest

from server.settings import SettingError, settings_from


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DOORSTEP_PORT", "eighty"),
        ("DOORSTEP_PORT", "65536"),
        ("DOORSTEP_PORT", "-1"),
        ("DOORSTEP_ORIGIN", "doorstep.example.org"),
        ("DOORSTEP_ORIGIN", "https://doorstep.example.org/app"),
        ("DOORSTEP_ORIGIN", "http://doorstep.example.org"),
        ("DOORSTEP_SESSION_IDLE_MINUTES", "0"),
        ("DOORSTEP_SESSION_HOURS_MAX", "169"),
        ("DOORSTEP_SESSION_IDLE_MINUTES", "1441"),
        ("DOORSTEP_ORIGIN", "https://10.0.0.5"),
        ("DOORSTEP_PROT", "8000"),
        ("DOORSTEP_PROXIES", "proxy.example.org"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable: str, text: str) -> None:
    with pytest.raises(SettingError, match=variable) as raised:
        settings_from({variable: text})
    assert raised.value.variable == variable


def test_the_bounds_themselves_are_allowed() -> None:
    settings = settings_from(
        {
            "DOORSTEP_PORT": "65535",
            "DOORSTEP_ORIGIN": "https://doorstep.example.org:8443",
            "DOORSTEP_SESSION_IDLE_MINUTES": "1",
            "DOORSTEP_SESSION_HOURS_MAX": "168",
            "HOME": "/nowhere",
        }
    )
    assert (settings.port, settings.session_idle_minutes, settings.session_hours_max) == (65535, 1, 168)
    assert settings.hosts == ("doorstep.example.org",) and settings.is_https


def test_proxies_are_addresses() -> None:
    assert settings_from({"DOORSTEP_PROXIES": "127.0.0.1, ::1"}).proxies == ("127.0.0.1", "::1")


def test_without_settings_it_listens_to_this_machine_only() -> None:
    assert settings_from({}).host == "127.0.0.1"
    assert settings_from({"DOORSTEP_PORT": "9000"}).origin == "http://localhost:9000"


def test_a_store_is_a_file_or_a_postgresql_and_is_told_without_its_password() -> None:
    assert settings_from({"DOORSTEP_DATA": "d"}).place == Path("d/doorstep.sqlite3")
    elsewhere = settings_from({"DOORSTEP_STORE": "/elsewhere/centre.sqlite3"})
    assert (elsewhere.place, elsewhere.is_shared) == (Path("/elsewhere/centre.sqlite3"), False)
    shared = settings_from({"DOORSTEP_STORE": "postgresql://doorstep:canary@db.example.org/centres"})
    assert shared.is_shared and shared.place == "postgresql://doorstep:canary@db.example.org/centres"
    assert shared.store_name == "PostgreSQL db.example.org/centres"
    assert "canary" not in repr(shared)


@pytest.mark.parametrize("text", ["", "mysql://doorstep:canary@db/centres", "postgresql://doorstep:canary@db"])
def test_a_store_that_is_none_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingError, match="DOORSTEP_STORE") as told:
        settings_from({"DOORSTEP_STORE": text})
    assert "canary" not in str(told.value)
