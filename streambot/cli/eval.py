"""``streambot eval``: how good a classifier is on labelled lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from streambot.cli._base import ExitCode, out_json, progress, say
from streambot.core.errors import ConfigError
from streambot.resources import model_folder

if TYPE_CHECKING:
    from streambot.core.labels import Label
    from streambot.training.corpus import Row
    from streambot.training.evaluate import Judge
    from streambot.training.groups import Groups


def eval_(
    data: Annotated[
        list[Path], typer.Argument(help="Files or folders of .jsonl or .jsonl.gz: our own lines, or public sources.")
    ],
    *,
    model: Annotated[str, typer.Option(help="A bundled model's name, or a folder (with a /).")] = "live-mini",
    backend: Annotated[
        Literal["streambot", "huggingface"], typer.Option(help="Whose kind of model it is, as classifier.backend.")
    ] = "streambot",
    runtime: Annotated[
        Literal["onnxruntime", "openvino", "torch"], typer.Option(help="The library that runs it.")
    ] = "onnxruntime",
    split: Annotated[
        str, typer.Option(help="all, or only what training held back from such data: valid, test.")
    ] = "all",
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Also fit character n-grams on the training rows and score them.")
    ] = False,
    corpus: Annotated[Path, typer.Option(help="What --baseline learns from: our own lines.")] = Path("models/corpus"),
    sources: Annotated[
        Path | None, typer.Option(help="What --baseline learns from: public sources, as in `streambot train --data`.")
    ] = None,
    by: Annotated[str, typer.Option(help="Break our own lines down by lang, label, or lang,label.")] = "lang,label",
    minimum: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="NAME=VALUE", help="Exit 6 if a figure is lower, such as f1=0.8."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole report as one line of JSON.")] = False,
) -> None:
    """Score a classifier: precision, recall, F1 and AUC per label, intents, languages, how many benign lines it hides.

    Our own lines are {"text","lang","labels","intent"}; rows of public sources are {"text","lang","label"} and are
    scored as label_map.json beside them says. Names for --min are those of the JSON, dotted, or f1, intent, language.

    Example: streambot eval models/corpus --split test --min f1=0.7
    """
    wanted = [_minimum(given) for given in minimum or []]
    parts = _parts(by)
    if split not in {"all", "train", "valid", "test"}:
        raise typer.BadParameter(f"{split!r} is none of all, train, valid, test.", param_hint="--split")
    # Imported here: numpy and onnxruntime, which --help need not load.
    from streambot.classify.choice import open_model
    from streambot.training.corpus import split_of
    from streambot.training.evaluate import evaluate, judge_rows

    rows: list[Row] = []
    groups: Groups = {}
    counts: dict[str, frozenset[Label]] = {}
    for path in data:
        found, scored, grouped = _read(path)
        rows += found
        counts |= scored
        groups |= grouped
    if split != "all":
        rows = [row for row in rows if split_of(row.text) == split]
    if not rows and not groups:
        raise ConfigError("There is no line to score.", code="no_data", fix="Check the paths and --split.")
    opened = open_model(model_folder(model), backend=backend, runtime=runtime).model
    with progress("judging", len(rows)) as advance:
        judged = judge_rows(rows, opened.judge, opened.manifest.threshold, advance=advance)
    report = evaluate(judged, counts)
    if groups:
        report["groups"] = _groups(groups, opened.judge)
    report_ = {"model": opened.name, "split": split, **report}
    if baseline and rows:
        report_["baseline"] = _baseline(rows, counts, corpus, sources)
    _break_down(report_, parts)
    if as_json:
        out_json(report_)
    else:
        for line in _lines(report_):
            typer.echo(line)
    if missed := _missed(report, wanted):
        say("; ".join(missed))
        raise typer.Exit(ExitCode.FINDINGS)


_PARTS = {"lang": "languages", "label": "labels"}


def _parts(by: str) -> frozenset[str]:
    parts = frozenset(part.strip() for part in by.split(",") if part.strip())
    if unknown := parts - _PARTS.keys():
        raise typer.BadParameter(f"{min(unknown)!r} is neither lang nor label.", param_hint="--by")
    return parts


def _break_down(report: dict[str, Any], parts: frozenset[str]) -> None:
    """Leave only the breakdowns that were asked for in a report on our own lines, its parts included."""
    gone = [name for part, name in _PARTS.items() if part not in parts]
    for own in (report.get("own", {}), report.get("baseline", {}).get("own", {})):
        for name in gone:
            own.pop(name, None)
            for language in own.get("languages", {}).values():
                language.pop(name, None)


_FITTED = 15
"""Regressions of the baseline: one a label, intents, languages."""


def _groups(groups: Groups, judge: Judge) -> dict[str, Any]:
    """B-cubed F1 of the groups that training held back, at the threshold that suits the validation groups best."""
    import numpy as np

    from streambot.training.bcubed import bcubed, best_threshold, clusters, labelled
    from streambot.training.corpus import Split
    from streambot.training.groups import split_groups

    splits = split_groups(groups)
    vectors: dict[Split, Any] = {}
    names: dict[Split, list[str]] = {}
    for held in (Split.VALID, Split.TEST):
        texts, names[held] = labelled(splits[held])
        vectors[held] = np.array([judgement.embedding for judgement in judge(texts)], dtype=np.float32)
    threshold = best_threshold(vectors[Split.VALID], names[Split.VALID])
    f1 = bcubed(clusters(vectors[Split.TEST], threshold), names[Split.TEST])
    return {
        "lines": len(names[Split.TEST]),
        "groups": len(splits[Split.TEST]),
        "threshold": threshold,
        "bcubed_f1": round(f1, 4),
        "bcubed_f1_valid": round(bcubed(clusters(vectors[Split.VALID], threshold), names[Split.VALID]), 4),
    }


def _baseline(
    rows: list[Row], counts: dict[str, frozenset[Label]], corpus: Path, sources: Path | None
) -> dict[str, Any]:
    """The same report for character n-grams fitted on the rows that training learns from."""
    from streambot.cli.train import find_label_map
    from streambot.training.baseline import NAME, NGrams
    from streambot.training.corpus import Split, load
    from streambot.training.evaluate import evaluate, judge_rows

    splits = load(sources, corpus, find_label_map(sources, "train") if sources else None)
    with progress("fitting n-grams", _FITTED) as advance:
        model = NGrams(splits[Split.TRAIN], splits[Split.VALID], advance=advance)
    with progress("judging by n-grams", len(rows)) as advance:
        judged = judge_rows(rows, model.judge, model.threshold, advance=advance)
    return {"model": NAME, **evaluate(judged, counts)}


def _missed(report: dict[str, Any], wanted: list[tuple[str, float]]) -> list[str]:
    """What is below its minimum, in words. Raises a usage error for a figure that the report does not have."""
    from streambot.training.evaluate import figure

    missed = []
    for name, value in wanted:
        try:
            reached = figure(report, name)
        except (KeyError, TypeError, ValueError):
            raise typer.BadParameter(f"the report has no figure {name!r}.", param_hint="--min") from None
        if reached < value:
            missed.append(f"{name} is {reached:.4f}, wanted {value}")
    return missed


def _minimum(given: str) -> tuple[str, float]:
    name, _, value = given.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise typer.BadParameter(f"{given!r} is not NAME=VALUE.", param_hint="--min") from None


def _read(path: Path) -> tuple[list[Row], dict[str, frozenset[Label]], Groups]:
    """The rows of a file or folder, ours or public, what counts as a hit in each public source, and its groups."""
    from streambot.cli.train import find_label_map
    from streambot.training.corpus import own_file, read_records, read_source
    from streambot.training.groups import read_groups

    files = sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")]) if path.is_dir() else [path]
    rows: list[Row] = []
    counts: dict[str, frozenset[Label]] = {}
    if files and path.is_dir() and "group" in next((record for _, record in read_records(files[0])), {}):
        return [], {}, read_groups(path)
    for file in files:
        first: dict[str, Any] = next((record for _, record in read_records(file)), {})
        if "labels" in first:
            rows += own_file(file)
            continue
        name = file.name.split(".jsonl")[0]
        label_map = find_label_map(file, "train")
        if name not in label_map.sources:
            label_map = find_label_map(file, "dev")
        rules = label_map.source(name)
        rows += read_source(file, label_map)
        counts[name] = rules.counts
    if not files:
        raise ConfigError(f"There are no .jsonl files in {path}.", code="no_data", fix="Check the path.")
    return rows, counts, {}


def _lines(report: dict[str, Any]) -> list[str]:
    """The report for people."""
    lines: list[str] = []
    if own := report.get("own"):
        lines.append(f"own lines: {own['rows']}")
        lines += [f"  {title:<22} {_rate(own[name])}" for title, name in _RATES]
        lines.append(f"  {'labels, macro-F1':<22} {own['label_macro_f1']:.3f}")
        lines.append(f"  {'intents, macro-F1':<22} {own['intent_macro_f1']:.3f}")
        lines.append(f"  {'calibration error':<22} {own['calibration_error']:.3f}")
        if "labels" in own:
            titles = ("precision", "recall", "F1", "hidden", "AUC", "cal.", "lines")
            lines.append(f"  {'label':<18} {''.join(f'{title:>10}' for title in titles)}")
        lines += [
            f"  {name:<18} {''.join(f'{entry[figure]:>10.3f}' for figure in _FIGURES)}{entry['lines']:>10}"
            for name, entry in own.get("labels", {}).items()
        ]
        for language, part in own.get("languages", {}).items():
            lines.append(
                f"  {language:<5} {part['rows']:>5} lines  hidden {_rate(part['violations_hidden'])}  "
                f"wrongly {_rate(part['false_hide'])}  intent {part['intent_accuracy']['rate']:.3f}"
            )
    for name, entry in report.get("sources", {}).items():
        if "macro_f1" in entry:
            lines.append(
                f"{name:<28} {entry['rows']:>6} rows  macro-F1 {entry['macro_f1']:.3f}  AUC {entry['auc']:.3f}"
            )
        elif "intent_accuracy" in entry:
            lines.append(f"{name:<28} {entry['rows']:>6} rows  intent {_rate(entry['intent_accuracy'])}")
        else:
            lines.append(f"{name:<28} {entry['rows']:>6} rows  not scored")
    if groups := report.get("groups"):
        lines.append(
            f"{'paraphrase groups':<28} {groups['lines']:>6} lines  B-cubed F1 {groups['bcubed_f1']:.3f} "
            f"at {groups['threshold']}"
        )
    if other := report.get("baseline"):
        lines += ["", other["model"], *_lines(other)]
    return lines


_FIGURES = ("precision", "recall", "f1", "hidden", "auc", "calibration_error")
_RATES = (
    ("benign hidden", "false_hide"),
    ("benign to review", "false_review"),
    ("hard negatives hidden", "hard_negatives_hidden"),
    ("violations hidden", "violations_hidden"),
    ("violations held", "violations_held"),
    ("intent accuracy", "intent_accuracy"),
    ("language accuracy", "language_accuracy"),
)


def _rate(entry: dict[str, Any]) -> str:
    return f"{entry['rate']:.1%} ({entry['low']:.1%}–{entry['high']:.1%}, n={entry['of']})"
