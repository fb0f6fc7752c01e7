"""The training run: a masked-language part on all texts, then all four tasks at once, within a time limit.

Where a run stands is one number between 0 and 1: the greater of steps done and time used. The learning rate and the
change of task follow it, so a run that its limit ends early has still cooled down.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from streambot.core.views import canonical
from streambot.training import checkpoint
from streambot.training.batches import PREFIXED, epoch_order, noisy, targets
from streambot.training.corpus import Row
from streambot.training.losses import (
    embedding_loss,
    intent_loss,
    label_loss,
    language_loss,
    language_weights,
    positive_weights,
)
from streambot.training.model import Network, Scores, Shape
from streambot.training.tokenizer import MASK, PAD, SPECIAL, load_tokenizer, train_tokenizer

MASKED: Final = 0.15
"""Share of tokens to guess in the masked-language part (Devlin et al. 2019)."""
HIDDEN: Final = 0.12
"""Share of tokens hidden from the tasks, so that no single word decides (word dropout, Iyyer et al. 2015)."""
TABLE_PACE: Final = 4.0
_WARM_UP: Final = 0.03
_CHECKPOINT_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a run besides the rows. ``minutes`` limits the steps, not tokenizer and export."""

    shape: Shape = field(default_factory=Shape)
    seed: int = 7
    epochs: float = 5.0
    minutes: float = 28.0
    masked_share: float = 0.0
    batch: int = 64
    learning_rate: float = 8e-4
    own_share: float = 0.6
    threads: int = 2
    half: bool = True


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
    scratch: Path,
    recipe: Recipe,
    *,
    clock: Callable[[], float],
    report: Callable[[Progress], None],
    resume: bool = False,
) -> None:
    """Train on ``rows`` and leave the network and its tokenizer as a checkpoint in ``scratch``.

    ``clock`` gives seconds. Raises ConfigError when there is no checkpoint to resume from.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    scratch.mkdir(parents=True, exist_ok=True)
    if resume:
        state = checkpoint.load_state(scratch)
        tokenizer = load_tokenizer(scratch / checkpoint.TOKENIZER)
        network = checkpoint.load_network(scratch)
    else:
        state = {"step": 0, "seconds": 0.0}
        texts = [canonical(row.text) for row in rows]
        tokenizer = train_tokenizer(rows, texts, size=recipe.shape.vocabulary, seed=recipe.seed)
        tokenizer.save(str(scratch / checkpoint.TOKENIZER))
        sizes = asdict(recipe.shape) | {"vocabulary": tokenizer.get_vocab_size()}
        network = Network(Shape(**sizes))
    _Run(rows, scratch, recipe, tokenizer, network, clock, report).go(state, resume=resume)


class _Run:
    """One run's moving parts."""

    def __init__(
        self,
        rows: Sequence[Row],
        scratch: Path,
        recipe: Recipe,
        tokenizer: Tokenizer,
        network: Network,
        clock: Callable[[], float],
        report: Callable[[Progress], None],
    ) -> None:
        self.rows = rows
        self.scratch = scratch
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.network = network.train()
        self.clock = clock
        self.report = report
        self.optimiser = torch.optim.AdamW(_groups(network), lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True)
        self.benign = [row for row in rows if row.is_own and row.is_benign]
        self.positive_weights = positive_weights(rows)
        self.language_weights = language_weights(rows)
        # Their places in SPECIAL are their ids.
        self.pad = SPECIAL.index(PAD)
        self.mask = SPECIAL.index(MASK)
        self.lengths = [len(item.ids) for item in tokenizer.encode_batch_fast([canonical(row.text) for row in rows])]

    def go(self, state: Mapping[str, Any], *, resume: bool) -> None:
        """Step until the steps or the minutes are used up, saving every two minutes and at the end."""
        if resume:
            checkpoint.restore_optimiser(self.scratch, self.optimiser)
        step, used = int(state["step"]), float(state["seconds"])
        started = saved = self.clock()
        epoch, batches = -1, [[0]]
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
            chosen = [self.rows[index] for index in batches[step % len(batches)]]
            loss = self._step(step, done, chosen, masked=masked)
            smooth = loss if step == int(state["step"]) else 0.95 * smooth + 0.05 * loss
            step += 1
            left = seconds * (1.0 - done) / done if done > 0 else 60.0 * self.recipe.minutes
            self.report(Progress(step, done, left, "masked" if masked else "tasks", smooth))
            if self.clock() - saved > _CHECKPOINT_SECONDS:
                saved = self.clock()
                self._save(step, used + saved - started, self.optimiser)
        self._save(step, used + self.clock() - started, self.optimiser)

    def _order(self, epoch: int) -> list[list[int]]:
        recipe = self.recipe
        return epoch_order(
            self.rows, self.lengths, batch=recipe.batch, own_share=recipe.own_share, seed=recipe.seed, epoch=epoch
        )

    def _steps_an_epoch(self) -> int:
        return len(self._order(0))

    def _total_steps(self) -> int:
        return max(1, round(self._steps_an_epoch() * self.recipe.epochs))

    def _save(self, step: int, seconds: float, optimiser: torch.optim.Optimizer) -> None:
        checkpoint.save(self.scratch, self.network, optimiser, {"step": step, "seconds": seconds})

    def _step(self, step: int, done: float, rows: list[Row], *, masked: bool) -> float:
        """One update; its noise and dropout depend on seed and step alone. Returns the loss."""
        rng = random.Random(f"noise:{self.recipe.seed}:{step}")
        torch.manual_seed(self.recipe.seed * 1_000_003 + step)
        for group in self.optimiser.param_groups:
            group["lr"] = group["pace"] * self.recipe.learning_rate * _rate(done, self.recipe.masked_share)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.recipe.half):
            loss = self._masked_loss(rows) if masked else self._task_loss(rows, rng)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.detach())

    def _masked_loss(self, rows: list[Row]) -> Tensor:
        input_ids, attention_mask = self._tensors([row.text for row in rows])
        chosen = torch.rand(input_ids.shape) < MASKED
        chosen &= (attention_mask == 1) & (input_ids >= self.mask + 1)
        places = chosen.flatten().nonzero().squeeze(-1)
        wanted = input_ids.flatten()[places]
        corrupted = input_ids.masked_fill(chosen & (torch.rand(input_ids.shape) < 0.9), self.mask)
        logits = self.network.fill_in(corrupted, attention_mask, places)
        return functional.cross_entropy(logits.float(), wanted) if len(places) else logits.float().sum() * 0.0

    def _task_loss(self, rows: list[Row], rng: random.Random) -> Tensor:
        texts = []
        for index, row in enumerate(rows):
            text = noisy(row, rng)
            if row.is_own and not row.is_benign and self.benign and rng.random() < PREFIXED:
                text = f"{rng.choice(self.benign).text} {text}"
                rows[index] = _without_intent(row)
            texts.append(text)
        asked = [index for index, row in enumerate(rows) if row.is_own and any(i.is_question for i in row.intents)]
        asked = rng.sample(asked, min(len(asked), 24))
        texts += [noisy(rows[index], rng) for index in asked]
        input_ids, attention_mask = self._tensors(texts)
        hidden = (torch.rand(input_ids.shape) < HIDDEN) & (input_ids > self.mask)
        scores: Scores = self.network(input_ids.masked_fill(hidden, self.mask), attention_mask)
        count = len(rows)
        wanted = targets(rows)
        return (
            label_loss(scores.labels[:count].float(), wanted, self.positive_weights)
            + 1.0 * intent_loss(scores.intents[:count].float(), wanted)
            + 0.2 * language_loss(scores.languages[:count].float(), wanted, self.language_weights)
            + 0.2 * embedding_loss(scores.embedding, asked, count, [rows[index] for index in asked])
        )

    def _tensors(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Canonical texts as padded ids and mask, cut to one window with the end mark kept."""
        limit = self.network.shape.tokens
        ids = [item.ids for item in self.tokenizer.encode_batch_fast([canonical(text) for text in texts])]
        ids = [item if len(item) <= limit else [*item[: limit - 1], item[-1]] for item in ids]
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


def _groups(network: Network) -> list[dict[str, Any]]:
    """Weight decay for matrices only, and larger steps for tables: a row of theirs is met in few batches."""
    tables: list[Tensor] = []
    matrices: list[Tensor] = []
    others: list[Tensor] = []
    for name, parameter in network.named_parameters():
        if name.startswith(("tokens", "grams")):
            tables.append(parameter)
        else:
            (matrices if parameter.ndim > 1 and not name.startswith("positions") else others).append(parameter)
    return [
        {"params": matrices, "weight_decay": 0.02, "pace": 1.0},
        {"params": others, "weight_decay": 0.0, "pace": 1.0},
        {"params": tables, "weight_decay": 0.0, "pace": TABLE_PACE},
    ]


def _without_intent(row: Row) -> Row:
    return Row(row.text, "", row.source, row.targets, row.weights, note=row.note)
