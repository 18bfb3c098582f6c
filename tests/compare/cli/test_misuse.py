"""How commands end."""

import pytest

from compare.cli import misuse
from compare.cli.misuse import LeftAloneError, exits


def test_a_process_left_alone_does_not_wait_for_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(misuse.os, "_exit", ended.append)
    with exits():
        raise LeftAloneError("another is gone")
    assert ended == [misuse.MISUSE]
    assert capsys.readouterr().err == "handgrad: error: another is gone\n"
