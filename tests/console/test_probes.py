from __future__ import annotations

from streambot.core.action import Act, Operation, Outcome, Result
from tests.console.fakes import Console, a_comment, a_decision, an_action


async def metrics(console: Console) -> dict[str, float]:
    async with console.session.get(f"{console.url}/-/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        lines = (await answer.text()).splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


async def test_the_process_is_healthy_while_it_answers(console):
    async with console.session.get(f"{console.url}/-/health") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": True})


async def test_ready_says_why_not(open_console):
    async def not_yet():
        return False, ["The model is not loaded."]

    console = await open_console(ready=not_yet)
    async with console.session.get(f"{console.url}/-/ready") as answer:
        assert (answer.status, await answer.json()) == (503, {"ok": False, "reasons": ["The model is not loaded."]})


async def test_versions_are_told(console):
    async with console.session.get(f"{console.url}/-/versions") as answer:
        assert await answer.json() == {"ok": True, "streambot": "0.1.0", "python": "3.11"}


async def test_the_metrics_are_the_rooms_own_counts_and_what_the_feed_heard(console):
    waits, hidden = a_decision(a_comment("c1"), Act.REVIEW), a_decision(a_comment("c2"), Act.HIDE)
    console.feed.publish([waits, hidden], [an_action(hidden.id, "c2")])
    console.feed.settled(an_action(hidden.id, "c2"), Outcome(Result.APPLIED))
    screen = await console.listen()
    await screen.next("hello")
    found = await metrics(console)
    assert found['streambot_comments_total{fate="received",room="demo"}'] == 5
    assert found['streambot_comments_total{fate="duplicate",room="demo"}'] == 1
    assert found['streambot_actions_total{operation="hide",outcome="applied",room="demo"}'] == 1
    assert found['streambot_decision_seconds_count{room="demo"}'] == 2
    assert found['streambot_decision_seconds_bucket{le="0.01",room="demo"}'] in {1, 2, 0}
    assert found['streambot_decision_seconds_bucket{le="0.025",room="demo"}'] == 2
    assert found['streambot_queue{room="demo"}'] == 1
    assert found['streambot_rules_only{room="demo"}'] == 0
    assert found["streambot_ws_clients"] == 1


async def test_two_consoles_in_one_process_count_for_themselves(open_console):
    one, other = await open_console(), await open_console()
    one.feed.settled(an_action("e1", operation=Operation.MUTE), Outcome(Result.MANUAL))
    key = 'streambot_actions_total{operation="mute",outcome="manual",room="demo"}'
    assert (await metrics(one))[key] == 1
    assert key not in await metrics(other)
