"""The overlay tools' own messages, as far as their documents and their users show them, become comments."""

from __future__ import annotations

import pytest

from streambot.core.comment import Comment, Role, Room
from streambot.core.errors import ConfigError
from streambot.platforms.intake import comment_of
from streambot.platforms.recipes import RECIPES, recipe

ROOM = Room("shop", "relay", "shop")
NOW = 1_795_000_000.0
SENT = 1_794_999_990.0


def comments(name: str, frame: object) -> list[Comment]:
    return [comment_of(one, room=ROOM, now=NOW) for one in recipe(name).fields.records(frame)]


def only(name: str, frame: object) -> Comment:
    (comment,) = comments(name, frame)
    return comment


TIKFINITY = {
    "event": "chat",
    "data": {
        "comment": "มีไซซ์ L ไหมคะ",
        "userId": "6813181309701720000",
        "secUid": "MS4wLjABAAAA",
        "uniqueId": "viewer.one",
        "nickname": "Viewer One",
        "profilePictureUrl": "https://p16.example/1.webp",
        "followRole": 1,
        "userBadges": [{"type": "pm_mt_moderator_im", "name": "Moderator"}],
        "isModerator": True,
        "isNewGifter": False,
        "isSubscriber": False,
        "topGifterRank": None,
        "msgId": "7101586454120000000",
        "createTime": "1794999990000",
    },
}


def test_tikfinity_chat():
    comment = only("tikfinity", TIKFINITY)
    assert comment.text == "มีไซซ์ L ไหมคะ"
    assert comment.id == "7101586454120000000"
    assert (comment.author.id, comment.author.name) == ("6813181309701720000", "Viewer One")
    assert comment.author.roles == {Role.STAFF}
    assert comment.sent_at == SENT
    assert comment.traceable


def test_tikfinity_with_the_viewer_in_a_table_of_its_own():
    data = {key: TIKFINITY["data"][key] for key in ("comment", "msgId", "createTime")}
    user = {"userId": "6813181309701720000", "uniqueId": "viewer.one", "nickname": "Viewer One", "isModerator": True}
    assert only("tikfinity", {"event": "chat", "data": {**data, "user": user}}) == only("tikfinity", TIKFINITY)


@pytest.mark.parametrize("event", ["gift", "like", "member", "roomUser", "follow", "share"])
def test_tikfinity_gifts_and_likes_are_no_comments(event):
    assert comments("tikfinity", {"event": event, "data": {"uniqueId": "viewer.one", "likeCount": 15}}) == []


TWITCH = {
    "timeStamp": "2026-11-18T03:06:30.1216756-08:00",
    "event": {"source": "Twitch", "type": "ChatMessage"},
    "data": {
        "messageId": "2f06d4aa-e784-4a62-a42f-8a4c87b0eb21",
        "text": "berapa harganya?",
        "user": {"id": "241438845", "login": "viewer_two", "name": "Viewer_Two", "role": 3, "subscribed": True},
        "meta": {"firstMessage": False},
    },
}


def test_streamerbot_twitch_chat():
    comment = only("streamerbot", TWITCH)
    assert comment.text == "berapa harganya?"
    assert comment.id == "2f06d4aa-e784-4a62-a42f-8a4c87b0eb21"
    assert (comment.author.id, comment.author.name) == ("241438845", "Viewer_Two")
    assert comment.author.roles == {Role.STAFF, Role.MEMBER}
    assert comment.sent_at == pytest.approx(SENT, abs=1)


def test_streamerbot_twitch_chat_before_version_one():
    message = {
        "msgId": "2f06d4aa-e784-4a62-a42f-8a4c87b0eb21",
        "userId": "241438845",
        "username": "viewer_two",
        "displayName": "Viewer_Two",
        "role": 3,
        "subscriber": True,
        "message": "berapa harganya?",
    }
    assert only("streamerbot", {**TWITCH, "data": {"message": message}}) == only("streamerbot", TWITCH)


def test_streamerbot_twitch_chat_with_both_side_by_side():
    message = {"msgId": "2f06d4aa-e784-4a62-a42f-8a4c87b0eb21", "username": "viewer_two", "message": "berapa harganya?"}
    data = {key: TWITCH["data"][key] for key in ("messageId", "user")} | {"message": message, "isSharedChat": False}
    assert only("streamerbot", {**TWITCH, "data": data}) == only("streamerbot", TWITCH)


def test_streamerbot_youtube_chat():
    frame = {
        "timeStamp": "2026-11-18T03:06:40.4822691-08:00",
        "event": {"source": "YouTube", "type": "Message"},
        "data": {
            "message": "còn size M không shop",
            "eventId": "LCC.EhwKGkNPdmN4",
            "user": {
                "id": "UCqdiyeZuf",
                "name": "Viewer Three",
                "isOwner": True,
                "isModerator": False,
                "isSponsor": False,
            },
            "publishedAt": "2026-11-18T03:06:30-08:00",
        },
    }
    comment = only("streamerbot", frame)
    assert comment.text == "còn size M không shop"
    assert (comment.id, comment.author.id) == ("LCC.EhwKGkNPdmN4", "UCqdiyeZuf")
    assert comment.author.roles == {Role.HOST}
    assert comment.sent_at == pytest.approx(SENT, abs=1)


def test_streamerbot_has_to_be_asked_and_what_it_answers_is_no_comment():
    assert recipe("streamerbot").greeting[0]["request"] == "Subscribe"
    assert recipe("streamerbot").greeting[0]["events"]["Twitch"] == ["ChatMessage"]
    assert comments("streamerbot", {"id": "streambot", "status": "ok", "events": {"Twitch": ["ChatMessage"]}}) == []
    assert comments("streamerbot", {"event": {"source": "Twitch", "type": "Follow"}, "data": {"user_id": "1"}}) == []


NINJA = {
    "id": 512,
    "type": "tiktok",
    "chatname": "Viewer Four",
    "chatmessage": 'còn hàng không &amp; ship HN? <img src="https://e.example/1.png" alt="🙏">',
    "chatimg": "https://p16.example/4.webp",
    "timestamp": 1_794_999_990_000,
    "hasDonation": "",
    "membership": "",
    "userid": "6813181309701720004",
    "mod": True,
    "host": False,
    "bot": False,
    "textonly": False,
    "tid": 101,
}


def test_social_stream_chat_is_html():
    comment = only("social-stream", NINJA)
    assert comment.text == "còn hàng không & ship HN? 🙏"
    assert (comment.author.id, comment.author.name) == ("6813181309701720004", "Viewer Four")
    assert comment.author.roles == {Role.STAFF}
    assert comment.sent_at == SENT


def test_social_stream_sends_several_at_once():
    frame = [NINJA, {**NINJA, "event": "joined"}, {**NINJA, "chatmessage": "giá?"}]
    assert [comment.text for comment in comments("social-stream", frame)] == ["còn hàng không & ship HN? 🙏", "giá?"]


def test_social_stream_chat_that_is_plain_keeps_its_angles():
    assert only("social-stream", {**NINJA, "chatmessage": "a <3 b &amp;", "textonly": True}).text == "a <3 b &amp;"


def test_social_streams_counter_is_no_id_since_it_begins_anew():
    first, other = only("social-stream", NINJA), only("social-stream", {**NINJA, "chatmessage": "giá?"})
    assert first.id_synthetic
    assert first.id != other.id
    assert only("social-stream", {**NINJA, "id": 3}).id == first.id
    assert only("social-stream", {**NINJA, "meta": {"messageId": "m1"}}).id == "m1"


@pytest.mark.parametrize("change", [{"event": "follow"}, {"private": True}, {"chatmessage": ""}, {"chatname": None}])
def test_social_stream_events_and_private_lines_are_no_comments(change):
    assert comments("social-stream", {**NINJA, **change}) == []


def test_an_unknown_recipe_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="Did you mean tikfinity"):
        recipe("tikfinty")
    with pytest.raises(ConfigError, match=", ".join(RECIPES)):
        recipe("obs")
