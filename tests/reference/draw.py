#!/usr/bin/env python3
"""Independent reference for the sealed draw (docs/draw.md, format 1), standard library only.

  draw.py vectors                        print the test vectors (vectors.json)
  draw.py check FRAME.csv SEAL.json OPENING.json RESULT.json [--commitment HEX]
  draw.py certificate CERTIFICATE.json [--commitment HEX]
      HEX is the commitment as it was published before the entropy existed; without it the
      check says that the draw is not bound to a publication.

FRAME.csv     unit_id,stratum,pi_ppb,rank_ppb,reason,salt   (UTF-8, LF, any row order)
RESULT.json   {"strata":[{"id":…,"selected":[unit ids in key order],"reserves":[…]}, …]}
"""
import csv
import hashlib
import hmac
import json
import math
import re
import struct
import sys

PPB = 1_000_000_000
# strata with sum of pi(1-pi) under this carry calibrated ranks, by the seal's method
CALIBRATE_BELOW = {"pareto-pps/1": 10.0, "pareto-pps/2": 150.0}
HEX64 = re.compile(r"[0-9a-f]{64}")
UNIT = re.compile(r"[0-9A-Za-z]{1,40}")
STRATUM = re.compile(r"[0-9a-z_]{1,24}/[0-9a-z_]{1,24}")
REASON = re.compile(r"[a-z_]{0,24}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00")
ENTROPY = {
    "ssq": re.compile(r"\d\d( \d\d){5}\+\d\d"),     # 双色球: six red ascending, + blue
    "index": re.compile(r"\d{1,5}\.\d\d"),          # an index's close, two decimals
    "dice": re.compile(r"[1-6]{16,64}"),            # dice thrown by a third party, in order
    "drand": re.compile(r"[0-9a-f]{64}"),           # a drand round's randomness
}
SEAL_KEYS = {"format", "agency", "period", "sequence", "previous", "sealed_at", "method", "program",
             "frame_root", "frame_size", "strata", "inputs_sha256", "policy_sha256",
             "roster_sha256", "secret_sha256", "entropy"}


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical_json(value) -> bytes:
    """RFC 8785 for the values used here: objects with ASCII keys, arrays, strings, integers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":")).encode("utf-8")


# ---- frame ----------------------------------------------------------------------------------

def salt_of(frame_key: bytes, unit_id: str) -> bytes:
    return hmac.new(frame_key, unit_id.encode("ascii"), hashlib.sha256).digest()[:16]


def leaf(row) -> bytes:
    unit_id, stratum, pi, rank, reason, salt = row
    text = f"{unit_id}\t{stratum}\t{pi}\t{rank}\t{reason}".encode("ascii")
    return sha(b"\x00" + bytes.fromhex(salt) + text)


def merkle_root(leaves: list) -> bytes:
    """RFC 6962 section 2.1 tree hash: split at the largest power of two below n."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01" + merkle_root(leaves[:k]) + merkle_root(leaves[k:]))


def merkle_path(leaves: list, index: int) -> list:
    """RFC 6962 section 2.1.1 audit path, leaf side first."""
    if len(leaves) <= 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return merkle_path(leaves[:k], index) + [merkle_root(leaves[k:])]
    return merkle_path(leaves[k:], index - k) + [merkle_root(leaves[:k])]


def root_from_path(leaf_hash: bytes, index: int, size: int, path: list) -> bytes:
    """RFC 9162 section 2.1.3.2; raises ValueError where the path has the wrong length."""
    if not 0 <= index < size:
        raise ValueError("index outside the tree")
    fn, sn, r = index, size - 1, leaf_hash
    for p in path:
        if sn == 0:
            raise ValueError("path too long")
        if fn & 1 or fn == sn:
            r = sha(b"\x01" + p + r)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = sha(b"\x01" + r + p)
        fn >>= 1
        sn >>= 1
    if sn:
        raise ValueError("path too short")
    return r


def ordered(rows):
    return sorted(rows, key=lambda r: r[0].encode("ascii"))


def frame_root(rows) -> bytes:
    return merkle_root([leaf(r) for r in ordered(rows)])


# ---- Pareto sampling: realised inclusion probabilities ---------------------------------------

def gauss_legendre(m: int):
    xs, ws = [], []
    for i in range(m):
        x = math.cos(math.pi * (i + 0.75) / (m + 0.5))
        for _ in range(100):
            p0, p1 = 1.0, x
            for k in range(2, m + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            d = m * (x * p1 - p0) / (x * x - 1)
            step = p1 / d
            x -= step
            if abs(step) < 1e-15:
                break
        xs.append((x + 1) / 2)
        ws.append(1 / ((1 - x * x) * d * d))
    return xs, ws


NODES = gauss_legendre(96)


def realised(ranks: list, n: int) -> list:
    """Exact inclusion probabilities of Pareto order sampling of n out of len(ranks), ranks in (0,1).
    Q = (u/(1-u)) / (r/(1-r)) has P(Q<=t) = t*o/(1+t*o), o = r/(1-r); unit i is in the sample where
    fewer than n of the others lie below its Q: a Poisson-binomial, integrated over t."""
    size = len(ranks)
    if n >= size:
        return [1.0] * size
    odds = [r / (1 - r) for r in ranks]
    total = [0.0] * size
    for x, w in zip(*NODES):
        t, dt = x / (1 - x), w / (1 - x) ** 2
        s = [t * o / (1 + t * o) for o in odds]
        suffix = [None] * (size + 1)
        suffix[size] = [1.0] + [0.0] * (n - 1)
        for i in range(size - 1, -1, -1):
            f, p = suffix[i + 1], s[i]
            suffix[i] = [f[0] * (1 - p)] + [f[k] * (1 - p) + f[k - 1] * p for k in range(1, n)]
        prefix = [1.0] + [0.0] * (n - 1)
        for i in range(size):
            tail = suffix[i + 1]
            cum, run = [], 0.0
            for v in tail:
                run += v
                cum.append(run)
            below = sum(prefix[a] * cum[n - 1 - a] for a in range(n))
            total[i] += dt * odds[i] / (1 + t * odds[i]) ** 2 * below
            p = s[i]
            prefix = [prefix[0] * (1 - p)] + [prefix[k] * (1 - p) + prefix[k - 1] * p for k in range(1, n)]
    return total


def realised_2(ranks: list, n: int) -> list:
    """As realised(), by pareto-pps/2: of more than half drawn, who is left out is a sample with the odds
    turned over; and for strata of thousands, everybody's count with one unit divided out again."""
    size = len(ranks)
    if n >= size:
        return [1.0] * size
    if 2 * n > size:
        return [1 - out for out in realised_2([1 - r for r in ranks], size - n)]
    odds = [r / (1 - r) for r in ranks]
    total = [0.0] * size
    for x, w in zip(*NODES):
        t, dt = x / (1 - x), w / (1 - x) ** 2
        s = [t * o / (1 + t * o) for o in odds]
        above = sum(s) - n
        if above > 0 and above * above > 160 * sum(s):
            continue
        first, f = 0, [1.0]
        for p in s:
            q = 1 - p
            f = [f[0] * q] + [b * q + a * p for a, b in zip(f, f[1:])] + [f[-1] * p]
            while f[-1] < 1e-32:
                f.pop()
            if f[0] < 1e-32:
                low = next(k for k, v in enumerate(f) if v >= 1e-32)
                f, first = f[low:], first + low
        run, at_most = 0.0, []
        for v in f:
            run += v
            at_most.append(run)
        want, last = n - 1 - first, len(f)
        for i, p in enumerate(s):
            if p <= 0.5:
                below = 1.0
                if want < last:
                    below = 0.0
                    for v in at_most[:max(0, want + 1)]:
                        below = (v - p * below) / (1 - p)
            elif want < -1:
                below = 0.0
            else:
                below = 1.0
                for v in reversed(at_most[want + 1:]):
                    below = (v - (1 - p) * below) / p
            total[i] += dt * odds[i] / (1 + t * odds[i]) ** 2 * min(1.0, max(0.0, below))
    return total


def calibrate(pis: list, n: int) -> list:
    """ranks whose realised probabilities are pis, to 1e-8: r <- r*pi/realised, from r = pi."""
    r = list(pis)
    for _ in range(60):
        got = realised(r, n)
        if max(abs(g / p - 1) for g, p in zip(got, pis)) < 1e-8:
            break
        r = [min(1 - 1e-9, a * p / g) for a, p, g in zip(r, pis, got)]
    return r


# ---- seal, seed, tickets, keys ---------------------------------------------------------------

def commitment_of(seal: dict) -> bytes:
    return sha(canonical_json(seal))


def seed_of(commitment: bytes, secret: bytes, entropy: str) -> bytes:
    return sha(b"fairdraw/1/seed\n" + commitment + secret + entropy.encode("ascii"))


def ticket(seed: bytes, unit_id: str) -> int:
    """A 52-bit integer; the unit's uniform number is (2*ticket+1)/2**53."""
    return int.from_bytes(sha(b"fairdraw/1/target\n" + seed + unit_id.encode("ascii"))[:8], "big") >> 12


def key(ticket_value: int, rank_ppb: int) -> float:
    """Pareto ranking variable; IEEE-754 operations in exactly this order."""
    if rank_ppb == PPB:
        return 0.0
    u = (2 * ticket_value + 1) / 2.0 ** 53
    p = rank_ppb / 1e9
    return (u * (1.0 - p)) / (p * (1.0 - u))


def double_hex(x: float) -> str:
    return struct.pack(">d", x).hex()


def draw(rows, quotas: dict, seed: bytes) -> dict:
    """stratum -> list of (key, unit_id) in draw order."""
    by: dict = {h: [] for h in quotas}
    for unit_id, stratum, pi, rank, _, _ in rows:
        if pi > 0:
            by[stratum].append((key(ticket(seed, unit_id), rank), unit_id))
    return {h: sorted(v, key=lambda kv: (kv[0], kv[1].encode("ascii"))) for h, v in by.items()}


# ---- the check -------------------------------------------------------------------------------

def faults_of(rows, seal, opening, result, published=None) -> list:
    f = []
    bad = f.append
    if set(seal) != SEAL_KEYS:
        bad("seal: unknown or missing fields")
        return f
    if set(opening) != {"format", "commitment", "secret", "entropy_value"}:
        bad("opening: unknown or missing fields")
        return f
    if seal["format"] != "fairdraw-seal/1" or opening["format"] != "fairdraw-opening/1":
        bad("format")
    if seal["method"] not in CALIBRATE_BELOW:
        bad("method")
    for name in ("frame_root", "inputs_sha256", "policy_sha256", "roster_sha256", "secret_sha256"):
        if not HEX64.fullmatch(seal[name]):
            bad(f"seal: {name} is not 64 lower-case hexadecimal digits")
    if seal["previous"] and not HEX64.fullmatch(seal["previous"]):
        bad("seal: previous")
    for name in ("commitment", "secret"):
        if not HEX64.fullmatch(opening[name]):
            bad(f"opening: {name} is not 64 lower-case hexadecimal digits")
    if not re.fullmatch(r"[0-9A-Z]{2,18}", seal["agency"]) or not re.fullmatch(r"\d{4}-(0\d|1[0-2])", seal["period"]):
        bad("seal: agency or period")
    e = seal["entropy"]
    if set(e) != {"format", "source", "reference", "available_at"} or e.get("format") not in ENTROPY:
        bad("seal: entropy")
        return f
    if not (TIME.fullmatch(seal["sealed_at"]) and TIME.fullmatch(e["available_at"])
            and seal["sealed_at"] < e["available_at"]):
        bad("seal: sealed_at is not before the entropy's available_at")
    value = opening["entropy_value"]
    ok = bool(ENTROPY[e["format"]].fullmatch(value)) and value.isascii()
    if ok and e["format"] == "ssq":
        red = [int(x) for x in value[:17].split(" ")]
        ok = red == sorted(set(red)) and red[0] >= 1 and red[-1] <= 33 and 1 <= int(value[18:]) <= 16
    if not ok:
        bad("opening: entropy_value does not have the sealed format")
    if f:
        return f
    commitment = commitment_of(seal)
    if commitment.hex() != opening["commitment"]:
        bad(f"commitment: the seal gives {commitment.hex()}")
    if published is not None and published != commitment.hex():
        bad("commitment: not the published one")
    secret = bytes.fromhex(opening["secret"])
    if sha(secret).hex() != seal["secret_sha256"]:
        bad("secret does not match secret_sha256")
    quotas = {}
    for s in seal["strata"]:
        if set(s) != {"id", "size", "draw"} or s["id"] in quotas or not STRATUM.fullmatch(s["id"]):
            bad("seal: strata")
            return f
        quotas[s["id"]] = s["draw"]
    if list(quotas) != sorted(quotas):
        bad("seal: strata are not in order")
    seen = set()
    for unit_id, stratum, pi, rank, reason, salt in rows:
        if unit_id in seen or not UNIT.fullmatch(unit_id) or not REASON.fullmatch(reason) \
                or not re.fullmatch(r"[0-9a-f]{32}", salt) or stratum not in quotas:
            bad(f"frame: row of {unit_id}")
        seen.add(unit_id)
        if not (0 <= pi <= PPB and 0 <= rank <= PPB) or (pi == 0) != (rank == 0) \
                or (pi == PPB) != (rank == PPB) or (pi == 0) != (reason != "") and pi != PPB:
            bad(f"frame: {unit_id}: pi, rank and reason do not agree")
    if len(rows) != seal["frame_size"]:
        bad("frame size")
    if f:
        return f
    if frame_root(rows).hex() != seal["frame_root"]:
        bad("frame does not match frame_root")
    for s in seal["strata"]:
        mine = [r for r in rows if r[1] == s["id"] and r[2] > 0]
        if len(mine) != s["size"]:
            bad(f"stratum {s['id']}: size")
        if sum(r[2] for r in mine) != s["draw"] * PPB:
            bad(f"stratum {s['id']}: probabilities sum to {sum(r[2] for r in mine)} ppb, not {s['draw']} units")
            continue
        free = [r for r in mine if r[2] < PPB]
        n = s["draw"] - (len(mine) - len(free))
        spread = sum(r[2] / 1e9 * (1 - r[2] / 1e9) for r in free)
        if spread >= CALIBRATE_BELOW[seal["method"]]:
            if any(r[2] != r[3] for r in free):
                bad(f"stratum {s['id']}: rank differs from pi")
        elif free:
            of = realised if seal["method"] == "pareto-pps/1" else realised_2
            for r, got in zip(free, of([r[3] / 1e9 for r in free], n)):
                p = r[2] / 1e9
                if abs(got - p) > 1e-5 * min(p, 1 - p) + 4e-9:
                    bad(f"stratum {s['id']}: {r[0]}: rank realises {got:.9f}, not {p:.9f}")
    order = draw(rows, quotas, seed_of(commitment, secret, value))
    results = {s["id"]: s for s in result["strata"]}
    if len(results) != len(result["strata"]) or set(results) != set(quotas):
        bad("result: strata differ from the seal's")
        return f
    for h, n in quotas.items():
        want = [u for _, u in order[h]]
        if results[h]["selected"] != want[:n]:
            bad(f"stratum {h}: selection differs")
        reserves = results[h].get("reserves", [])
        if reserves != want[n:n + len(reserves)]:
            bad(f"stratum {h}: reserves differ")
    return f


def certificate_faults(c, published=None) -> list:
    """What a certificate proves without the frame: that each listed row is in the sealed frame and
    is selected. That nobody was left out needs the frame ("check")."""
    f = []
    bad = f.append
    if c.get("format") != "fairdraw-certificate/1":
        return ["format"]
    seal, opening = c["seal"], c["opening"]
    commitment = commitment_of(seal)
    if commitment.hex() != opening["commitment"]:
        bad("commitment")
    if published is not None and published != commitment.hex():
        bad("commitment: not the published one")
    if not HEX64.fullmatch(opening["secret"]) or sha(bytes.fromhex(opening["secret"])).hex() != seal["secret_sha256"]:
        return f + ["secret"]
    seed = seed_of(commitment, bytes.fromhex(opening["secret"]), opening["entropy_value"])
    quotas = {s["id"]: s["draw"] for s in seal["strata"]}
    if [s["id"] for s in c["strata"]] != list(quotas):
        bad("strata differ from the seal's")
    for s in c["strata"]:
        listed = s["selected"]
        if len(listed) != quotas.get(s["id"]):
            bad(f"stratum {s['id']}: {len(listed)} selected")
        limit = struct.unpack(">d", bytes.fromhex(s["threshold"]))[0] if s["threshold"] else math.inf
        for item in listed + s["substitutes"]:
            row = tuple(item["row"])
            try:
                root = root_from_path(leaf(row), item["index"], seal["frame_size"],
                                      [bytes.fromhex(p) for p in item["path"]]).hex()
            except ValueError as error:
                root = str(error)
            t = ticket(seed, row[0])
            if root != seal["frame_root"]:
                bad(f"{row[0]}: not in the sealed frame")
            if row[1] != s["id"] or row[2] <= 0:
                bad(f"{row[0]}: not a unit of this stratum")
            elif item["ticket"] != t or item["key"] != double_hex(key(t, row[3])):
                bad(f"{row[0]}: ticket or key")
            elif (key(t, row[3]) < limit) != (item in listed):
                bad(f"{row[0]}: key and threshold")
        if len({i["row"][0] for i in listed}) != len(listed):
            bad(f"stratum {s['id']}: a unit twice")
    return f


def certificate_of(rows, seal, opening, seed, result):
    """The certificate of a draw without substitutions."""
    rows = ordered(rows)
    leaves = [leaf(r) for r in rows]
    at = {r[0]: i for i, r in enumerate(rows)}

    def item(u):
        i = at[u]
        t = ticket(seed, u)
        return {"row": list(rows[i]), "index": i, "path": [p.hex() for p in merkle_path(leaves, i)],
                "ticket": t, "key": double_hex(key(t, rows[i][3]))}
    return {"format": "fairdraw-certificate/1", "seal": seal, "opening": opening,
            "strata": [{"id": s["id"], "threshold": s["threshold"],
                        "selected": [item(u) for u in s["selected"]], "substitutes": []}
                       for s in result["strata"]],
            "earlier": []}


def read_frame(path):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != ["unit_id", "stratum", "pi_ppb", "rank_ppb", "reason", "salt"]:
            sys.exit("frame: unexpected columns")
        return [(r["unit_id"], r["stratum"], int(r["pi_ppb"]), int(r["rank_ppb"]), r["reason"], r["salt"])
                for r in reader]


def check(args) -> int:
    published = None
    if "--commitment" in args:
        i = args.index("--commitment")
        published = args[i + 1]
        args = args[:i] + args[i + 2:]
    frame, seal, opening, result = args
    load = lambda p: json.load(open(p, encoding="utf-8"))
    rows = read_frame(frame)
    faults = faults_of(rows, load(seal), load(opening), load(result), published)
    for fault in faults:
        print("FAULT", fault)
    bound = "bound to the published commitment" if published else "not bound to a publication"
    print("verified" if not faults else f"{len(faults)} faults", f"{len(rows)} units,", bound)
    return 1 if faults else 0


# ---- vectors ---------------------------------------------------------------------------------

def inclusion(weights: list, n: int) -> list:
    """pi proportional to weight, capped at 1 repeatedly (as R's inclusionprobabilities)."""
    pi, certain = [0.0] * len(weights), set()
    while True:
        total = sum(w for i, w in enumerate(weights) if i not in certain)
        scale = (n - len(certain)) / total if total else 0.0
        more = [i for i, w in enumerate(weights) if i not in certain and scale * w >= 1]
        if not more:
            return [1.0 if i in certain else scale * w for i, w in enumerate(weights)]
        certain.update(more)


def to_ppb(pis: list, n: int, ids: list) -> list:
    """floors, then one ppb each to the largest fractional parts (ties by id) until the sum is n."""
    out = [PPB if p >= 1 else int(p * PPB) for p in pis]
    left = n * PPB - sum(out)
    by_part = sorted((i for i, p in enumerate(pis) if p < 1),
                     key=lambda i: (-(pis[i] * PPB - out[i]), ids[i]))
    for k in range(left):
        out[by_part[k % len(by_part)]] += 1
    return out


def stratum_rows(stratum, ids, weights, n, frame_key, excluded=()):
    pis = inclusion(weights, n)
    ppb = to_ppb(pis, n, ids)
    free = [i for i, p in enumerate(ppb) if p < PPB]
    ranks = list(ppb)
    if sum(ppb[i] / 1e9 * (1 - ppb[i] / 1e9) for i in free) < CALIBRATE_BELOW["pareto-pps/1"] and free:
        for i, r in zip(free, calibrate([ppb[i] / 1e9 for i in free], n - (len(ids) - len(free)))):
            ranks[i] = round(r * PPB)
    rows = [(u, stratum, p, r, "", salt_of(frame_key, u).hex()) for u, p, r in zip(ids, ppb, ranks)]
    return rows + [(u, stratum, 0, 0, why, salt_of(frame_key, u).hex()) for u, why in excluded]


def package(rows, quotas, entropy_format, entropy, label, period="2027-03"):
    secret = sha(f"secret {label}".encode())
    seal = {
        "format": "fairdraw-seal/1", "agency": "310000", "period": period, "sequence": 1, "previous": "",
        "sealed_at": "2027-02-26T09:00:00+08:00", "method": "pareto-pps/1", "program": "测试 \"0.1\"",
        "frame_root": frame_root(rows).hex(), "frame_size": len(rows),
        "strata": [{"id": h, "size": sum(r[1] == h and r[2] > 0 for r in rows), "draw": n}
                   for h, n in sorted(quotas.items())],
        "inputs_sha256": sha(b"inputs").hex(), "policy_sha256": sha(b"policy").hex(),
        "roster_sha256": sha(b"roster").hex(), "secret_sha256": sha(secret).hex(),
        "entropy": {"format": entropy_format, "source": "中国福利彩票双色球", "reference": "第2027025期",
                    "available_at": "2027-02-28T21:15:00+08:00"},
    }
    commitment = commitment_of(seal)
    seed = seed_of(commitment, secret, entropy)
    opening = {"format": "fairdraw-opening/1", "commitment": commitment.hex(),
               "secret": secret.hex(), "entropy_value": entropy}
    order = draw(rows, quotas, seed)
    result = {"strata": [{"id": h, "selected": [u for _, u in order[h][:n]],
                          "reserves": [u for _, u in order[h][n:n + 5]],
                          "threshold": double_hex(order[h][n][0]) if len(order[h]) > n else ""}
                         for h, n in sorted(quotas.items())]}
    return seal, opening, seed, result


def example(sizes, label):
    frame_key = sha(f"frame key {label}".encode())
    rows, quotas = [], {}
    for s, (stratum, size, n) in enumerate(sizes):
        ids = [f"91310{s}{label}{i:07d}001P" for i in range(size)]
        weights = [1 + (7 * i + s) % 9 for i in range(size)]
        gone = [(f"91310{s}{label}{i:07d}002P", why) for i, why in enumerate(["closed", "window", "cap"])]
        rows += stratum_rows(stratum, ids, weights, n, frame_key, gone)
        quotas[stratum] = n
    return rows, quotas


def vector(sizes, label, entropy_format, entropy):
    rows, quotas = example(sizes, label)
    seal, opening, seed, result = package(rows, quotas, entropy_format, entropy, label)
    assert not faults_of(rows, seal, opening, result, opening["commitment"])
    leaves = [leaf(r) for r in ordered(rows)]
    path = merkle_path(leaves, 2)
    assert root_from_path(leaves[2], 2, len(leaves), path).hex() == seal["frame_root"]
    certificate = certificate_of(rows, seal, opening, seed, result)
    assert not certificate_faults(certificate, opening["commitment"])
    return {"seal": seal, "canonical_seal": canonical_json(seal).decode("utf-8"), "opening": opening,
            "seed": seed.hex(), "frame": [list(r) for r in rows],
            "tickets": {r[0]: ticket(seed, r[0]) for r in ordered(rows)[:5]},
            "proof": {"index": 2, "row": list(ordered(rows)[2]), "path": [p.hex() for p in path]},
            "result": result, **({"certificate": certificate} if len(rows) < 100 else {})}


def must_fail(good):
    """Copies of a good vector with one thing changed; each must be refused, with the named fault."""
    def case(name, change):
        v = json.loads(json.dumps({k: good[k] for k in ("seal", "opening", "frame", "result")}))
        published = good["opening"]["commitment"]
        change(v)
        faults = faults_of([tuple(r) for r in v["frame"]], v["seal"], v["opening"], v["result"], published)
        assert faults, name
        return {"name": name, "faults": faults, **v, "published": published}

    def reseal(v):  # an insider who seals anew after the entropy is known
        v["seal"]["program"] = "another"
        v["opening"]["commitment"] = commitment_of(v["seal"]).hex()

    def steer(v):
        v["frame"][0][3] = 1
        rows = [tuple(r) for r in v["frame"]]
        v["seal"]["frame_root"] = frame_root(rows).hex()
        v["opening"]["commitment"] = commitment_of(v["seal"]).hex()

    def omit(v):
        s = v["result"]["strata"][0]
        s["selected"][0] = s["reserves"][0]
    return [
        case("secret in upper case", lambda v: v["opening"].update(secret=v["opening"]["secret"].upper())),
        case("secret with a space", lambda v: v["opening"].update(secret=v["opening"]["secret"] + " ")),
        case("entropy with another separator", lambda v: v["opening"].update(entropy_value=v["opening"]["entropy_value"].replace(" ", "、"))),
        case("entropy not ascending", lambda v: v["opening"].update(entropy_value="07 03 12 18 25 31+09")),
        case("sealed anew after the entropy", reseal),
        case("rank steered", steer),
        case("a pi changed", lambda v: v["frame"][1].__setitem__(2, v["frame"][1][2] + 1)),
        case("a row removed", lambda v: v["frame"].pop(3)),
        case("sealed after the entropy's time", lambda v: v["seal"].update(sealed_at="2027-03-01T09:00:00+08:00")),
        case("unknown method", lambda v: v["seal"].update(method="whatever")),
        case("an extra field", lambda v: v["seal"].update(note="x")),
        case("a selected unit left out", omit),
        case("an extra stratum in the result", lambda v: v["result"]["strata"].append({"id": "310101/x", "selected": [], "reserves": []})),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["vectors"]:
        small = vector([("310115/key", 12, 3), ("310115/simplified", 10, 4), ("310151/key", 8, 1)],
                       "A", "ssq", "03 07 12 18 25 31+09")
        large = vector([("310112/general", 900, 120), ("310115/general", 1500, 200)], "B", "dice", "4162253614235516")
        ten = [f"T{i}" for i in range(10)]
        pis = inclusion([1, 1, 1, 1, 2, 2, 4, 4, 8, 16], 4)
        free = [p for p in pis if p < 1]
        json.dump({"good": [small, large], "must_fail": must_fail(small),
                   "calibration": {"weights": [1, 1, 1, 1, 2, 2, 4, 4, 8, 16], "n": 4, "pi": pis,
                                   "plain_realises": realised(free, 4 - (len(ten) - len(free))),
                                   "ranks": calibrate(free, 4 - (len(ten) - len(free)))}},
                  sys.stdout, ensure_ascii=False, separators=(",", ":"))
        print()
    elif sys.argv[1:2] == ["check"] and len(sys.argv) in (6, 8):
        sys.exit(check(sys.argv[2:]))
    elif sys.argv[1:2] == ["certificate"] and len(sys.argv) in (3, 5):
        found = certificate_faults(json.load(open(sys.argv[2], encoding="utf-8")),
                                   sys.argv[4] if len(sys.argv) == 5 else None)
        for fault in found:
            print("FAULT", fault)
        print("verified" if not found else f"{len(found)} faults")
        sys.exit(bool(found))
    else:
        sys.exit(__doc__)
