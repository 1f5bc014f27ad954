"""Where a recording is fetched from, what a try means, and all of it in words."""

from __future__ import annotations

import base64
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trubka.rules import recordings as rules
from trubka.rules.recordings import Audio, Next, Pbx, Source, State, Wrong

KIT = Pbx("http://pbx.example:8088/rec/", "reader", "/var/spool/asterisk/monitor/")
OURS = "Basic " + base64.b64encode(b"reader:s3cret").decode()


@pytest.mark.parametrize(
    ("link", "pbx", "source"),
    [
        ("https://calls.example/1.mp3?token=a", None, Source("https://calls.example/1.mp3?token=a")),
        ("HTTP://calls.example/1.mp3", None, Source("HTTP://calls.example/1.mp3")),
        ("1.mp3", None, None),
        ("", None, None),
        ("", KIT, None),
        ("ftp://calls.example/1.mp3", None, None),
        ("file:///etc/passwd", None, None),
        ("1.wav", KIT, Source("http://pbx.example:8088/rec/1.wav", OURS)),
        ("2026/11/in 1.wav", KIT, Source("http://pbx.example:8088/rec/2026/11/in%201.wav", OURS)),
        ("/var/spool/asterisk/monitor/1.wav", KIT, Source("http://pbx.example:8088/rec/1.wav", OURS)),
        ("/tmp/1.wav", KIT, Source("http://pbx.example:8088/rec/tmp/1.wav", OURS)),
        ("../../etc/passwd", KIT, None),
        ("a/..\\..\\b", KIT, None),
        ("1.wav?x=#y", KIT, Source("http://pbx.example:8088/rec/1.wav%3Fx%3D%23y", OURS)),
        ("1.wav", Pbx("http://p/ari/{file}/file", "u"), Source("http://p/ari/1.wav/file", "Basic dTpzM2NyZXQ=")),
        ("1.wav", Pbx("http://p/"), Source("http://p/1.wav", "Basic a2V5OnMzY3JldA==")),
        ("1.wav", Pbx(), None),
        # The secret goes to the PBX's own origin and nowhere else.
        ("http://pbx.example:8088/other.wav", KIT, Source("http://pbx.example:8088/other.wav", OURS)),
        ("http://evil.example/rec/1.wav", KIT, Source("http://evil.example/rec/1.wav")),
        ("http://pbx.example:8089/rec/1.wav", KIT, Source("http://pbx.example:8089/rec/1.wav")),
        ("https://pbx.example:8088/rec/1.wav", KIT, Source("https://pbx.example:8088/rec/1.wav")),
        ("http://pbx.example:8088@evil.example/1", KIT, Source("http://pbx.example:8088@evil.example/1")),
        ("http://[broken/1", KIT, Source("http://[broken/1")),
        ("1.wav", Pbx("http://[broken/"), Source("http://[broken/1.wav")),
    ],
)
def test_where_it_is_fetched_from(link: str, pbx: Pbx | None, source: Source | None) -> None:
    assert rules.source_of(link, pbx, "key", "s3cret") == source


@pytest.mark.parametrize(
    ("audio", "code"),
    [
        (Audio("audio/wav", "wav", 60, 0.3), None),
        (Audio("audio/wav", "wav", 60, 0.003), None),
        (Audio("audio/wav", "wav", 60, 0.3, cut=True), "cut"),
        (Audio("audio/wav", "wav", 60, 0.002), "silent"),
        (Audio("audio/wav", "wav", 60, 0.0, cut=True), "silent"),
        (Audio("audio/wav", "wav", 0.05, 0.3), "nothing"),
    ],
)
def test_what_there_is_to_hear(audio: Audio, code: str | None) -> None:
    found = rules.verdict(audio)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("wrong", "tries_left", "outcome"),
    [
        (None, 7, Next("fetched")),
        (Wrong("answered", "404"), 7, Next("failed", "answered 404", 7, 15)),
        (Wrong("answered", "403"), 6, Next("failed", "answered 403", 6, 60)),
        (Wrong("html"), 1, Next("failed", "html", 1, 43_200)),
        (Wrong("html"), 0, Next("failed", "html", 0, None)),
        (Wrong("gone"), 7, Next("failed", "gone")),
        (Wrong("worker"), 0, Next("failed", "worker")),
        (Wrong("nothing"), 7, Next("empty", "nothing", 7, 15)),
        (Wrong("nothing"), 0, Next("empty", "nothing", 0, None)),
        (Wrong("silent", "60"), 7, Next("empty", "silent 60")),
        (Wrong("private", "10.0.0.1 …"), 7, Next("refused", "private 10.0.0.1 …", 7)),
        (Wrong("link"), 7, Next("refused", "link", 7)),
        (Wrong("large", "500 MB"), 7, Next("refused", "large 500 MB", 7)),
        (Wrong("cut", "12"), 3, Next("failed", "cut 12", 3, 3_600)),
        (Wrong("cut", "12"), 0, Next("fetched", "cut 12")),
        (Wrong("store", "the disk is full"), 7, Next("failed", "store the disk is full", 8, 120)),
        (Wrong("store", "the disk is full"), 0, Next("failed", "store the disk is full", 1, 120)),
    ],
)
def test_what_follows_from_a_try(wrong: Wrong | None, tries_left: int, outcome: Next) -> None:
    assert rules.after(wrong, tries_left) == outcome


def test_all_tries_have_an_end() -> None:
    """Eight of them, over 17 hours."""
    waited: list[int] = []
    left = rules.TRIES
    while (again := rules.after(Wrong("html"), left - 1)).again_seconds is not None:
        waited.append(again.again_seconds)
        left = again.tries_left
    assert tuple(waited) == rules.RETRY_SECONDS
    assert sum(waited) > 17 * 3_600


@given(st.sampled_from([*rules.WHY]), st.integers(0, rules.TRIES - 1))
def test_a_try_never_adds_tries_and_ends_in_a_known_state(code: str, tries_left: int) -> None:
    found = rules.after(Wrong(code, "x"), tries_left)
    assert found.state in get_args(State)
    assert found.tries_left <= tries_left + (code == "store")
    assert found.again_seconds is None or found.tries_left > 0


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (200, None),
        (204, Wrong("answered", "204")),
        (206, Wrong("answered", "206")),
        (304, Wrong("answered", "304")),
        (403, Wrong("answered", "403")),
        (410, Wrong("gone")),
        (500, Wrong("answered", "500")),
    ],
)
def test_what_an_answer_means(status: int, wrong: Wrong | None) -> None:
    assert rules.of_status(status) == wrong


def test_where_it_lies() -> None:
    assert rules.folder_of(31415001, 880_001) == "31415001/880"
    assert rules.name_of(880_001, bytes(range(32)), "mp3") == "880001-0001020304050607.mp3"


def test_how_long() -> None:
    assert rules.kept_until(1_000, None) is None
    assert rules.kept_until(1_000, 2) == 1_000 + 172_800
    assert rules.listen_seconds(59.9) == 1_859
    assert (rules.link_seconds(None), rules.link_seconds(59.9)) == (600, 659)


@pytest.mark.parametrize(
    ("number", "direction", "language", "title"),
    [
        ("+7 (916) 123-45-67", 1, "en", "2023-11-15 01-13 +79161234567 inbound"),
        ("89161234567", 2, "ru", "2023-11-15 01-13 89161234567 исходящий"),
        ("101", 3, "ru", "2023-11-15 01-13 101 внутренний"),
        (None, 1, "ru", "2023-11-15 01-13 номер скрыт входящий"),
        ('../"x;\r\n', 9, "en", "2023-11-15 01-13 withheld inbound"),
    ],
)
def test_what_a_file_is_called(number: str | None, direction: int, language: str, title: str) -> None:
    assert rules.title(1_700_000_000, "Europe/Moscow", number, direction, language) == title


@pytest.mark.parametrize(
    ("state", "why", "left", "again", "en", "ru"),
    [
        ("waiting", "", 8, 0, "The recording is being fetched.", "Запись забирается."),
        ("fetched", "", 0, None, "The recording is here.", "Запись у нас."),
        (
            "fetched",
            "cut 12",
            0,
            None,
            "The recording is here. The file breaks off after 12 s.",
            "Запись у нас. Файл обрывается на 12 с.",
        ),
        (
            "failed",
            "answered 403",
            5,
            290,
            "The recording could not be fetched: the recording's server answered 403. It is tried again in 5 min; "
            "tries left: 5.",
            "Запись не получена: сервер записи ответил 403. Следующая попытка через 5 мин, осталось попыток: 5.",
        ),
        (
            "failed",
            "unreachable pbx.example:80 has not answered in time.",
            0,
            None,
            "The recording could not be fetched: its server did not give it: pbx.example:80 has not answered in time.",
            "Запись не получена: сервер записи не отдал её: pbx.example:80 has not answered in time.",
        ),
        (
            "empty",
            "nothing",
            1,
            40_000,
            "There is no sound: the file has no sound, only a header. It is tried again in 11 h; tries left: 1.",
            "Звука нет: в файле нет звука, один заголовок. Следующая попытка через 11 ч, осталось попыток: 1.",
        ),
        (
            "failed",
            "html",
            7,
            -3,
            "The recording could not be fetched: a web page came instead of sound. It is tried again in some seconds; "
            "tries left: 7.",
            "Запись не получена: вместо звука пришла веб-страница. Следующая попытка через несколько секунд, осталось "
            "попыток: 7.",
        ),
        (
            "deleted",
            "kept",
            0,
            None,
            "The recording was deleted: it was kept as long as the rule says.",
            "Запись удалена: срок хранения истёк.",
        ),
        ("refused", "{odd}", 0, None, "The recording is not fetched: {odd}.", "Запись не забирается: {odd}."),
    ],
)
def test_a_state_in_words(state: State, why: str, left: int, again: int | None, en: str, ru: str) -> None:
    assert rules.in_words(state, why, left, again, "en") == en
    assert rules.in_words(state, why, left, again, "ru") == ru


@given(st.sampled_from(get_args(State)), st.sampled_from([*rules.WHY]), st.text(), st.sampled_from(["ru", "en"]))
def test_whatever_others_say_there_are_words(state: State, code: str, detail: str, language: str) -> None:
    assert rules.in_words(state, f"{code} {detail}", 3, 10, language)


@pytest.mark.parametrize(("seconds", "text"), [(15, "15 s"), (60, "1 min"), (3_600, "1 h"), (200_000, "2 d")])
def test_a_span_is_told_in_its_own_unit(seconds: int, text: str) -> None:
    assert rules.span(seconds, 1) == text
