#!/usr/bin/env python3
"""Resolves roots.txt as Gradle would (highest version wins) into libs.lock, and writes pom.xml from it.

Maven takes the nearest version, not the highest, and cannot follow a multiplatform root to its Android artifact, so the
whole set is resolved once here and pinned flat.

usage: lock.py            resolve again, after a change of roots.txt (asks the registry through mvn)
       lock.py --pom      write pom.xml from the present libs.lock only
"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = Path(os.environ.get("M2", Path.home() / ".m2" / "repository"))
NAMESPACE = {"m": "http://maven.apache.org/POM/4.0.0"}
# Empty since Kotlin 1.8: their classes are in kotlin-stdlib.
EMPTY = {("org.jetbrains.kotlin", name) for name in ("kotlin-stdlib-common", "kotlin-stdlib-jdk7", "kotlin-stdlib-jdk8")}
NO_TRANSITIVES = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"

missing: set[tuple[str, str, str]] = set()


def version_key(version: str) -> list[tuple[float, int | str]]:
    """Orders 1.10 after 1.9, and 1.0 after 1.0-rc."""
    parts = re.split(r"[.\-]", version)
    return [(1, int(part)) if part.isdigit() else (0, part) for part in parts] + [(0.5, "")]


def pom_path(group: str, artifact: str, version: str) -> Path:
    return REPOSITORY / group.replace(".", "/") / artifact / version / f"{artifact}-{version}.pom"


def fetch(wanted: list[tuple[str, str, str]]) -> None:
    """Brings the POMs into the local repository; one project each, as several versions of one artifact may be asked for."""
    todo = [gav for gav in wanted if gav not in missing and not pom_path(*gav).exists()]
    if not todo:
        return
    with tempfile.TemporaryDirectory() as folder:
        for index, (group, artifact, version) in enumerate(todo):
            module = Path(folder, f"m{index}")
            module.mkdir()
            (module / "pom.xml").write_text(
                f"<project><modelVersion>4.0.0</modelVersion><groupId>lock</groupId><artifactId>m{index}</artifactId>"
                f"<version>1</version><packaging>pom</packaging><dependencies><dependency><groupId>{group}</groupId>"
                f"<artifactId>{artifact}</artifactId><version>{version}</version><type>pom</type>{NO_TRANSITIVES}"
                f"</dependency></dependencies></project>"
            )
        modules = "".join(f"<module>m{index}</module>" for index in range(len(todo)))
        Path(folder, "pom.xml").write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>lock</groupId><artifactId>all</artifactId>"
            f"<version>1</version><packaging>pom</packaging><modules>{modules}</modules></project>"
        )
        subprocess.run(
            ["mvn", "-q", "-B", "-fae", f"-Dmaven.repo.local={REPOSITORY}", "-f", folder, "dependency:resolve"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )
    missing.update(gav for gav in todo if not pom_path(*gav).exists())


def read_pom(group: str, artifact: str, version: str) -> tuple[str, list[tuple[str, str, str | None]]]:
    """The packaging, and the dependencies that a consumer gets."""
    root = ElementTree.parse(pom_path(group, artifact, version)).getroot()
    properties = {
        element.tag.split("}")[1]: element.text or ""
        for block in root.findall("m:properties", NAMESPACE) for element in block
    }

    def text(element: ElementTree.Element, name: str, default: str = "") -> str:
        return element.findtext(f"m:{name}", default, NAMESPACE)

    managed = {
        (text(element, "groupId"), text(element, "artifactId")): text(element, "version")
        for element in root.findall("m:dependencyManagement/m:dependencies/m:dependency", NAMESPACE)
    }
    dependencies = []
    for element in root.findall("m:dependencies/m:dependency", NAMESPACE):
        if text(element, "scope", "compile") not in ("compile", "runtime") or text(element, "optional") == "true":
            continue
        key = text(element, "groupId"), text(element, "artifactId")
        asked = text(element, "version") or managed.get(key)
        if asked:
            asked = re.sub(r"\$\{(.*?)\}", lambda match: properties.get(match[1], match[0]), asked)
            asked = asked.strip("[]").split(",")[0]
        dependencies.append((*key, asked))
    return text(root, "packaging", "jar"), dependencies


def highest(*versions: str | None) -> str | None:
    return max((version for version in versions if version), key=version_key, default=None)


def resolve(roots: dict[tuple[str, str], str]) -> dict[tuple[str, str], str | None]:
    """Repeats the walk until no version rises any more."""
    wanted: dict[tuple[str, str], str | None] = dict(roots)
    while True:
        fetch([(*key, version) for key, version in wanted.items() if version])
        found: dict[tuple[str, str], str | None] = dict(roots)
        seen, todo = set(), list(roots)
        while todo:
            key = todo.pop()
            found[key] = roots.get(key) or highest(wanted.get(key), found.get(key))
            gav = (*key, found[key])
            if gav in seen or not found[key] or gav in missing or not pom_path(*gav).exists():
                continue
            seen.add(gav)
            for group, artifact, asked in read_pom(*gav)[1]:
                dependency = (group, artifact)
                if dependency in EMPTY:
                    continue
                best = roots.get(dependency) or highest(found.get(dependency), asked)
                if found.get(dependency, "") != best:
                    found[dependency] = best
                    todo.append(dependency)
        if found == wanted:
            break
        wanted = found
    # A multiplatform root only points at its platform's artifact: Gradle follows, Maven needs it dropped.
    return {
        (group, artifact): version for (group, artifact), version in wanted.items()
        if (group, artifact + "-android") not in wanted and (group, artifact + "-jvm") not in wanted
    }


def write_lock() -> None:
    roots = {}
    for line in (HERE / "roots.txt").read_text().split():
        group, artifact, version = line.split(":")
        roots[group, artifact] = version
    lines = []
    for (group, artifact), version in sorted(resolve(roots).items()):
        if not version or (group, artifact, version) in missing:
            sys.exit(f"not to be had: {group}:{artifact}:{version}")
        packaging = read_pom(group, artifact, version)[0]
        if packaging != "pom":
            lines.append(f"{group}:{artifact}:{version}:{'jar' if packaging == 'bundle' else packaging}")
    (HERE / "libs.lock").write_text("\n".join(lines) + "\n")


def write_pom() -> None:
    dependencies = []
    for line in (HERE / "libs.lock").read_text().split():
        group, artifact, version, packaging = line.split(":")
        kind = "" if packaging == "jar" else f"<type>{packaging}</type>"
        dependencies.append(
            f"    <dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
            f"{kind}{NO_TRANSITIVES}</dependency>"
        )
    template = (HERE / "pom.template.xml").read_text()
    (HERE / "pom.xml").write_text(template.replace("    <!-- libs.lock -->", "\n".join(dependencies)))


if "--pom" not in sys.argv:
    write_lock()
write_pom()
