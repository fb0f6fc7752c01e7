"""Where a run begins: an earlier run, a base's body under a new vocabulary, somebody else's encoder, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tokenizers import Tokenizer

from streambot.core.canonical import canonical
from streambot.core.errors import ConfigError
from streambot.training import base, checkpoint
from streambot.training.corpus import Row
from streambot.training.model import Network
from streambot.training.recipe import Recipe
from streambot.training.tokenizer import load_tokenizer, train_tokenizer


def begin(rows: Sequence[Row], recipe: Recipe, glossary: Mapping[str, str]) -> tuple[Network, Tokenizer, str]:
    """A network to train, its tokenizer, and where its weights come from: an earlier run, a base's body, or nothing."""
    given = Path(recipe.base)
    if recipe.base and (given / checkpoint.STATE).is_file():
        state = checkpoint.load_state(given)
        origin = f"{state['origin']}; {state['step']} steps of an earlier run"
        return checkpoint.load_network(given), load_tokenizer(given / checkpoint.TOKENIZER), origin
    if recipe.base and not given.is_file():
        return _begin_foreign(recipe)
    texts = [canonical(row.text) for row in rows]
    tokenizer = train_tokenizer(rows, texts, size=recipe.shape.vocabulary, seed=recipe.seed)
    network = Network(replace(recipe.shape, vocabulary=tokenizer.get_vocab_size()))
    if not recipe.base:
        return network, tokenizer, "from scratch"
    base.begin(network.deep, tokenizer, given, glossary, seed=recipe.seed)
    return network, tokenizer, f"begun with {base.SOURCE} (model.safetensors, SHA-256 {base.SHA256})"


def _begin_foreign(recipe: Recipe) -> tuple[Network, Tokenizer, str]:
    # transformers takes seconds to import.
    from streambot.training import foreign  # noqa: PLC0415

    if recipe.masked_share:
        raise ConfigError(
            f"{recipe.base} has learned to guess tokens already, and ours is the only body that can.",
            code="base_masked",
            fix="Leave out --masked-share.",
        )
    weights, tokenizer, config = foreign.load(foreign.folder_of(recipe.base, recipe.revision))
    stated = json.loads(config)
    limit = int(stated.get("max_position_embeddings") or recipe.shape.tokens)
    # RoBERTa's kind keeps two places for itself.
    tokens = min(recipe.shape.tokens, limit - 2)
    width, layers = int(stated["hidden_size"]), int(stated["num_hidden_layers"])
    network = Network(replace(recipe.shape, body=config, width=width, vocabulary=0, layers=layers, tokens=tokens))
    network.deep.body.encoder.load_state_dict(weights)
    return network, tokenizer, f"begun with {recipe.base}{f' at {recipe.revision}' if recipe.revision else ''}"
