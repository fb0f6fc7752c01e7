"""The training run: a masked-language part on all texts, then all four tasks at once, within a time limit.

Where a run stands is one number between 0 and 1: the greater of steps done and time used. The learning rate and the
change of task follow it, so a run that its limit ends early has still cooled down.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from streambot.core.views import canonical
from streambot.training import checkpoint, teacher
from streambot.training.batches import PREFIXED, epoch_order, noisy, padded, targets
from streambot.training.begin import begin
from streambot.training.corpus import Row
from streambot.training.groups import Drawing, Groups
from streambot.training.losses import (
    embedding_loss,
    intent_loss,
    label_loss,
    language_loss,
    language_weights,
    positive_weights,
    taught_loss,
)
from streambot.training.model import Deep, Network, Scores
from streambot.training.recipe import Recipe
from streambot.training.scoring import window
from streambot.training.tokenizer import load_tokenizer, marks
from streambot.training.wide import fit

MASKED: Final = 0.15
"""Share of tokens to guess in the masked-language part (Devlin et al. 2019)."""
HIDDEN: Final = 0.12
"""Share of tokens hidden from the tasks, so that no single word decides (word dropout, Iyyer et al. 2015)."""
GROUP_LINES: Final = 48
"""Lines of paraphrase groups beside the rows of every step."""
TAUGHT: Final = (0.5, 0.1)
"""What the teacher's places count at first and at the end: it knows many words, and no near misses."""
MASKED_OWN_SHARE: Final = 0.4
"""Share of own lines while tokens are guessed: public text knows more words."""
GROUPS_BESIDE: Final = 70
"""Characters of a batch's longest row up to which groups are drawn: beside longer ones they would be all padding."""
PUBLIC_TOKENS: Final = 40
"""Tokens learned from of a public row: they are long, and what is read on air is short."""
PACES: Final = {"layers": 1.0, "tokens": 4.0, "heads": 3.0}
"""Steps beside those of a body that may already know a language: a table's row is met in few batches."""
_WARM_UP: Final = 0.03
_CHECKPOINT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; ``done`` from 0 to 1, ``seconds_left`` an estimate."""

    step: int
    done: float
    seconds_left: float
    task: str
    loss: float


def train(
    rows: Sequence[Row],
    groups: Groups,
    scratch: Path,
    recipe: Recipe,
    *,
    glossary: Mapping[str, str],
    clock: Callable[[], float],
    report: Callable[[Progress], None],
    resume: bool = False,
) -> None:
    """Train on ``rows`` and paraphrase ``groups``; leave the network and its tokenizer as a checkpoint in ``scratch``.

    ``glossary`` says in English what pieces of the vocabulary mean (see ``base.begin``). ``clock`` gives
    seconds. Raises ConfigError when there is no checkpoint to resume from or the base is no base.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    scratch.mkdir(parents=True, exist_ok=True)
    if resume:
        state = checkpoint.load_state(scratch)
        tokenizer = load_tokenizer(scratch / checkpoint.TOKENIZER)
        network = checkpoint.load_network(scratch)
    else:
        network, tokenizer, origin = begin(rows, recipe, glossary)
        state = {"step": 0, "seconds": 0.0, "origin": origin}
        tokenizer.save(str(scratch / checkpoint.TOKENIZER))
        if recipe.masked_share < 1.0:
            fit(network.wide, [*rows, *(row for lines in groups.values() for row in lines)], seed=recipe.seed)
    places = (
        teacher.places(
            recipe.teacher,
            rows,
            groups,
            dimensions=network.shape.embedding,
            translate=teacher.word_for_word(tokenizer, glossary),
        )
        if recipe.teacher is not None
        else {}
    )
    _Run(rows, groups, scratch, recipe, tokenizer, network, places, clock, report).go(state, resume=resume)


class _Run:
    """One run's moving parts."""

    def __init__(
        self,
        rows: Sequence[Row],
        groups: Groups,
        scratch: Path,
        recipe: Recipe,
        tokenizer: Tokenizer,
        network: Network,
        places: Mapping[str, Tensor],
        clock: Callable[[], float],
        report: Callable[[Progress], None],
    ) -> None:
        self.rows = rows
        self.scratch = scratch
        self.origin = ""
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.network = network
        self.deep = network.deep.train()
        self.drawing = Drawing(groups)
        self.places = places
        self.clock = clock
        self.report = report
        self.optimiser = torch.optim.AdamW(_paces(self.deep), lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True)
        self.benign = [row for row in rows if row.is_own and row.is_benign]
        self.positive_weights = positive_weights(rows)
        self.language_weights = language_weights(rows)
        self.pad, self.mask, special = marks(tokenizer)
        self.special = torch.tensor(sorted(special))
        self.lengths = [len(item.ids) for item in tokenizer.encode_batch_fast([canonical(row.text) for row in rows])]

    def go(self, state: Mapping[str, Any], *, resume: bool) -> None:
        """Step until the steps or the minutes are used up, saving every two minutes and at the end."""
        self.origin = str(state["origin"])
        if resume:
            checkpoint.restore_optimiser(self.scratch, self.optimiser)
        step, used = int(state["step"]), float(state["seconds"])
        started = saved = self.clock()
        epoch, batches = -1, [[0]]
        guessed = self._order(0, MASKED_OWN_SHARE) if self.recipe.masked_share else batches
        total = self._total_steps()
        smooth = 0.0
        while True:
            seconds = used + self.clock() - started
            done = _done(step / total, seconds / (60.0 * self.recipe.minutes))
            if done >= 1.0:
                break
            per_epoch = len(batches) if epoch >= 0 else self._steps_an_epoch()
            if step // per_epoch != epoch:
                epoch = step // per_epoch
                batches = self._order(epoch)
            masked = done < self.recipe.masked_share
            batch = guessed[step % len(guessed)] if masked else batches[step % len(batches)]
            chosen = [self.rows[index] for index in batch]
            loss = self._step(step, done, chosen, masked=masked)
            smooth = loss if step == int(state["step"]) else 0.95 * smooth + 0.05 * loss
            step += 1
            left = seconds * (1.0 - done) / done if done > 0 else 60.0 * self.recipe.minutes
            self.report(Progress(step, done, left, "masked" if masked else "tasks", smooth))
            if self.clock() - saved > _CHECKPOINT_SECONDS:
                saved = self.clock()
                self._save(step, used + saved - started, self.optimiser)
        self._save(step, used + self.clock() - started, self.optimiser)

    def _order(self, epoch: int, own_share: float | None = None) -> list[list[int]]:
        share, recipe = own_share or self.recipe.own_share, self.recipe
        return epoch_order(self.rows, self.lengths, batch=recipe.batch, own_share=share, seed=recipe.seed, epoch=epoch)

    def _steps_an_epoch(self) -> int:
        return len(self._order(0))

    def _total_steps(self) -> int:
        return max(1, round(self._steps_an_epoch() * self.recipe.epochs))

    def _save(self, step: int, seconds: float, optimiser: torch.optim.Optimizer) -> None:
        checkpoint.save(
            self.scratch, self.network, optimiser, {"step": step, "seconds": seconds, "origin": self.origin}
        )

    def _step(self, step: int, done: float, rows: list[Row], *, masked: bool) -> float:
        """One update; its noise and dropout depend on seed and step alone. Returns the loss."""
        rng = random.Random(f"noise:{self.recipe.seed}:{step}")
        torch.manual_seed(self.recipe.seed * 1_000_003 + step)
        for group in self.optimiser.param_groups:
            group["lr"] = group["pace"] * self.recipe.learning_rate * _rate(done, self.recipe.masked_share)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.recipe.half):
            loss = self._masked_loss(rows) if masked else self._task_loss(rows, rng, done)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.deep.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.detach())

    def _masked_loss(self, rows: list[Row]) -> Tensor:
        input_ids, attention_mask = self._tensors([row.text for row in rows], rows)
        chosen = torch.rand(input_ids.shape) < MASKED
        chosen &= (attention_mask == 1) & ~torch.isin(input_ids, self.special)
        places = chosen.flatten().nonzero().squeeze(-1)
        wanted = input_ids.flatten()[places]
        corrupted = input_ids.masked_fill(chosen & (torch.rand(input_ids.shape) < 0.9), self.mask)
        logits = self.deep.fill_in(corrupted, attention_mask, places)
        return functional.cross_entropy(logits.float(), wanted) if len(places) else logits.float().sum() * 0.0

    def _task_loss(self, rows: list[Row], rng: random.Random, done: float) -> Tensor:
        short = max(len(row.text) for row in rows) <= GROUPS_BESIDE
        asked, groups = self.drawing.draw(GROUP_LINES if short else 0, rng)
        rows = [*rows, *asked]
        places = [self.places.get(row.text) for row in rows]
        texts = []
        for index, row in enumerate(rows):
            text = noisy(row, rng)
            if row.is_own and not row.is_benign and self.benign and rng.random() < PREFIXED:
                text = padded(text, self.benign, rng)
                rows[index], places[index] = _without_intent(row), None
            texts.append(text)
        input_ids, attention_mask = self._tensors(texts, rows)
        if self.mask >= 0:
            hidden = (torch.rand(input_ids.shape) < HIDDEN) & ~torch.isin(input_ids, self.special)
            input_ids = input_ids.masked_fill(hidden, self.mask)
        scores: Scores
        scores, embedding = self.deep(input_ids, attention_mask)
        wanted = targets(rows)
        return (
            label_loss(scores.labels.float(), wanted, self.positive_weights)
            + 1.0 * intent_loss(scores.intents.float(), wanted)
            + 0.2 * language_loss(scores.languages.float(), wanted, self.language_weights)
            + 0.5 * embedding_loss(embedding[len(rows) - len(asked) :], groups)
            + (TAUGHT[0] + (TAUGHT[1] - TAUGHT[0]) * done) * taught_loss(embedding, places)
        )

    def _tensors(self, texts: Sequence[str], rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
        """Canonical texts as padded ids and mask, cut to one window with the end mark kept."""
        limits = [self.network.shape.tokens if row.is_own else PUBLIC_TOKENS for row in rows]
        encoded = self.tokenizer.encode_batch_fast([canonical(text) for text in texts])
        ids = [window(item.ids, limit) for item, limit in zip(encoded, limits, strict=True)]
        longest = max(len(item) for item in ids)
        padded = np.full((len(ids), longest), self.pad, dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int64)
        for index, item in enumerate(ids):
            padded[index, : len(item)] = item
            mask[index, : len(item)] = 1
        return torch.from_numpy(padded), torch.from_numpy(mask)


def _done(by_steps: float, by_time: float) -> float:
    """How far a run is: by its steps, so that it repeats itself, unless it is clearly behind its time limit."""
    return by_time if by_time > by_steps + 0.01 or by_time >= 1.0 else by_steps


def _rate(done: float, masked_share: float) -> float:
    """Linear warm-up and linear decay, once for each of the two parts."""
    part = done / masked_share if done < masked_share else (done - masked_share) / (1.0 - masked_share)
    return min(1.0, part / _WARM_UP + 0.02) * max(0.01, 1.0 - part)


def _paces(deep: Deep) -> list[dict[str, Any]]:
    """The parameters by pace, with weight decay for matrices only."""
    found: dict[tuple[str, bool], list[Tensor]] = {}
    for name, parameter in deep.named_parameters():
        part = name.split(".")[0]
        part = (
            "layers" if part in {"layers", "positions", "first_norm", "body"} else part if part == "tokens" else "heads"
        )
        decays = parameter.ndim > 1 and part != "tokens" and not name.startswith("positions")
        found.setdefault((part, decays), []).append(parameter)
    return [
        {"params": parameters, "weight_decay": 0.02 if decays else 0.0, "pace": PACES[part]}
        for (part, decays), parameters in found.items()
    ]


def _without_intent(row: Row) -> Row:
    return Row(row.text, "", row.source, row.targets, row.weights, note=row.note)
