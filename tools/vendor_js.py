"""Fetch the front end's libraries with npm and copy the few files the browser needs into ``console/static/vendor``.

For maintainers, once per upgrade: ``python tools/vendor_js.py``. Nothing at install or run time needs Node. Every
package is packed by npm at a pinned version, its tarball is checked against the integrity that npm publishes, and
``VENDOR.json`` records both that and the sha256 of each file, which ``tests/console/test_static.py`` holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "streambot" / "console" / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: ``files`` maps a path inside the tarball to the import it serves ("" for none)."""

    name: str
    version: str
    files: dict[str, str]

    @property
    def folder(self) -> str:
        """Its folder below ``vendor/``: the name without its scope, and the version."""
        return f"{self.name.rpartition('/')[2]}@{self.version}"


PACKAGES = (
    Package("preact", "11.2.0", {"dist/preact.mjs": "preact", "hooks/dist/hooks.mjs": "preact/hooks", "LICENSE": ""}),
    Package("htm", "3.1.1", {"dist/htm.mjs": "htm", "LICENSE": ""}),
    Package("@preact/signals-core", "1.14.5", {"dist/signals-core.mjs": "@preact/signals-core", "LICENSE": ""}),
    Package("@preact/signals", "2.11.4", {"dist/signals.mjs": "@preact/signals", "LICENSE": ""}),
)


def npm(*arguments: str, cwd: Path) -> Any:
    """Run npm and return its JSON. Raises CalledProcessError if npm fails."""
    done = subprocess.run(["npm", *arguments, "--json"], cwd=cwd, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def integrity_of(data: bytes) -> str:
    """The SRI string (sha512) of a tarball, as npm publishes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def read_member(archive: tarfile.TarFile, inside: str) -> bytes:
    """One file of a package's tarball. Raises KeyError if there is none, ValueError if it is not a file."""
    member = archive.extractfile(f"package/{inside}")
    if member is None:
        raise ValueError(f"{inside} is not a file of the tarball.")
    return member.read()


def vendor(package: Package, into: Path, work: Path) -> dict[str, Any]:
    """Copy one package's files below ``into`` and return its record. Raises ValueError if the tarball is not npm's."""
    spec = f"{package.name}@{package.version}"
    integrity = npm("view", spec, "dist.integrity", cwd=work)
    npm("pack", spec, cwd=work)
    [tarball] = work.glob("*.tgz")
    data = tarball.read_bytes()
    if integrity_of(data) != integrity:
        raise ValueError(f"{spec}: the tarball does not have the integrity that npm publishes.")
    folder = into / package.folder
    folder.mkdir(parents=True)
    hashes: dict[str, str] = {}
    with tarfile.open(tarball) as archive:
        about = json.loads(read_member(archive, "package.json"))
        for inside in package.files:
            content = read_member(archive, inside)
            name = inside.rpartition("/")[2]
            (folder / name).write_bytes(content)
            hashes[f"{package.folder}/{name}"] = hashlib.sha256(content).hexdigest()
    tarball.unlink()
    repository = about["repository"]
    return {
        "name": package.name,
        "version": package.version,
        "licence": about["license"],
        "source": repository if isinstance(repository, str) else repository["url"],
        "integrity": integrity,
        "files": hashes,
    }


def main() -> int:
    """Replace the vendor folder as a whole; a failure leaves the old one in place."""
    with tempfile.TemporaryDirectory() as temporary:
        into, work = Path(temporary, "vendor"), Path(temporary, "work")
        work.mkdir()
        records = [vendor(package, into, work) for package in PACKAGES]
        imports = {
            name: f"vendor/{package.folder}/{inside.rpartition('/')[2]}"
            for package in PACKAGES
            for inside, name in package.files.items()
            if name
        }
        text = json.dumps({"imports": imports, "packages": records}, indent=2) + "\n"
        (into / "VENDOR.json").write_text(text, encoding="utf-8")
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(into, VENDOR)
    print(f"{len(records)} packages in {VENDOR}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
