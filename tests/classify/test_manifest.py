from __future__ import annotations

import hashlib

import pytest

from streambot.classify.manifest import NEVER, load_manifest
from streambot.core.errors import ConfigError
from streambot.core.labels import LANGUAGES, Intent, Label

FILES = {"model.onnx": b"weights", "tokenizer.json": b"{}"}


HEAD = """\
format = 1
name = "tiny"
version = "1"
max_tokens = 64
overlap = 16
max_windows = 8
embedding = 128
"""


def a_manifest(**changes):
    parts = {
        "head": HEAD,
        "labels": f"labels = {[str(label) for label in Label]}",
        "intents": f"intents = {[str(intent) for intent in Intent]}",
        "languages": f"languages = {list(LANGUAGES)}",
        "files": "\n".join(
            f'[files."{name}"]\nsha256 = "{hashlib.sha256(content).hexdigest()}"\nbytes = {len(content)}'
            for name, content in FILES.items()
        ),
        "thresholds": "\n".join(
            f"[thresholds.{label}]\nhide = {{ default = 0.9, zh = 0.85 }}\nreview = {{ default = 0.5 }}"
            for label in Label
        ),
        "provenance": '[provenance]\nnote = "made by a test"',
    }
    return "\n".join((parts | changes).values())


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "manifest.toml").write_text(a_manifest(), encoding="utf-8")
    return tmp_path


def refused(folder, **changes):
    (folder / "manifest.toml").write_text(a_manifest(**changes), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_manifest(folder)
    assert caught.value.fix
    return str(caught.value)


def test_a_whole_folder_is_read(folder):
    manifest = load_manifest(folder)
    assert (manifest.name, manifest.version, manifest.max_tokens, manifest.overlap) == ("tiny", "1", 64, 16)
    assert manifest.labels == tuple(Label)
    assert manifest.intents == tuple(Intent)
    assert manifest.provenance == {"note": "made by a test"}


def test_a_language_has_its_own_threshold_and_any_other_the_default(folder):
    manifest = load_manifest(folder)
    assert manifest.threshold(Label.SCAM, "zh", "hide") == 0.85
    assert manifest.threshold(Label.SCAM, "th", "hide") == 0.9
    assert manifest.threshold(Label.SCAM, "zh", "review") == 0.5


def test_the_order_of_the_labels_is_the_files_own(folder):
    turned = [str(label) for label in reversed(Label)]
    (folder / "manifest.toml").write_text(a_manifest(labels=f"labels = {turned}"), encoding="utf-8")
    assert load_manifest(folder).labels == tuple(reversed(Label))


def test_a_folder_without_a_manifest_is_no_model(tmp_path):
    with pytest.raises(ConfigError, match=r"There is no model in .*manifest\.toml is missing"):
        load_manifest(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[0] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigError, match="is not the file its manifest describes") as caught:
        load_manifest(folder)
    assert caught.value.code == "model_hash"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_manifest(folder)


def test_a_cut_off_file_is_refused(folder):
    (folder / "model.onnx").write_bytes(b"weight")
    with pytest.raises(ConfigError, match="size or SHA-256 differs"):
        load_manifest(folder)


def test_an_unknown_key_is_refused_by_name(folder):
    assert "colour" in refused(folder, head=HEAD + '\ncolour = "red"')


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("format = 1", "format = 2", "format"),
        ("max_tokens = 64", 'max_tokens = "64"', "max_tokens"),
        ("max_tokens = 64", "max_tokens = 64.0", "max_tokens"),
        ("overlap = 16", "overlap = 62", "overlap must be smaller"),
        ('name = "tiny"', 'name = "../tiny"', "name"),
        ('version = "1"\n', "", "version"),
    ],
)
def test_a_wrong_value_is_refused_by_name(folder, old, new, named):
    assert named in refused(folder, head=HEAD.replace(old, new))


def test_a_label_that_is_missing_twice_or_unknown_is_refused(folder):
    names = [str(label) for label in Label]
    assert "labels must name each" in refused(folder, labels=f"labels = {names[1:]}")
    assert "labels must name each" in refused(folder, labels=f"labels = {[*names, names[0]]}")
    assert "labels.13" in refused(folder, labels=f"labels = {[*names, 'rudeness']}")


def test_thresholds_need_a_default_a_known_language_and_a_score(folder):
    def with_hide(hide):
        return (
            a_manifest()
            .split("[thresholds.harassment]")[1]
            .split("[provenance]")[0]
            .replace("hide = { default = 0.9, zh = 0.85 }", f"hide = {hide}", 1)
        )

    def refusal(hide):
        return refused(folder, thresholds="[thresholds.harassment]" + with_hide(hide))

    assert "hide needs a default" in refusal("{ zh = 0.9 }")
    assert "unknown language 'klingon'" in refusal("{ default = 0.9, klingon = 0.9 }")
    assert "less than or equal to 1.01" in refusal("{ default = 90 }")
    assert "every" not in refusal("{ default = nan }")


def test_a_threshold_that_no_score_reaches_is_allowed(folder):
    text = a_manifest().replace("hide = { default = 0.9, zh = 0.85 }", f"hide = {{ default = {NEVER} }}", 1)
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    assert load_manifest(folder).threshold(Label.HARASSMENT, "zh", "hide") > 1.0


def test_a_file_outside_the_folder_cannot_be_named(folder):
    text = a_manifest().replace('files."model.onnx"', 'files."../model.onnx"')
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="files"):
        load_manifest(folder)


def test_what_is_no_toml_is_refused(folder):
    (folder / "manifest.toml").write_text("labels = [", encoding="utf-8")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_manifest(folder)
    (folder / "manifest.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_manifest(folder)
