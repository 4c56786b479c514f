#!/usr/bin/env python3
"""The program beside its peers, in one run: python3 tests/bench/peers.py PROGRAM [SOURCES] [XLSX_ROWS]

A nation of SOURCES (4 000 000 by default) is made by the program's own demo in a temporary folder. Each job is a process
of its own, so that wall, processor (user and system) and peak memory are the whole job's; ours and the peer's take turns,
three times, and the least counts. Needs polars and python-calamine; the ratios are ours to the peer's.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time


def measure(command, allowed=(0, 1)):
    """Runs a command; wall and processor seconds, peak MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    # the peak of this child alone: a child of a child reports its own
    wrapped = [sys.executable, "-c", WRAP, json.dumps(command)]
    done = subprocess.run(wrapped, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        sys.exit(f"{command}: {done.returncode}\n{done.stderr.decode()[-2000:]}")
    said = json.loads(done.stdout.decode().splitlines()[-1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, said["peak"] / 1024


WRAP = """
import json, resource, subprocess, sys
done = subprocess.run(json.loads(sys.argv[1]), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
sys.stderr.write(done.stderr.decode(errors="replace")[-2000:])
print(json.dumps({"peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))
sys.exit(done.returncode)
"""


def least(runs):
    return [min(run[i] for run in runs) for i in range(3)]


def job(name, ours, peers, times=3):
    commands = {"fairdraw": ours, **peers}
    runs = {who: [] for who in commands}
    for _ in range(times):
        for who, command in commands.items():
            runs[who].append(measure(command))
    best = {who: least(found) for who, found in runs.items()}
    print(f"{name}")
    own = best["fairdraw"]
    for who, (wall, cpu, peak) in best.items():
        ratio = "" if who == "fairdraw" else f"  ours/peer: wall {own[0] / wall:.2f}, cpu {own[1] / cpu:.2f}, peak {own[2] / peak:.2f}"
        print(f"  {who:<22} {wall:7.2f} s wall {cpu:7.2f} s cpu {peak:8.0f} MB{ratio}", flush=True)


def python(text):
    return [sys.executable, "-c", text]


def as_csv(register, folder):
    """The register as csv: of a large nation it is one, of a small one a workbook."""
    if os.path.exists(register + ".csv"):
        return register + ".csv"
    import csv
    from python_calamine import CalamineWorkbook

    path = os.path.join(folder, "名录.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(CalamineWorkbook.from_path(register + ".xlsx").get_sheet_by_index(0).to_python())
    return path


def main():
    program = os.path.abspath(sys.argv[1])
    sources = sys.argv[2] if len(sys.argv) > 2 else "4000000"
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 200_000
    with tempfile.TemporaryDirectory(prefix="fairdraw-peers-") as folder:
        nation, project = os.path.join(folder, "全国"), os.path.join(folder, "项目")
        subprocess.run([program, "demo", nation, "--nation", "--sources", sources], check=True, stdout=subprocess.DEVNULL)
        csv = as_csv(os.path.join(nation, "固定污染源名录"), folder)
        with open(csv, encoding="utf-8-sig") as file:
            heading = file.readline()
        print(f"{os.cpu_count()} cores; {os.path.basename(csv)}: {sources} rows × {heading.count(',') + 1} columns, {os.path.getsize(csv) / 1e6:.0f} MB")
        # the nation's register is checked on its own map and by its own rules: without them every row is set aside
        with_it = [os.path.join(nation, name) for name in os.listdir(nation) if name.endswith(".shp") or name == "policy.ron"]
        read = f"import polars as pl\nf = pl.read_csv({csv!r}, infer_schema_length=10000, infer_schema=%s)\nassert f.height > 1000"
        job("csv with all checks, against polars' bare read", [program, "check", csv, *with_it, "--report", os.path.join(folder, "报告.csv")],
            {"polars, types guessed": python(read % "True"), "polars, all text": python(read % "False")})
        small = os.path.join(folder, "市.xlsx")
        subprocess.run(python(f"import polars as pl, xlsxwriter\npl.read_csv({csv!r}, infer_schema=False, n_rows={rows}).write_excel({small!r})"), check=True)
        calamine = f"from python_calamine import CalamineWorkbook\nr = CalamineWorkbook.from_path({small!r}).get_sheet_by_index(0).to_python()\nassert len(r) > 1000"
        job(f"xlsx of {rows} rows with all checks, against calamine's bare read", [program, "check", small, *with_it, "--report", os.path.join(folder, "报告2.csv")],
            {"python-calamine": python(calamine)})
        made = subprocess.run([program, "new", project, "--from", nation, "--year", "2027"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if made.returncode not in (0, 1):
            sys.exit(made.stderr.decode()[-2000:])
        frames = os.path.join(project, "frames")
        every = f"import os, polars as pl\nn = sum(pl.read_parquet(os.path.join({frames!r}, f)).height for f in os.listdir({frames!r}) if f.endswith('.parquet'))\nassert n > 1000"
        job("reopening (status), against polars' read of every frame", [program, "status", project], {"polars": python(every)})


if __name__ == "__main__":
    main()
