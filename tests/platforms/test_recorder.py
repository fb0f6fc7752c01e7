"""A capture written while it happens replays to the same comments."""

from __future__ import annotations

import errno
import json
import resource
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streambot.core.comment import Author, Comment, Role, Room
from streambot.core.errors import ConfigError, PlatformError
from streambot.platforms.intake import comment_of
from streambot.platforms.recorder import RecordedSource, Recorder, record_of
from streambot.platforms.records import parse_record
from streambot.platforms.replay import ReplaySource

ROOM = Room("th-beauty", "tiktok", "@shop_th")
NOW = 1_795_000_000.0


def never(error: Exception, *_: object) -> None:
    raise AssertionError(error)


def said(text: str = "มีไซซ์ L ไหม", **record) -> Comment:
    return comment_of({"text": text, **record}, room=ROOM, now=NOW)


async def replayed(lines: list[bytes]) -> list[Comment]:
    source = ReplaySource(lines, room="file", speed=None, clock=lambda: NOW, sleep=None, on_reject=never)
    return [comment async for comment in source.comments()]


def as_replayed(comment: Comment) -> Comment:
    """What a capture cannot hold: that an id was made, and what was mended."""
    return replace(comment, id_synthetic=False, notes=())


def a_recorder(path: Path, told: list[int] | None = None) -> Recorder:
    """A recorder whose holes are told as their beginning's errno, and as minus the missing at their end."""
    heard = told if told is not None else []
    return Recorder(
        path, on_error=lambda error: heard.append(error.errno or 0), on_back=lambda missing: heard.append(-missing)
    )


class Comments:
    """A live source of these comments, which then breaks."""

    live = True

    def __init__(self, *comments: Comment) -> None:
        self._comments = comments

    async def comments(self):
        for comment in self._comments:
            yield comment
        raise PlatformError("the source broke")


async def test_a_recorded_source_replays_to_the_same_comments(tmp_path):
    live = [
        said(id="1", author={"id": "u1", "name": "Mint", "roles": ["host", "member"]}, sent_at=NOW - 3.25),
        said("two\nlines\u2028and \ud800", id=7617107657484225293, author={"id": "u2"}),
        said("no id", author={"id": "u3"}),
        said("nobody", id="4", author={"name": "?"}),
        said("of yesterday", id="5", author={"id": "u3"}, sent_at=NOW - 86400, backlog=True),
    ]
    path = tmp_path / "evening.jsonl"
    passed = []
    with a_recorder(path) as recorder:
        source = RecordedSource(Comments(*live), recorder)
        assert source.live
        comments = source.comments()
        for number in range(len(live)):
            passed.append(await anext(comments))
            assert path.read_bytes().count(b"\n") == number + 1, "written down before anybody has it"
        with pytest.raises(PlatformError):
            await anext(comments)
    assert passed == live
    assert await replayed(path.read_bytes().splitlines(keepends=True)) == [as_replayed(comment) for comment in live]


@settings(deadline=None)
@given(
    text=st.text(st.characters(), min_size=1, max_size=30),
    author=st.fixed_dictionaries({}, optional={"id": st.text(max_size=9), "name": st.text(max_size=9),
                                               "roles": st.lists(st.sampled_from(sorted(Role)))}),
    sent_at=st.none() | st.floats(NOW - 1e8, NOW),
)  # fmt: skip
async def test_any_comment_comes_back_from_its_line(text, author, sent_at):
    comment = said(text, author=author, sent_at=sent_at)
    (back,) = await replayed([json.dumps(record_of(comment)).encode()])
    assert back == as_replayed(comment)


def test_a_capture_is_its_owners_alone_and_is_added_to(tmp_path):
    path = tmp_path / "evening.jsonl"
    for text in ("a", "b"):
        with a_recorder(path) as recorder:
            recorder.write(said(text))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == ["a", "b"]


def test_a_line_that_a_crash_cut_off_costs_only_itself(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_bytes(b'{"text":"whole"}\n{"text":"cu')
    with a_recorder(path) as recorder:
        recorder.write(said("next"))
    lines = path.read_bytes().split(b"\n")
    assert lines[1] == b'{"text":"cu'
    assert json.loads(lines[2])["text"] == "next"


def test_a_full_disk_is_told_once_and_ends_nothing():
    told: list[int] = []
    try:
        recorder = a_recorder(Path("/dev/full"), told)
    except ConfigError:
        pytest.skip("there is no /dev/full")
    recorder.write(said("a"))
    recorder.write(said("b"))
    recorder.close()
    assert told == [errno.ENOSPC]


def limited(path: Path, more: int) -> None:
    """From now on files of this process end ``more`` bytes after the end of this one."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more, resource.RLIM_INFINITY))


def test_a_recording_has_a_hole_where_it_could_not_be_written_and_no_torn_line(tmp_path):
    path, told = tmp_path / "evening.jsonl", []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with a_recorder(path, told) as recorder:
        recorder.write(said("a", id="1"))
        try:
            limited(path, 20)
            recorder.write(said("b", id="2"))
            recorder.write(said("c", id="3"))
            assert path.read_bytes().count(b"\n") == 1
            assert path.read_bytes().endswith(b"\n"), "what was half written is taken back"
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        recorder.write(said("d", id="4"))
    assert told == [errno.EFBIG, -2]
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["1", "4"]


def test_a_capture_of_before_without_the_rooms_id_still_reads():
    line = b'{"id":"1","room":"th-beauty","platform":"tiktok","author":{"id":"u1"},"text":"a","sent_at":1794999999}'
    comment = parse_record(line, room="file", number=1, previous=None, now=NOW)
    assert comment.room == Room("th-beauty", "tiktok", "th-beauty")
    assert not comment.backlog


def test_a_file_that_cannot_be_written_is_told_before_it_starts(tmp_path):
    with pytest.raises(ConfigError, match="Name another file"):
        a_recorder(tmp_path / "no" / "folder.jsonl")


def test_an_author_without_an_id_stays_without_one():
    author = Author("c1", "Mint")
    comment = Comment("c1", ROOM, author, "a", NOW, NOW, traceable=False)
    assert record_of(comment)["author"] == {"name": "Mint", "roles": []}
