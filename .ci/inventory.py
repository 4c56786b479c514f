"""What a program is made of, from cargo's own words: the packages linked into it, their licences, a list for machines.

Packages that only build or test the program (build scripts, macros, test harnesses) are not in it and not listed.
"""

import json
import pathlib
import re
import subprocess
import uuid

TEXTS = re.compile(r"^(licen[cs]e|copying|notice|unlicense|copyright)", re.IGNORECASE)


def packages(target):
    """(package of the program, its packages in order of name, edges) for a target."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    meta = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    by_id = {package["id"]: package for package in meta["packages"]}
    nodes = {node["id"]: node for node in meta["resolve"]["nodes"]}

    def is_macro(package):
        return any("proc-macro" in kinds["kind"] for kinds in package["targets"])

    edges, todo = {}, [meta["resolve"]["root"]]
    while todo:
        at = todo.pop()
        if at in edges:
            continue
        linked = [d["pkg"] for d in nodes[at]["deps"] if any(k["kind"] is None for k in d["dep_kinds"])]
        edges[at] = sorted(d for d in linked if not is_macro(by_id[d]))
        todo += edges[at]
    root = meta["resolve"]["root"]
    others = sorted((by_id[i] for i in edges if i != root), key=lambda p: (p["name"], p["version"]))
    return by_id[root], others, {key(by_id[a]): [key(by_id[b]) for b in bs] for a, bs in edges.items()}


def key(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def texts_of(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [f for f in sorted(folder.iterdir()) if f.is_file() and TEXTS.match(f.name) and f.suffix != ".rs"]
    if package["license_file"] and (folder / package["license_file"]) not in files:
        files.append(folder / package["license_file"])
    return [f.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() for f in files if f.exists()]


def notices(others, extra):
    """The licences of all packages: a list, then each text once with the packages that bring it."""
    lines = ["本程序所含的第三方软件包及其许可（逐一列出名称、版本、许可、来源），许可原文在后。", ""]
    bringing, without = {}, []
    for package in others:
        name = f"{package['name']} {package['version']}"
        lines.append(f"{name}  {package['license'] or '见许可原文'}  {package['repository'] or ''}".rstrip())
        found = texts_of(package)
        for text in found:
            # the same words with other line breaks are the same text
            bringing.setdefault(" ".join(text.split()), (text, []))[1].append(name)
        if not found:
            without.append(f"{name}  {package['license']}  {'、'.join(package['authors'])}".rstrip())
    if without:
        lines += ["", "以下软件包没有随附许可原文，许可如所列，其原文与上面同名许可相同：", *without]
    for title, text in extra:
        bringing.setdefault(" ".join(text.split()), (text.strip(), []))[1].append(title)
    for text, names in sorted(bringing.values(), key=lambda entry: entry[1]):
        lines += ["", "=" * 100, "、".join(names), "=" * 100, "", text]
    return "\n".join(lines) + "\n"


def sbom(root, others, edges, lock, when):
    """CycloneDX 1.5; the same bytes for the same packages and hour."""
    sums = re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = [^\n]+\nchecksum = "([0-9a-f]+)"', lock)
    sums = {(name, version): checksum for name, version, checksum in sums}

    def component(package, kind):
        part = {"type": kind, "bom-ref": key(package), "name": package["name"], "version": package["version"],
                "purl": key(package)}
        if package["license"]:
            part["licenses"] = [{"expression": " ".join(package["license"].replace("/", " OR ").split())}]
        checksum = sums.get((package["name"], package["version"]))
        if checksum:
            part["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"]:
            part["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return part

    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, key(root) + lock)}",
        "version": 1,
        "metadata": {"timestamp": when, "component": component(root, "application")},
        "components": [component(package, "library") for package in others],
        "dependencies": [{"ref": ref, "dependsOn": edges[ref]} for ref in sorted(edges)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
