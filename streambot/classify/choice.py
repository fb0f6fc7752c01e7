"""Which library runs the model: as configured, or the fastest here that says what ONNX Runtime says.

``auto`` measures for a second, the first time that this machine meets this model, and remembers the answer in a small
file. Where only ONNX Runtime is installed there is nothing to choose and nothing is measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import structlog

from streambot.classify.batcher import SLICE, Runtime
from streambot.classify.manifest import MANIFEST, Level
from streambot.core.errors import ConfigError
from streambot.core.pack import Thresholds
from streambot.core.verdict import Judgement

Name = Literal["onnxruntime", "openvino", "torch"]
Wanted = Literal["auto", "onnxruntime", "openvino", "torch"]
Backend = Literal["streambot", "huggingface"]
Clock = Callable[[], float]

MEMORY: Final = "runtime.json"
"""The file of remembered answers, in the folder of the log."""
SECONDS: Final = 1.0
"""How long a choice may measure."""
_DEFAULT: Final[Name] = "onnxruntime"
_OPENINGS: Final = ("", "hi! ", "sis ", "พี่คะ ", "主播 ", "shop ơi ", "kak ", "pls ")
_TEXTS: Final = tuple(
    opening + text
    for opening, text in product(
        _OPENINGS,
        (
            "how much is the red one in size M with shipping to my town",
            "this host is a liar, do not buy anything here",
            "ตัวนี้ราคาเท่าไหร่คะ มีไซส์ใหญ่กว่านี้ไหม ส่งฟรีหรือเปล่า",
            "เว็บตรง สล็อตแตกง่าย สมัครรับเครดิตฟรี",
            "这件多少钱，有没有大一码的，可以今天发货吗",
            "加我微信便宜一半，别在这里买",
            "mẫu này bao nhiêu tiền vậy shop, còn màu đen không ạ",
            "ready stock kak? dm aku aja lebih murah, cek wa di bio",
            "is this one real or a copy, it looks cheap",
            "you will die alone, ugly",
            "ของปลอมชัวร์ อย่าซื้อเลย",
            "ครีมนี้รักษาสิวหายขาดใน 3 วันจริงไหม",
            "主播长得真丑，快下播吧",
            "这个能治高血压吗，保证有效吗",
            "đồ lừa đảo, shop bán hàng giả",
            "toko penipu, barang gak pernah sampai",
            "took the gun safe",
            "what are you, a failed actress?",
            "nhà em bán bún, trưa mới rảnh coi",
            "nệm này nhún mấy hiệp thì xẹp vậy chị",
            "多少钱一晚 说个数",
            "全押这支 口红就信它",
            "botol 120ml itu habis brp minggu kl 3x sehari",
            "ป้าบอกต่อเพื่อนในวงไพ่แล้วลูก",
        ),
    )
)
"""What is compared: questions, complaints and violations near the thresholds, as long as live comments are. The first
slice of them is also what is measured on. All must get the action that ONNX Runtime gives them: of so many, one that
does not is already more than the 0.5 % of real lines by which runtimes may differ."""

log = structlog.get_logger(__name__)


class Model(Runtime, Protocol):
    """A loaded model, and the scores from which its labels count."""

    @property
    def manifest(self) -> Thresholds:
        """See ``core.pack.Thresholds``."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that answers, and why this library runs it, in a few words."""

    model: Model
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which library, and why."""

    runtime: Name
    why: str


def installed() -> tuple[Name, ...]:
    """The libraries here that ``auto`` chooses between, the default one first."""
    return (_DEFAULT, "openvino") if find_spec("openvino") else (_DEFAULT,)


def open_model(
    folder: Path,
    *,
    backend: Backend = "streambot",
    runtime: Wanted = "auto",
    threads: int = 1,
    device: str = "auto",
    memory: Path | None = None,
    measure: bool = True,
    clock: Clock = time.perf_counter,
) -> Opened:
    """Load a model folder. Blocks for seconds; raises ConfigError.

    ``memory`` is the file of remembered answers. Without ``measure`` nothing is found out: an unknown answer is not
    measured, a checkpoint that is not here not fetched. ``device`` is for torch: auto, cpu, cuda, cuda:1 …
    """
    if backend == "huggingface":
        # torch takes seconds to import.
        from streambot.classify.huggingface import HuggingFaceModel  # noqa: PLC0415

        foreign = HuggingFaceModel(folder, threads=threads, device=device, fetch=measure)
        return Opened(foreign, "a Hugging Face checkpoint")
    if runtime != "auto":
        return Opened(_checked(folder, runtime, threads, device), "as configured")
    choice = choose(folder, threads=threads, memory=memory, measure=measure, clock=clock)
    return Opened(open_runtime(folder, choice.runtime, threads=threads, device=device), choice.why)


def open_runtime(folder: Path, runtime: Name, *, threads: int, device: str = "auto") -> Any:
    """A model folder of ours in the library of that name. Raises ConfigError, also where it is not installed."""
    _require(runtime)
    # Each library is imported by who uses it.
    if runtime == "openvino":
        from streambot.classify.openvino import OpenVinoRuntime  # noqa: PLC0415

        return OpenVinoRuntime(folder, threads=threads)
    if runtime == "torch":
        from streambot.classify.torch_graph import TorchRuntime  # noqa: PLC0415

        return TorchRuntime(folder, threads=threads, device=device)
    from streambot.classify.onnx import OnnxRuntime  # noqa: PLC0415

    return OnnxRuntime(folder, threads=threads)


def choose(
    folder: Path, *, threads: int, memory: Path | None, measure: bool = True, clock: Clock = time.perf_counter
) -> Choice:
    """Choose the library for a model folder on this machine, from memory or by measuring. Raises ConfigError."""
    names = installed()
    if len(names) == 1 or not (folder / MANIFEST).is_file():
        return Choice(_DEFAULT, "the only runtime installed")
    key = machine(folder, threads)
    known = _recall(memory).get(key)
    if known is not None and known.get("runtime") in names:
        return Choice(known["runtime"], str(known.get("why", "")))
    if not measure:
        return Choice(_DEFAULT, "not measured yet: the next start of `streambot run` measures for a second")
    models = {name: open_runtime(folder, name, threads=threads) for name in names}
    choice = fastest(models, clock=clock)
    log.info("runtime_chosen", runtime=choice.runtime, why=choice.why)
    if memory is not None:
        _remember(memory, key, choice)
    return choice


def fastest(models: Mapping[Name, Any], *, clock: Clock = time.perf_counter) -> Choice:
    """Measure slices of 64, the libraries in turn, and take the one with the best round that agrees with the first."""
    reference = models[_DEFAULT].judge(_TEXTS)
    manifest: Thresholds = models[_DEFAULT].manifest
    agreeing: dict[Name, Any] = {}
    told: list[str] = []
    for name, model in models.items():
        differ, _ = disagreement(reference, model.judge(_TEXTS), manifest)
        if differ:
            told.append(f"{name} decides {differ} of {len(_TEXTS)} texts otherwise")
        else:
            agreeing[name] = model
    best = dict.fromkeys(agreeing, float("inf"))
    began = clock()
    while len(agreeing) > 1 and clock() - began < SECONDS:
        for name, model in agreeing.items():
            start = clock()
            model.judge(_TEXTS[:SLICE])
            best[name] = min(best[name], clock() - start)
    order = sorted(best, key=lambda name: best[name])
    if len(order) > 1:
        paces = [f"{name} {SLICE / best[name]:.0f}/s" for name in order]
        told.insert(0, f"the faster in batches of {SLICE}: {', '.join(paces)}")
    return Choice(order[0], "; ".join(told))


def disagreement(one: Sequence[Judgement], other: Sequence[Judgement], manifest: Thresholds) -> tuple[int, int]:
    """On how many texts two judges decide otherwise, and on how many of these one allows what the other hides."""
    steps = [abs(_step(a, manifest) - _step(b, manifest)) for a, b in zip(one, other, strict=True)]
    return sum(step > 0 for step in steps), sum(step > 1 for step in steps)


def _step(judgement: Judgement, manifest: Thresholds) -> int:
    """What the labels alone ask for: 0 allow, 1 review, 2 hide."""
    language = judgement.language
    steps: tuple[Level, Level] = ("review", "hide")
    return max(
        sum(score >= manifest.threshold(label, language, step) for step in steps)
        for label, score in judgement.labels.items()
    )


def _checked(folder: Path, runtime: Name, threads: int, device: str) -> Any:
    """The library that the operator names, held against ONNX Runtime once. Raises ConfigError if it reads otherwise."""
    model = open_runtime(folder, runtime, threads=threads, device=device)
    if runtime == _DEFAULT:
        return model
    reference = open_runtime(folder, _DEFAULT, threads=threads)
    differ, _ = disagreement(reference.judge(_TEXTS), model.judge(_TEXTS), model.manifest)
    if differ:
        raise ConfigError(
            f"{runtime} reads the model in {folder} otherwise than ONNX Runtime: it decides {differ} of {len(_TEXTS)} "
            "texts in another way.",
            code="runtime_disagrees",
            fix='Set classifier.runtime to "auto" or "onnxruntime".',
        )
    return model


_NEEDS: Final[Mapping[Name, Sequence[str]]] = {
    "onnxruntime": (),
    "openvino": ("openvino",),
    "torch": ("torch", "onnx"),
}
_INSTALL: Final = {
    "openvino": "pip install 'streambot[openvino]'",
    "torch": "pip install torch==2.13.0 'streambot[torch]'",
}


def _require(runtime: Name) -> None:
    for package in _NEEDS[runtime]:
        if find_spec(package) is None:
            raise ConfigError(
                f"classifier.runtime is {runtime!r}, which needs {package}, and that is not installed.",
                code="runtime_missing",
                fix=f'Install it with: {_INSTALL[runtime]}, or set classifier.runtime to "auto".',
            )


def machine(folder: Path, threads: int) -> str:
    """A word for everything that a choice depends on: processor, library versions, model, threads."""
    parts = [processor(), platform.machine(), str(os.cpu_count()), str(threads)]
    parts += [f"{name} {version(name)}" for name in installed()]
    parts.append(hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def processor() -> str:
    """The processor's name and what it can do, as Linux says it; elsewhere its name alone."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))


def _recall(memory: Path | None) -> dict[str, dict[str, Any]]:
    """What was remembered, by machine; nothing if there is no such file or it is damaged."""
    if memory is None:
        return {}
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in known.items() if isinstance(value, dict)} if isinstance(known, dict) else {}


def _remember(memory: Path, key: str, choice: Choice) -> None:
    """Add a choice to the file. One that cannot be written costs a second at the next start and nothing else."""
    known = {**_recall(memory), key: {"runtime": choice.runtime, "why": choice.why}}
    partial = memory.with_name(f"{memory.name}.{os.getpid()}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        partial.replace(memory)
    except OSError as error:
        log.warning("runtime_not_remembered", file=str(memory), error=error.strerror)
