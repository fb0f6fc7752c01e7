"""From a verdict to the actions that carry it out, by the room's mode and what the platform can do. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streambot.core.action import NO_CAPABILITY, OPERATION, Act, Action, Capability, How, Operation, State
from streambot.core.command import Mode
from streambot.core.comment import Comment
from streambot.core.labels import SEVERE, Label
from streambot.core.verdict import Verdict

_BOLDNESS = (Mode.OBSERVE, Mode.ASSIST, Mode.AUTO)


def mode_for(verdict: Verdict, room: Mode, label_modes: Mapping[Label, Mode], *, rules_only: bool) -> Mode:
    """The mode a verdict is carried out in: the boldest among its labels', the room's where a label has none.

    A room that only observes acts on nothing, whatever its labels say. While the model is down, labels that only the
    model asserts (by a judgement it gave before) fall to assist.
    """
    if room is Mode.OBSERVE:
        return Mode.OBSERVE
    modes = [label_modes.get(label, room) for label in verdict.labels] or [room]
    mode = max(modes, key=_BOLDNESS.index)
    if rules_only and mode is Mode.AUTO and verdict.labels and verdict.model_only.issuperset(verdict.labels):
        return Mode.ASSIST
    return mode


def actions_for(
    verdict: Verdict,
    comment: Comment,
    *,
    event: str,
    mode: Mode,
    capabilities: Mapping[Operation, Capability],
    undo_ms: int,
    now: float,
) -> Sequence[Action]:
    """The outbox rows of a verdict, mildest first; none for the shop's own people and for backlog.

    Where the platform could not take a hide back, its sending waits ``undo_ms`` so that a person can; labels marked
    severe do not wait, since harm beats regret.
    """
    if comment.author.exempt or comment.backlog:
        return ()
    urgent = any(label in SEVERE for label in verdict.labels)
    planned = []
    for act in sorted(verdict.actions, key=lambda act: act.severity):
        operation = OPERATION.get(act)
        if operation is None:
            continue
        capability = capabilities.get(operation, NO_CAPABILITY)
        delayed = mode is Mode.AUTO and capability.how is How.API and not capability.reversible and not urgent
        planned.append(
            action(
                operation,
                comment,
                event=event,
                duration=verdict.mute_seconds if act is Act.MUTE else None,
                reason=verdict.reason,
                simulated=mode is Mode.OBSERVE,
                state=State.PROPOSED if mode is Mode.ASSIST else State.PENDING,
                not_before=now + undo_ms / 1000 if delayed else 0.0,
            )
        )
    return planned


def action(
    operation: Operation,
    comment: Comment,
    *,
    event: str,
    duration: int | None = None,
    reason: str = "",
    simulated: bool = False,
    actor: str = "bot",
    state: State = State.PENDING,
    not_before: float = 0.0,
) -> Action:
    """One action on a comment or its author."""
    return Action(
        id=event,
        operation=operation,
        room=comment.room.name,
        platform=comment.room.platform,
        room_id=comment.room.id,
        comment=comment.id,
        author=comment.author.id,
        duration=duration,
        reason=reason,
        simulated=simulated,
        actor=actor,
        state=state,
        not_before=not_before,
    )
