"""A pack ready for use, with the texts it was made of; and the same with the rules that were added on air."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from streambot.classify.lexicon import Matchers
from streambot.core.pack import Pack, Rule
from streambot.core.pack_diff import fingerprint
from streambot.core.pack_format import load_pack
from streambot.store.packs import Kept


@dataclass(frozen=True, slots=True)
class Release:
    """A pack, its matcher, and the TOML texts and files (none if it comes from the log) of it and its parents."""

    pack: Pack
    matcher: Matchers
    sources: Mapping[str, str]
    paths: Mapping[str, Path] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[Path, str]:
        """What its files said."""
        return {path: self.sources[name] for name, path in self.paths.items()}

    def built(self, build: str) -> Release:
        """The same under an id that adds ``build`` to the version."""
        return replace(self, pack=replace(self.pack, build=build)) if build != self.pack.build else self

    def kept(self, now: float) -> Kept:
        """The row that keeps it."""
        pack = self.pack
        since = pack.effective_from.timestamp() if pack.effective_from is not None else None
        return Kept(pack.id, pack.name, pack.version, fingerprint(pack), dict(self.sources), since, now)


def restored(kept: Kept) -> Release:
    """A release from what the log kept. Raises ConfigError if this streambot no longer understands it."""
    pack = load_pack(kept.name, kept.sources.__getitem__)
    return Release(pack, Matchers(pack), kept.sources).built(kept.build)


def with_rules(release: Release, rules: Sequence[Rule]) -> tuple[Pack, Matchers]:
    """What a room uses: the release and, over it, rules that were added on air."""
    if not rules:
        return release.pack, release.matcher
    pack = replace(release.pack, rules=(*release.pack.rules, *rules))
    return pack, Matchers(pack)
