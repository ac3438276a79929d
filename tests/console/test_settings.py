"""A home's settings survive as they were said."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.settings import FILE_NAME, Settings, change_settings, read_settings, write_settings
from engine.errors import SupervisionError

NOW = 1_790_000_000_123_456


def test_settings_come_back_as_they_were(tmp_path: Path) -> None:
    for settings in (Settings(), Settings("Europe/Rome", "virtual", NOW, None, NOW + 1, "fines")):
        write_settings(tmp_path, settings)
        assert read_settings(tmp_path) == settings
        assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_people_may_write_them_by_hand(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('zone = "Europe/Rome"\nwatch_from = "2026-09-01T00:00:00+02:00"\nnote = "ours"\n')
    settings = read_settings(tmp_path)
    assert (settings.zone, settings.clock, settings.watched_at) == ("Europe/Rome", "real", None)
    assert settings.watch_from == 1_788_213_600_000_000


def test_a_time_without_offset_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('watch_from = "2026-09-01T00:00:00"\n')
    with pytest.raises(SupervisionError, match="2026-09-01T00:00:00"):
        read_settings(tmp_path)


def test_no_change_writes_nothing(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, Settings())
    (tmp_path / FILE_NAME).unlink()
    assert change_settings(tmp_path, settings, zone=settings.zone) is settings
    assert not (tmp_path / FILE_NAME).exists()
    assert change_settings(tmp_path, settings, zone="Europe/Rome").zone == "Europe/Rome"
    assert (tmp_path / FILE_NAME).exists()
