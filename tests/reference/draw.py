#!/usr/bin/env python3
"""An independent checker of the sealed draw (docs/draw.md, formats 1 to 3), standard library only.

  draw.py certificate CERTIFICATE.json [--frame FRAME.csv] [--commitment HEX] [--head HEX]
          [--roster ROSTER.csv --needs NEEDS.csv --assignment ASSIGNMENT.csv [--changes CHANGES.json]]
          [--anchors ANCHORS.json] [--policy POLICY.ron]
  draw.py proof PROOF.json [--commitment HEX] [--against CERTIFICATE.json]     or the text of a proof's QR code
  draw.py check FRAME.csv SEAL.json OPENING.json RESULT.json [--commitment HEX]
  draw.py quotas QUOTAS.csv SEAL.json INPUTS.txt YEAR_SEAL.json YEAR_OPENING.json
  draw.py pairings PAIRING.json          make the worked pairings and quotas again
  draw.py vectors                        print the test vectors (vectors.json)
  draw.py batch CASES.json               many certificates and proofs at once, for tests

HEX is the commitment, or the head of the changes, as it was published; groups and upper case are taken.
Without them the check says that the draw is not bound to a publication. Each step is printed under the name
that `fairdraw verify` gives it; exit status 1 where one fails.
"""
import datetime
import hashlib
import hmac
import json
import math
import re
import struct
import sys
import zlib

PPB = 1_000_000_000
# strata with sum of pi(1-pi) under this carry calibrated ranks, by the seal's method
CALIBRATE_BELOW = {"pareto-pps/1": 10.0, "pareto-pps/2": 150.0}
LARGEST = 2 ** 53 - 1
HEX64 = re.compile(r"[0-9a-f]{64}")
UNIT = re.compile(r"[0-9A-Za-z]{1,40}")
STRATUM = re.compile(r"[0-9a-z_]{1,24}/[0-9a-z_]{1,24}")
REASON = re.compile(r"[a-z_]{0,24}")
PERSON = re.compile(r"[!#-&(-+\--:<-~]{0,40}")
KEY = re.compile(r"[0-7][0-9a-f]{15}")
ENTROPY = {
    "ssq": re.compile(r"[0-9]{2}( [0-9]{2}){5}\+[0-9]{2}"),  # 双色球: six red ascending, + blue
    "index": re.compile(r"[0-9]{1,5}\.[0-9]{2}"),            # an index's close, two decimals
    "dice": re.compile(r"[1-6]{16,64}"),                     # dice thrown by a third party, in order
    "drand": re.compile(r"[0-9a-f]{64}"),                    # a drand round's randomness
}
SEAL_1 = {"format", "agency", "period", "sequence", "previous", "sealed_at", "method", "program",
          "frame_root", "frame_size", "strata", "inputs_sha256", "policy_sha256",
          "roster_sha256", "secret_sha256", "entropy"}
SEAL_2 = SEAL_1 | {"counts", "earlier", "program_sha256"}
SEAL_3 = SEAL_2 | {"log", "interventions", "grounds"}
# reasons that need a ground: those that somebody states of a unit, and recusals
GROUNDED = ("closed", "merged", "moved", "positive_list", "recusal", "stopped")
OPENING = {"format", "commitment", "secret", "entropy_value"}
DEMONSTRATION_SOURCE = "演示用公开数（事先已知）"
DEMONSTRATION = "演示：公共数字事先已知，本证书不证明抽取公正"
GROUNDS = {"closed", "moved", "stopped", "positive_list", "no_roster", "set_aside", "merged", "cap", "listed",
           "absent"}


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


# ---- strict JSON -----------------------------------------------------------------------------

class Refused(Exception):
    """A file that can't be read in one way alone: code and what is wrong."""

    def __init__(self, code, detail):
        super().__init__(detail)
        self.code, self.detail = code, detail


def parse_json(data: bytes, what: str):
    """Objects without duplicate keys, lists, texts, whole numbers; anything with two readings is refused."""
    def refuse(why):
        raise Refused("VER-050", f"{what}: not readable ({why})")

    def pairs(items):
        found = {}
        for key, value in items:
            if not key.isascii() or key in found:
                refuse(f"key {key!r}")
            found[key] = value
        return found

    def whole(digits):
        if digits.startswith("-") or len(digits) > 16 or int(digits) > LARGEST:
            refuse(digits)
        return int(digits)

    def walk(value, depth):
        if depth > 127 or value is None or isinstance(value, bool):
            refuse("null, true, false or too deep")
        if isinstance(value, str):
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                refuse("half a surrogate pair")
        for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            walk(item, depth + 1)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        value = json.loads(text, object_pairs_hook=pairs, parse_int=whole, parse_float=refuse, parse_constant=refuse)
        walk(value, 0)
        return value
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return refuse(str(error))


def canonical_json(value) -> bytes:
    """RFC 8785 for the values used here: objects with ASCII keys, arrays, strings, integers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":")).encode("utf-8")


def is_text(value):
    return isinstance(value, str)


def is_whole(value):
    return isinstance(value, int)


def list_of(item):
    return lambda value: isinstance(value, list) and all(item(one) for one in value)


def either(*kinds):
    return lambda value: any(kind(value) for kind in kinds)


def map_of(fields, optional=()):
    """An object with exactly these keys; those in `optional` may be missing."""
    return lambda value: (isinstance(value, dict) and set(value) <= set(fields)
                          and set(fields) - set(optional) <= set(value)
                          and all(fields[key](item) for key, item in value.items()))


def is_row(value):
    if not isinstance(value, list) or len(value) != 6 or not all(map(is_text, (value[0], value[1], value[4], value[5]))):
        return False
    unit, stratum, pi, rank, reason, salt = value
    return (is_whole(pi) and is_whole(rank) and pi <= PPB and rank <= PPB and bool(UNIT.fullmatch(unit))
            and bool(STRATUM.fullmatch(stratum)) and bool(REASON.fullmatch(reason))
            and bool(re.fullmatch(r"[0-9a-f]{32}", salt)))


TEXTS = dict.fromkeys(("format", "agency", "period", "previous", "sealed_at", "method", "program", "frame_root",
                       "inputs_sha256", "policy_sha256", "roster_sha256", "secret_sha256"), is_text)
ENTROPY_OF_SEAL = map_of(dict.fromkeys(("format", "source", "reference", "available_at"), is_text))
HEAD = map_of({"root": is_text, "size": is_whole})
BY_REASON = list_of(map_of({"reason": is_text, "units": list_of(is_whole)}))
SEAL = map_of({**TEXTS, "sequence": is_whole, "frame_size": is_whole, "entropy": ENTROPY_OF_SEAL,
               "strata": list_of(map_of({"id": is_text, "size": is_whole, "draw": is_whole})),
               "counts": map_of({"excluded": BY_REASON, "mandatory": BY_REASON}),
               "earlier": list_of(is_text), "program_sha256": is_text, "log": HEAD, "interventions": list_of(is_text),
               "grounds": list_of(map_of({"reason": is_text, "imported": is_whole, "entered": is_whole}))},
              ("counts", "earlier", "program_sha256", "log", "interventions", "grounds"))
OPENED = map_of(dict.fromkeys(OPENING, is_text))
UNIT_FIELDS = {"row": is_row, "index": is_whole, "path": list_of(is_text), "ticket": is_whole, "key": is_text}
SHOWN = either(map_of(UNIT_FIELDS), map_of({"index": is_whole, "leaf": is_text, "path": list_of(is_text)}))
CERTIFICATE_1 = map_of({
    "format": is_text, "seal": SEAL, "opening": OPENED,
    "strata": list_of(map_of({"id": is_text, "threshold": is_text, "selected": list_of(map_of(UNIT_FIELDS)),
                              "substitutes": list_of(map_of({**UNIT_FIELDS, "replaces": is_text, "reason": is_text}))})),
    "earlier": list_of(map_of({"sequence": is_whole, "commitment": is_text, "state": is_text, "reason": is_text})),
    "statement": is_text, "digest": is_text}, ("statement", "digest"))
CHANGE = map_of({"kind": lambda v: v in ("substitute", "replace", "add"),
                 **dict.fromkeys(("unit", "by", "case", "person", "reason", "evidence", "at", "document"), is_text),
                 "log": HEAD, "skipped": list_of(map_of({"unit": is_text, "ground": is_text}))}, ("document", "log"))
CHANGED = list_of(map_of(dict.fromkeys(("path", "expected", "found"), is_text)))
INTERVENTION = map_of({"after": is_whole, "log": HEAD, "changed": CHANGED,
                       **dict.fromkeys(("at", "operator", "second", "reason"), is_text)})
CERTIFICATE_2 = map_of({
    "format": is_text, "seal": SEAL, "opening": OPENED, "head": is_text,
    "strata": list_of(map_of({"id": is_text, "threshold": is_text, "selected": list_of(SHOWN),
                              "reserves": list_of(SHOWN)})),
    "changes": list_of(CHANGE),
    "added": list_of(map_of({"row": is_row, "index": is_whole, "path": list_of(is_text)})),
    "earlier": list_of(map_of({"seal": SEAL, "state": lambda v: v in ("opened", "voided"),
                               **dict.fromkeys(("at", "reason", "again", "secret"), is_text)})),
    "log": HEAD, "interventions": list_of(INTERVENTION)}, ("log", "interventions"))
PROOF = map_of({"format": is_text, "row": is_row, "index": is_whole, "path": list_of(is_text), "seal": SEAL,
                "draw": map_of({"opening": OPENED, "ticket": is_whole, "key": is_text, "threshold": is_text,
                                "reserve": map_of(UNIT_FIELDS)}, ("reserve",)),
                "told": map_of({"entered": lambda v: v in ("drawn", "replacement"), "head": is_text, "key": is_text,
                                "threshold": is_text, "ticket": is_whole}),
                "statement": is_text}, ("draw", "told", "statement"))


def read_certificate(data: bytes):
    value = parse_json(data, "certificate")
    form = value.get("format") if isinstance(value, dict) else None
    if form not in ("fairdraw-certificate/1", "fairdraw-certificate/2", "fairdraw-certificate/3"):
        raise Refused("VER-003", "format")
    check_keys(value)
    if not (CERTIFICATE_1 if form.endswith("1") else CERTIFICATE_2)(value):
        raise Refused("VER-051", "certificate: field types")
    return value


def seal_keys(form):
    """The keys of a seal of a format; of one that is unknown those of the latest."""
    return {"fairdraw-seal/1": SEAL_1, "fairdraw-seal/2": SEAL_2}.get(form if is_text(form) else None, SEAL_3)


def check_keys(value):
    """The seal's and the opening's keys, told before the rest."""
    seal = value.get("seal")
    if "seal" in value:
        if not isinstance(seal, dict) or set(seal) != seal_keys(seal.get("format")):
            raise Refused("VER-001", "seal: unknown or missing fields")
    if "opening" in value and (not isinstance(value["opening"], dict) or set(value["opening"]) != OPENING):
        raise Refused("VER-002", "opening: unknown or missing fields")


def read_proof(data: bytes):
    """A proof's value; None where the file is none."""
    try:
        value = parse_json(data, "proof")
    except Refused:
        return None
    return value if PROOF(value) else None


def is_time(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+08:00", text):
        return False
    try:
        datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
        return int(text[17:19]) < 60
    except ValueError:
        return False


def as_typed(text):
    """A hash as a notice prints it, in groups and in either case."""
    return "".join(c for c in text if not c.isspace() and c != "-").lower()


# ---- frame ----------------------------------------------------------------------------------

def salt_of(frame_key: bytes, unit_id: str) -> bytes:
    return hmac.new(frame_key, unit_id.encode("ascii"), hashlib.sha256).digest()[:16]


def leaf(row) -> bytes:
    unit_id, stratum, pi, rank, reason, salt = row
    text = f"{unit_id}\t{stratum}\t{pi}\t{rank}\t{reason}".encode("ascii")
    return sha(b"\x00", bytes.fromhex(salt), text)


def merkle_root(leaves: list) -> bytes:
    """RFC 6962 section 2.1 tree hash: split at the largest power of two below n."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", merkle_root(leaves[:k]), merkle_root(leaves[k:]))


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
    return sha(b"fairdraw/1/seed\n", commitment, secret, entropy.encode("utf-8"))


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


# ---- steps -----------------------------------------------------------------------------------

STATES = {"passed": "通过", "failed": "不通过", "not_checked": "未核对"}
SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


class Report:
    """Steps as (name, state, detail), faults as (code, detail)."""

    def __init__(self):
        self.steps, self.faults = [], []

    def step(self, name, passed, faults):
        self.steps.append((name, "failed" if faults else "passed", faults[0][1] if faults else passed))
        self.faults += faults

    def skip(self, name, why):
        self.steps.append((name, "not_checked", why))

    def skip_all(self, names):
        for name in names:
            self.skip(name, "前面的步骤没有通过")
        return self

    def add(self, other):
        self.steps += other.steps
        self.faults += other.faults

    def verified(self):
        return not self.faults


def unreadable(error):
    report = Report()
    report.step("读取文件", "", [(error.code, error.detail)])
    return report


# ---- seal and opening ------------------------------------------------------------------------

def is_format_1(seal):
    return seal["format"] == "fairdraw-seal/1"


def has_log(seal):
    return seal["format"] == "fairdraw-seal/3"


def grounds_fault(seal):
    """What is wrong with the grounds beside the counts; None where they fit."""
    grounds, excluded = seal["grounds"], {one["reason"]: sum(one["units"]) for one in seal["counts"]["excluded"]}
    reasons = [one["reason"] for one in grounds]
    if any(a >= b for a, b in zip(reasons, reasons[1:])):
        return "order of the reasons"
    told = {one["reason"]: one["entered"] + one["imported"] for one in grounds}
    for reason, units in told.items():
        if reason not in GROUNDED or units == 0:
            return f"reason {reason}"
    for reason in GROUNDED:
        if reason != "recusal" and told.get(reason, 0) != excluded.get(reason, 0):
            return f"reason {reason}: {excluded.get(reason, 0)} units, {told.get(reason, 0)} grounds"
    return None


def counts_fault(seal):
    """What is wrong with a seal's counts beside its strata and frame_size; None where they fit."""
    strata, counts = seal["strata"], seal["counts"]
    for part in ("excluded", "mandatory"):
        reasons = [one["reason"] for one in counts[part]]
        if any(a >= b for a, b in zip(reasons, reasons[1:])):
            return "order of the reasons"
        for one in counts[part]:
            if not one["reason"] or not REASON.fullmatch(one["reason"]) or len(one["units"]) != len(strata) \
                    or not any(one["units"]):
                return f"reason {one['reason']}"
    whole = 0
    for i, s in enumerate(strata):
        if sum(one["units"][i] for one in counts["mandatory"]) > s["draw"]:
            return f"stratum {s['id']}: more mandatory units than draws"
        whole += s["size"] + sum(one["units"][i] for one in counts["excluded"])
    return None if whole == seal["frame_size"] else f"{whole} units"


def closed_faults(seal):
    """The fields that formats 2 and 3 add."""
    second, third = (SEAL_2 - SEAL_1) & set(seal), (SEAL_3 - SEAL_2) & set(seal)
    if len(second) != (0 if is_format_1(seal) else 3) or len(third) != (3 if has_log(seal) else 0):
        return [("VER-063", "seal: unknown or missing fields")]
    if is_format_1(seal):
        return []
    f = []
    earlier = seal["earlier"]
    if not all(HEX64.fullmatch(one) for one in earlier) or len(earlier) != max(0, seal["sequence"] - 1) \
            or (earlier and not seal["previous"]):
        f.append(("VER-053", "seal: earlier"))
    if counts_fault(seal):
        f.append(("VER-052", "seal: counts"))
    elif has_log(seal) and grounds_fault(seal):
        f.append(("VER-078", "seal: grounds"))
    if has_log(seal) and not all(HEX64.fullmatch(one) for one in [seal["log"]["root"], *seal["interventions"]]):
        f.append(("VER-077", "seal: log or interventions"))
    return f


def seal_form_faults(seal):
    f = []
    if seal["format"] not in ("fairdraw-seal/1", "fairdraw-seal/2", "fairdraw-seal/3"):
        f.append(("VER-003", "format"))
    if seal["method"] not in CALIBRATE_BELOW:
        f.append(("VER-004", "method"))
    hashes = ["frame_root", "inputs_sha256", "policy_sha256", "roster_sha256", "secret_sha256"]
    for name in hashes + [name for name in ("program_sha256",) if name in seal]:
        if not HEX64.fullmatch(seal[name]):
            f.append(("VER-005", f"seal: {name} is not 64 lower-case hexadecimal digits"))
    if seal["previous"] and not HEX64.fullmatch(seal["previous"]):
        f.append(("VER-006", "seal: previous"))
    f += closed_faults(seal)
    if not re.fullmatch(r"[0-9A-Z]{2,18}", seal["agency"]) \
            or not re.fullmatch(r"[0-9]{4}-(0[0-9]|1[0-2])", seal["period"]) or seal["sequence"] == 0:
        f.append(("VER-008", "seal: agency or period"))
    e = seal["entropy"]
    if e["format"] not in ENTROPY and e["format"] != "mixed":
        f.append(("VER-009", "seal: entropy"))
    if not (is_time(seal["sealed_at"]) and is_time(e["available_at"]) and seal["sealed_at"] < e["available_at"]):
        f.append(("VER-010", "seal: sealed_at is not before the entropy's available_at"))
    return f


def strata_faults(seal):
    ids = [s["id"] for s in seal["strata"]]
    if len(set(ids)) != len(ids) or not all(STRATUM.fullmatch(h) for h in ids):
        return [("VER-015", "seal: strata")]
    return [] if ids == sorted(ids) else [("VER-015", "seal: strata are not in order")]


def seal_faults(seal):
    return seal_form_faults(seal) + strata_faults(seal)


def accepts(form, value):
    if form == "mixed":
        return mixed_of(value) is not None
    if form not in ENTROPY or not ENTROPY[form].fullmatch(value):
        return False
    if form != "ssq":
        return True
    red = [int(x) for x in value[:17].split(" ")]
    return red == sorted(set(red)) and red[0] >= 1 and red[-1] <= 33 and 1 <= int(value[18:]) <= 16


def mixed_of(value):
    """The kinds of a mixed number in order; None where a part isn't in its spelling."""
    parts = [part.split("=", 1) for part in value.split(";")]
    fits = all(len(part) == 2 and part[0] in ENTROPY and accepts(*part) for part in parts)
    return [part[0] for part in parts] if 2 <= len(parts) <= 4 and fits else None


def opening_faults(opening, seal):
    f = []
    if opening["format"] != "fairdraw-opening/1":
        f.append(("VER-003", "format"))
    for name in ("commitment", "secret"):
        if not HEX64.fullmatch(opening[name]):
            f.append(("VER-007", f"opening: {name} is not 64 lower-case hexadecimal digits"))
    form, value = seal["entropy"]["format"], opening["entropy_value"]
    if form in ENTROPY or form == "mixed":
        if not accepts(form, value):
            f.append(("VER-011", "opening: entropy_value does not have the sealed format"))
        elif form == "mixed" and mixed_of(value) != \
                [part.split(":", 1)[0] if ":" in part else "" for part in seal["entropy"]["source"].split(";")]:
            f.append(("VER-011", "opening: entropy_value does not have the sealed parts"))
    return f


def commitment_faults(opening, commitment):
    return [] if opening["commitment"] == commitment.hex() else \
        [("VER-012", f"commitment: the seal gives {commitment.hex()}")]


def secret_faults(opening, seal):
    fits = HEX64.fullmatch(opening["secret"]) and sha(bytes.fromhex(opening["secret"])).hex() == seal["secret_sha256"]
    return [] if fits else [("VER-014", "secret does not match secret_sha256")]


def check_published(report, commitment, published):
    if published is None:
        report.skip("公布的承诺值", "未与公布的承诺值核对")
        return
    fits = as_typed(published) == commitment.hex()
    report.step("公布的承诺值", "与公布的承诺值一致", [] if fits else [("VER-013", "commitment: not the published one")])


def check_statement(report, seal, written):
    """That a seal is a demonstration's it says itself, whatever is written beside it."""
    derived = DEMONSTRATION if seal["entropy"]["source"] == DEMONSTRATION_SOURCE else None
    for statement in (derived, written if written != derived else None):
        if statement is not None:
            report.skip("声明", statement)


def seed_in(opening, seal):
    return seed_of(commitment_of(seal), bytes.fromhex(opening["secret"]), opening["entropy_value"])


# ---- the draw made again ---------------------------------------------------------------------

def read_frame(data: bytes):
    """Rows of frame.csv; files that another program saved anew are taken."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("SMP-010", "unreadable: SMP-010") from None
    lines = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff")).rstrip("\n").split("\n")
    if lines[0] != "unit_id,stratum,pi_ppb,rank_ppb,reason,salt":
        raise Refused("SMP-010", "unreadable: SMP-010")
    rows = []
    for line in lines[1:]:
        cells = line.split(",")
        if len(cells) != 6 or not all(re.fullmatch(r"0|[1-9][0-9]{0,9}", cell) for cell in cells[2:4]):
            raise Refused("SMP-011", "unreadable: SMP-011")
        row = [cells[0], cells[1], int(cells[2]), int(cells[3]), cells[4], cells[5]]
        if not is_row(row):
            raise Refused("SMP-011", "unreadable: SMP-011")
        rows.append(tuple(row))
    if len({r[0] for r in rows}) != len(rows):
        raise Refused("SMP-001", "unreadable: SMP-001")
    return rows


def agrees(row):
    _, _, pi, rank, reason, _ = row
    return (pi == 0) == (rank == 0) and (pi == PPB) == (rank == PPB) and (pi == PPB or (pi == 0) == (reason != ""))


def counts_of(rows, seal):
    at = {s["id"]: i for i, s in enumerate(seal["strata"])}
    found = {"excluded": {}, "mandatory": {}}
    for _, stratum, pi, _, reason, _ in rows:
        if reason and stratum in at:
            part = found["excluded" if pi == 0 else "mandatory"]
            part.setdefault(reason, [0] * len(at))[at[stratum]] += 1
    return {part: [{"reason": r, "units": units} for r, units in sorted(lists.items())]
            for part, lists in found.items()}


LATER = ["承诺值", "公布的承诺值", "秘密", "层", "抽样框各行", "抽样框的根", "层的规模与概率之和", "实际入选概率",
         "抽取结果"]


def check_draw(rows, seal, opening, result, published=None) -> Report:
    report = Report()
    report.step("封签格式", "", seal_form_faults(seal))
    report.step("开封格式", opening["entropy_value"], opening_faults(opening, seal))
    if report.faults:
        return report.skip_all(LATER)
    commitment = commitment_of(seal)
    report.step("承诺值", commitment.hex(), commitment_faults(opening, commitment))
    check_published(report, commitment, published)
    report.step("秘密", "", secret_faults(opening, seal))
    wrong = strata_faults(seal)
    report.step("层", f"{len(seal['strata'])}", wrong)
    if ("VER-015", "seal: strata") in wrong:
        return report.skip_all(LATER[4:])
    quotas = {s["id"]: s["draw"] for s in seal["strata"]}
    f = []
    for row in ordered(rows):
        if row[1] not in quotas or not is_row(list(row)):
            f.append(("VER-016", f"frame: row of {row[0]}"))
        if not agrees(row):
            f.append(("VER-017", f"frame: {row[0]}: pi, rank and reason do not agree"))
    if len(rows) != seal["frame_size"]:
        f.append(("VER-018", "frame size"))
    report.step("抽样框各行", f"{len(rows)}", f)
    if report.faults:
        return report.skip_all(LATER[5:])
    fits = frame_root(rows).hex() == seal["frame_root"]
    report.step("抽样框的根", seal["frame_root"], [] if fits else [("VER-019", "frame does not match frame_root")])
    sums, ranks = [], []
    for s in seal["strata"]:
        mine = [r for r in rows if r[1] == s["id"] and r[2] > 0]
        if len(mine) != s["size"]:
            sums.append(("VER-020", f"stratum {s['id']}: size"))
        total = sum(r[2] for r in mine)
        if total != s["draw"] * PPB:
            sums.append(("VER-021", f"stratum {s['id']}: probabilities sum to {total} ppb, not {s['draw']} units"))
            continue
        free = [r for r in mine if r[2] < PPB]
        n = s["draw"] - (len(mine) - len(free))
        spread = sum(r[2] / 1e9 * (1 - r[2] / 1e9) for r in ordered(free))
        if spread >= CALIBRATE_BELOW[seal["method"]]:
            if any(r[2] != r[3] for r in free):
                ranks.append(("VER-022", f"stratum {s['id']}: rank differs from pi"))
        elif free:
            of = realised if seal["method"] == "pareto-pps/1" else realised_2
            for r, got in zip(free, of([r[3] / 1e9 for r in free], n)):
                p = r[2] / 1e9
                if not abs(got - p) <= 1e-5 * min(p, 1 - p) + 4e-9:
                    ranks.append(("VER-023", f"stratum {s['id']}: {r[0]}: rank realises {got:.9f}, not {p:.9f}"))
    if "counts" in seal and counts_of(rows, seal) != seal["counts"]:
        sums.append(("VER-066", "seal: counts differ from the frame's"))
    report.step("层的规模与概率之和", "", sums)
    report.step("实际入选概率", "", ranks)
    if result is None:
        report.skip("抽取结果", "没有给出结果")
        return report
    order = draw(rows, quotas, seed_in(opening, seal))
    given, f = {s["id"]: s for s in result["strata"]}, []
    if len(given) != len(result["strata"]) or set(given) != set(quotas):
        f.append(("VER-024", "result: strata differ from the seal's"))
    else:
        for h, n in quotas.items():
            want = [u for _, u in order[h]]
            if given[h]["selected"] != want[:n]:
                f.append(("VER-025", f"stratum {h}: selection differs"))
            reserves = given[h].get("reserves", [])
            if reserves != want[n:n + len(reserves)]:
                f.append(("VER-026", f"stratum {h}: reserves differ"))
            threshold = given[h].get("threshold", "")
            if threshold and threshold != (double_hex(order[h][n][0]) if len(order[h]) > n else ""):
                f.append(("VER-027", f"stratum {h}: threshold differs"))
    report.step("抽取结果", "", f)
    return report


def faults_of(rows, seal, opening, result, published=None) -> list:
    """The faults of a draw in words, from values of any shape."""
    if not isinstance(seal, dict) or set(seal) != seal_keys(seal.get("format")):
        return ["seal: unknown or missing fields"]
    if not isinstance(opening, dict) or set(opening) != OPENING:
        return ["opening: unknown or missing fields"]
    if not SEAL(seal) or not OPENED(opening):
        return ["field types"]
    return [detail for _, detail in check_draw(rows, seal, opening, result, published).faults]


# ---- listed units ----------------------------------------------------------------------------

def path_fault(leaf_hash, index, path, seal):
    """Why a leaf with its path does not lead to the sealed root; None where it does."""
    if not all(HEX64.fullmatch(p) for p in path):
        return "path"
    try:
        root = root_from_path(leaf_hash, index, seal["frame_size"], [bytes.fromhex(p) for p in path])
    except ValueError as error:
        return str(error)
    return None if root.hex() == seal["frame_root"] else "root"


def unit_key(t, rank):
    return double_hex(key(t, rank)) if rank else ""


def not_sealed(unit):
    return ("VER-032", f"{unit}: not in the sealed frame")


def key_of_hex(text):
    if not KEY.fullmatch(text):
        return None
    value = struct.unpack(">d", bytes.fromhex(text))[0]
    return None if math.isnan(value) else value


def check_against_frame(report, certificate, rows, compare):
    """The frame's steps, then `compare(order)`'s faults."""
    seal, opening = certificate["seal"], certificate["opening"]
    whole = check_draw(rows, seal, opening, None)
    names = ("抽样框各行", "抽样框的根", "层的规模与概率之和", "实际入选概率")
    report.steps += [step for step in whole.steps if step[0] in names]
    known = {detail for _, detail in report.faults}
    new = [fault for fault in whole.faults if fault[1] not in known]
    report.faults += new
    if new:
        report.skip("全部单元", "抽样框没有通过核对")
        return
    quotas = {s["id"]: s["draw"] for s in seal["strata"]}
    f = compare(draw(rows, quotas, seed_in(opening, seal)), {r[0]: r for r in rows})
    report.step("全部单元", f"{len(rows)}", f)


def check_certificate_1(c, rows=None, published=None) -> Report:
    report = Report()
    seal, opening = c["seal"], c["opening"]
    if not is_format_1(seal):
        report.step("证书格式", "", [("VER-054", "certificate: format of another seal")])
        return report
    if "digest" in c:
        bare = {k: v for k, v in c.items() if k != "digest"}
        fits = sha(canonical_json(bare)).hex() == c["digest"]
        report.step("证书摘要", c["digest"], [] if fits else [("VER-037", "digest")])
    else:
        report.skip("证书摘要", "证书没有附摘要")
    commitment = commitment_of(seal)
    report.step("承诺值", commitment.hex(), commitment_faults(opening, commitment))
    check_published(report, commitment, published)
    report.step("封签格式", "", seal_faults(seal))
    report.step("开封格式", opening["entropy_value"], opening_faults(opening, seal))
    wrong = secret_faults(opening, seal)
    report.step("秘密", "", wrong)
    if wrong:
        return report.skip_all(["层", "抽中单元在抽样框中", "票号与排序值", "抽取数与界限", "替换", "全部单元"])
    seed = seed_in(opening, seal)
    same = [s["id"] for s in c["strata"]] == [s["id"] for s in seal["strata"]]
    report.step("层", "", [] if same else [("VER-030", "strata differ from the seal's")])
    quotas = {s["id"]: s["draw"] for s in reversed(seal["strata"])}
    found, keys, limits, substitutes = [], [], [], []
    for s in c["strata"]:
        if len(s["selected"]) != quotas.get(s["id"]):
            limits.append(("VER-031", f"stratum {s['id']}: {len(s['selected'])} selected"))
        limit = math.inf if s["threshold"] == "" else key_of_hex(s["threshold"])
        if limit is None:
            limits.append(("VER-035", f"stratum {s['id']}: threshold"))
            limit = math.nan
        for item, is_selected in [(u, True) for u in s["selected"]] + [(u, False) for u in s["substitutes"]]:
            row = tuple(item["row"])
            if path_fault(leaf(row), item["index"], item["path"], seal):
                found.append(not_sealed(row[0]))
            if row[1] != s["id"] or row[2] == 0 or row[3] == 0:
                found.append(("VER-033", f"{row[0]}: not a unit of this stratum"))
                continue
            t = ticket(seed, row[0])
            if item["ticket"] != t or item["key"] != unit_key(t, row[3]):
                keys.append(("VER-034", f"{row[0]}: ticket or key"))
            elif (key(t, row[3]) < limit) != is_selected:
                limits.append(("VER-035", f"{row[0]}: key and threshold"))
        if len({u["row"][0] for u in s["selected"]}) != len(s["selected"]):
            limits.append(("VER-036", f"stratum {s['id']}: a unit twice"))
        substitutes += substitute_faults(s)
    report.step("抽中单元在抽样框中", "", found)
    report.step("票号与排序值", "", keys)
    report.step("抽取数与界限", "", limits)
    report.step("替换", "", substitutes)

    def compare(order, rows_by_id):
        f, leaves = [], None
        for s in c["strata"]:
            want = order.get(s["id"], [])
            n = quotas.get(s["id"], 0)
            threshold = double_hex(want[n][0]) if len(want) > n else ""
            if s["threshold"] != threshold or [u["row"] for u in s["selected"]] != \
                    [list(rows_by_id[u]) for _, u in want[:n]]:
                f.append(("VER-039", f"stratum {s['id']}: selection differs"))
        return f
    if rows is None:
        report.skip("全部单元", "没有给出抽样框：不能确认没有单元被遗漏")
    else:
        check_against_frame(report, c, rows, compare)
    check_statement(report, seal, c.get("statement"))
    return report


def substitute_faults(s):
    """Format 1: in the order of the reserves, each once, for a listed unit, with a reason."""
    f, last = [], None
    for i, item in enumerate(s["substitutes"]):
        unit, before = item["row"][0], s["substitutes"][:i]
        known = any(u["row"][0] == item["replaces"] for u in s["selected"] + before)
        if not known or any(u["replaces"] == item["replaces"] for u in before):
            f.append(("VER-038", f"{unit}: substitute"))
        if not item["reason"].strip(SPACE):
            f.append(("VER-038", f"{unit}: substitute"))
        at = key_of_hex(item["key"])
        at = (math.nan if at is None else at, unit)
        if last and (last[0] > at[0] or (last[0] >= at[0] and last[1] >= at[1])):
            f.append(("VER-038", f"{unit}: substitute"))
        last = at
    return f


# ---- a certificate of format 2 or 3 ----------------------------------------------------------

def shown_leaf(unit):
    return unit["leaf"] if "leaf" in unit else leaf(tuple(unit["row"])).hex()


def heads_of(c):
    """The chain over opening, drawn units and changes: its values, hexadecimal."""
    drawn = [{"id": s["id"], "selected": [shown_leaf(u) for u in s["selected"]], "threshold": s["threshold"]}
             for s in c["strata"]]
    parts = [commitment_of(c["seal"]), sha(canonical_json(c["opening"])), sha(canonical_json(drawn))]
    interventions = c.get("interventions", [])
    if "log" in c:
        before = [one for one in interventions if one["after"] == 0]
        head = sha(b"fairdraw/3/head\n", *parts, sha(canonical_json(c["log"])), sha(canonical_json(before)))
    else:
        head = sha(b"fairdraw/2/head\n", *parts)
    heads = [head.hex()]
    for one in course_of(c["changes"], interventions):
        kind = b"fairdraw/3/intervention\n" if "after" in one else b"fairdraw/2/change\n"
        head = sha(kind, head, sha(canonical_json(one)))
        heads.append(head.hex())
    return heads


def course_of(changes, interventions):
    """What was done after the opening, in order: an intervention stands behind the changes that it names."""
    course = [one for one in interventions if one["after"] == 1]
    for i, change in enumerate(changes):
        course += [change, *(one for one in interventions if one["after"] == i + 2)]
    return course


def is_said(text):
    return bool(text.strip(SPACE)) and len(text) <= 2000


def intervention_form(one):
    mark = re.compile(r"(([0-9]+:)?[0-9a-f]{64})?")
    return (is_said(one["operator"]) and is_said(one["reason"]) and is_said(one["second"])
            and one["operator"] != one["second"] and bool(one["changed"])
            and all(is_said(x["path"]) and mark.fullmatch(x["expected"]) and mark.fullmatch(x["found"])
                    for x in one["changed"])
            and HEX64.fullmatch(one["log"]["root"]) and is_time(one["at"]))


def log_faults(c):
    """The log's heads and what another hand did: forms, that the seal binds those before it, that the log only grows."""
    wrong = [("VER-076", "log or interventions")]
    interventions, known = c["interventions"], c["seal"]["interventions"]
    before, later = interventions[:len(known)], interventions[len(known):]
    if [sha(canonical_json(one)).hex() for one in before] != known or not all(map(intervention_form, interventions)):
        return wrong
    places = [one["after"] for one in interventions]
    if places != sorted(places) or any(one["after"] for one in before) or max(places, default=0) > len(c["changes"]) + 1:
        return wrong

    def of(one):  # its head, and whether the log may have begun anew before it
        return one["log"], any(x["path"] == "journal.jsonl" for x in one.get("changed", []))
    course = [*map(of, before), (c["seal"]["log"], False), *(of(one) for one in later if one["after"] == 0),
              (c["log"], False), *map(of, course_of(c["changes"], later))]
    if not all(HEX64.fullmatch(head["root"]) for head, _ in course):
        return wrong
    grows = all(b["size"] > a["size"] or anew for (a, _), (b, anew) in zip(course, course[1:]))
    return [] if grows else wrong


def own_fields(c):
    """True where a certificate has exactly the fields of its format, in itself and in its changes."""
    third = c["format"].endswith("3")
    return all((key in c) == third for key in ("log", "interventions")) \
        and all((key in x) == third for x in c["changes"] for key in ("log", "document"))


def ended_fault(entry, own, sequence):
    seal, available = entry["seal"], entry["seal"]["entropy"]["available_at"]
    demonstration = seal["entropy"]["source"] == DEMONSTRATION_SOURCE
    if seal_faults(seal) or (seal["agency"], seal["period"], seal["sequence"]) != \
            (own["agency"], own["period"], sequence):
        return True
    if not is_time(entry["at"]) or not seal["sealed_at"] <= entry["at"] <= own["sealed_at"]:
        return True
    if not entry["again"].strip(SPACE):
        return True
    if entry["state"] == "opened":
        return (entry["at"] < available and not demonstration) or entry["reason"] != "" or entry["secret"] != ""
    if not entry["reason"].strip(SPACE):
        return True
    if entry["secret"] == "":
        return "秘密遗失" not in entry["reason"]
    late = entry["at"] >= available and not demonstration
    return late or not HEX64.fullmatch(entry["secret"]) \
        or sha(bytes.fromhex(entry["secret"])).hex() != seal["secret_sha256"]


def earlier_faults(own, earlier):
    bound, wrong = own["earlier"], [("VER-055", "earlier seals")]
    if len(earlier) != len(bound):
        return wrong
    for i, (entry, known) in enumerate(zip(earlier, bound)):
        following = earlier[i + 1]["seal"] if i + 1 < len(earlier) else own
        if sha(canonical_json(entry)).hex() != known or ended_fault(entry, own, i + 1) \
                or entry["at"] > following["sealed_at"] \
                or ("earlier" in following and following["earlier"][i:i + 1] != [known]):
            return wrong
    return []


def is_mandatory(unit):
    return "row" in unit and unit["row"][2] == PPB and unit["row"][4] not in ("", "certain")


def change_form(change):
    """What is wrong with a change's form; None where nothing is."""
    kind, by, case, person = change["kind"], change["by"], change["case"], change["person"]
    used = {"substitute": HEX64.fullmatch(by) and case in ("closed", "moved", "merged", "stopped") and person == "",
            "replace": by == "" and case == "" and person != "" and not change["skipped"],
            "add": by == "" and REASON.fullmatch(case) and person == "" and not change["skipped"]}[kind]
    named = all(HEX64.fullmatch(one["unit"]) and one["ground"] in GROUNDS for one in change["skipped"])
    if not used or not PERSON.fullmatch(person) or not HEX64.fullmatch(change["unit"]) or not named:
        return "fields"
    if not change["reason"].strip(SPACE) or len(change["reason"]) > 2000:
        return "reason"
    if change["evidence"] and not HEX64.fullmatch(change["evidence"]):
        return "evidence"
    document = change.get("document")
    if document is not None and (len(document) > 2000 or (
            kind != "add" and not change["evidence"] and not document.strip(SPACE))):
        return "document"  # who is taken out of the draw, or away from a unit, is so on evidence
    return None if is_time(change["at"]) else "time"


def change_faults(c):
    """The changes replayed: each substitution takes the very next reserve, passed-over ones being named."""
    f = []
    reserves = [[shown_leaf(u) for u in s["reserves"]] for s in c["strata"]]
    used = [0] * len(reserves)
    listed = {}
    for i, s in enumerate(c["strata"]):
        for unit in s["selected"]:
            listed[shown_leaf(unit)] = (i, is_mandatory(unit))
    demonstration = c["seal"]["entropy"]["source"] == DEMONSTRATION_SOURCE
    before = "" if demonstration else c["seal"]["entropy"]["available_at"]

    def substitute(change):
        place = listed.pop(change["unit"], None)
        if place is None:
            return "not on the list"
        i, mandatory = place
        if i is None:
            return "a triggered check"
        if mandatory:
            return "a mandatory unit"
        left, passed = reserves[i][used[i]:], len(change["skipped"])
        if [one["unit"] for one in change["skipped"]] != left[:passed] or left[passed:passed + 1] != [change["by"]]:
            return "not the next reserve"
        used[i] += passed + 1
        again = change["by"] in listed
        listed[change["by"]] = (i, False)
        return "twice" if again else None
    for at, change in enumerate(c["changes"]):
        def bad(what, at=at):
            f.append(("VER-064", f"change {at + 1}: {what}"))
        wrong = change_form(change)
        if wrong:
            bad(wrong)
            continue
        if change["at"] < before:
            bad("time")
        before = change["at"]
        if change["kind"] == "substitute":
            wrong = substitute(change)
            if wrong:
                bad(wrong)
        elif change["kind"] == "replace":
            if change["unit"] not in listed:
                bad("not on the list")
        else:
            if change["unit"] in listed:
                bad("on the list already")
            listed[change["unit"]] = (None, False)
    for s, mine, n in zip(c["strata"], reserves, used):
        if max(n, 1 if mine else 0) != len(mine):
            f.append(("VER-057", f"stratum {s['id']}: reserves that no change used"))
    shown = [leaf(tuple(unit["row"])).hex() for unit in c["added"]]
    if len(set(shown)) != len(shown) or not set(shown) <= {x["unit"] for x in c["changes"] if x["kind"] == "add"}:
        f.append(("VER-074", "added units"))
    return f


def check_listed(report, c, seed):
    seal = c["seal"]
    found, keys, limits = [], [], []
    for s, sealed in zip(c["strata"], seal["strata"]):
        units = s["selected"] + s["reserves"]
        if len(s["selected"]) != sealed["draw"]:
            limits.append(("VER-031", f"stratum {s['id']}: {len(s['selected'])} selected"))
        for unit in units:
            if "leaf" in unit:
                if not HEX64.fullmatch(unit["leaf"]) or \
                        path_fault(bytes.fromhex(unit["leaf"]), unit["index"], unit["path"], seal):
                    found.append(not_sealed(unit["leaf"]))
                continue
            row = tuple(unit["row"])
            if path_fault(leaf(row), unit["index"], unit["path"], seal):
                found.append(not_sealed(row[0]))
            if row[1] != s["id"] or row[2] == 0 or row[3] == 0:
                found.append(("VER-033", f"{row[0]}: not a unit of this stratum"))
                continue
            t = ticket(seed, row[0])
            if unit["ticket"] != t or unit["key"] != unit_key(t, row[3]):
                keys.append(("VER-034", f"{row[0]}: ticket or key"))
        named = [(u["key"], u["row"][0]) for u in units if "row" in u]
        if len({shown_leaf(u) for u in units}) != len(units):
            limits.append(("VER-036", f"stratum {s['id']}: a unit twice"))
        elif any(a >= b for a, b in zip(named, named[1:])):
            limits.append(("VER-072", f"stratum {s['id']}: order"))
        first = s["reserves"][0] if s["reserves"] else {"key": ""}
        if "key" in first:
            fits = s["threshold"] == first["key"]
        else:
            last = max((u["key"] for u in s["selected"] if "row" in u), default=None)
            after = min((u["key"] for u in s["reserves"] if "row" in u), default=None)
            fits = re.fullmatch(r"[0-9a-f]{16}", s["threshold"]) and (last is None or last <= s["threshold"]) \
                and (after is None or s["threshold"] <= after)
        if not fits:
            limits.append(("VER-073", f"stratum {s['id']}: threshold"))
        most = max(0, sealed["size"] - sealed["draw"])
        if (most > 0 and not s["reserves"]) or len(s["reserves"]) > most:
            limits.append(("VER-056", f"stratum {s['id']}: {len(s['reserves'])} reserves"))
    for unit in c["added"]:
        if path_fault(leaf(tuple(unit["row"])), unit["index"], unit["path"], seal):
            found.append(not_sealed(unit["row"][0]))
    report.step("抽中单元在抽样框中", "", found)
    report.step("票号与排序值", "", keys)
    report.step("抽取数与界限", "", limits)


def check_certificate_2(c, rows=None, published=None, head=None) -> Report:
    report = Report()
    seal, opening = c["seal"], c["opening"]
    if is_format_1(seal) or c["format"].endswith("3") != has_log(seal):
        report.step("证书格式", "", [("VER-054", "certificate: format of another seal")])
        return report
    if not own_fields(c):
        report.step("证书格式", "", [("VER-075", "certificate: unknown or missing fields")])
        return report
    commitment = commitment_of(seal)
    report.step("承诺值", commitment.hex(), commitment_faults(opening, commitment))
    check_published(report, commitment, published)
    report.step("封签格式", "", seal_faults(seal))
    report.step("开封格式", opening["entropy_value"], opening_faults(opening, seal))
    report.step("秘密", "", secret_faults(opening, seal))
    later = ["以往封存", "层", "抽中单元在抽样框中", "票号与排序值", "抽取数与界限", "变更",
             *(["日志与外部改动"] if has_log(seal) else []), "变更摘要", "全部单元"]
    if report.faults:
        return report.skip_all(later)
    seed = seed_in(opening, seal)
    report.step("以往封存", f"{len(c['earlier'])}", earlier_faults(seal, c["earlier"]))
    same = [s["id"] for s in c["strata"]] == [s["id"] for s in seal["strata"]]
    report.step("层", "", [] if same else [("VER-030", "strata differ from the seal's")])
    if not same:
        return report.skip_all(later[2:])
    check_listed(report, c, seed)
    report.step("变更", f"{len(c['changes'])}", change_faults(c))
    if has_log(seal):
        report.step("日志与外部改动", f"{len(c['interventions'])}", log_faults(c))
    heads = heads_of(c)
    report.step("变更摘要", heads[-1], [] if c["head"] == heads[-1] else [("VER-058", "head")])
    if head is None:
        report.skip("公布的变更摘要", "未与公布的变更摘要核对")
    else:
        known = as_typed(head)
        after = heads[::-1].index(known) if known in heads else None
        words = f"公布之后另有 {after} 项变更" if after else "与公布的变更摘要一致"
        report.step("公布的变更摘要", words, [] if after is not None else [("VER-059", "head: not the published one")])

    def compare(order, rows_by_id):
        f = []
        for s, sealed in zip(c["strata"], seal["strata"]):
            want, n = order[s["id"]], sealed["draw"]
            leaves = [leaf(rows_by_id[u]).hex() for _, u in want[:n + len(s["reserves"])]]
            threshold = double_hex(want[n][0]) if len(want) > n else ""
            if s["threshold"] != threshold or [shown_leaf(u) for u in s["selected"] + s["reserves"]] != leaves:
                f.append(("VER-065", f"stratum {s['id']}: selection differs"))
        return f
    if rows is None:
        report.skip("全部单元", "没有给出抽样框：不能确认没有单元被遗漏")
    else:
        check_against_frame(report, c, rows, compare)
    masked = sum("leaf" in u for s in c["strata"] for u in s["selected"] + s["reserves"])
    unnamed = max(0, sum(x["kind"] == "add" for x in c["changes"]) - len(c["added"]))
    if masked or unnamed:
        report.skip("屏蔽", f"{masked} 个单元尚未检查，已屏蔽；{unnamed} 项触发式检查没有列出单元")
    by_hand = c.get("interventions", [])
    if by_hand:
        report.skip("外部改动", "；".join(
            f"{one['at']} {one['operator']}、{one['second']} 采用程序之外的改动"
            f"（{'、'.join(x['path'] for x in one['changed'])}），理由：{one['reason']}" for one in by_hand))
    check_statement(report, seal, None)
    return report


def check_certificate(data: bytes, frame=None, published=None, head=None) -> Report:
    """A certificate's file, with the frame's where it is given."""
    try:
        c = read_certificate(data)
        rows = None if frame is None else read_frame(frame)
    except Refused as error:
        return unreadable(error)
    if c["format"].endswith("1"):
        report = check_certificate_1(c, rows, published)
    else:
        report = check_certificate_2(c, rows, published, head)
    if rows is not None:
        masked = any("leaf" in u for s in c["strata"] for u in s["selected"] + s.get("reserves", []))
        result = {"strata": [{"id": s["id"], "selected": [u["row"][0] for u in s["selected"] if "row" in u]}
                             for s in c["strata"]]}
        full = check_draw(rows, c["seal"], c["opening"], None if masked else result, published)
        known = {(name, state) for name, state, _ in report.steps}
        report.steps += [step for step in full.steps if (step[0], step[1]) not in known]
        details = {detail for _, detail in report.faults}
        report.faults += [fault for fault in full.faults if fault[1] not in details]
    return report


# ---- a unit's own proof ----------------------------------------------------------------------

def outcome_of(proof):
    if proof["row"][2] == 0:
        return "本期不参加抽取"
    if "draw" not in proof:
        words = {"drawn": "机关告知抽中", "replacement": "机关告知替换列入"}
        return words[proof["told"]["entered"]] if "told" in proof else "尚未开封"
    limit, own = key_of_hex(proof["draw"]["threshold"]), key_of_hex(proof["draw"]["key"])
    return "抽中" if own is not None and own < (math.inf if limit is None else limit) else "未抽中"


def check_proof(proof, published=None) -> Report:
    report = Report()
    seal, row, part = proof["seal"], tuple(proof["row"]), proof.get("draw")
    if proof["format"] not in ("fairdraw-proof/1", "fairdraw-proof/2"):
        report.step("证明格式", "", [("VER-003", "format")])
        return report
    first = proof["format"] == "fairdraw-proof/1"
    alien = "reserve" in (part or {}) or "told" in proof if first else "statement" in proof
    alien = alien or part is not None and "told" in proof
    if first != is_format_1(seal) or alien:
        report.step("证明格式", "", [("VER-068", "proof: format of another seal")])
        return report
    report.step("封签格式", "", seal_faults(seal))
    if report.faults:
        return report
    commitment = commitment_of(seal)
    check_published(report, commitment, published)
    inside = path_fault(leaf(row), proof["index"], proof["path"], seal) is None
    report.step("单元在抽样框中", "", [] if inside else [not_sealed(row[0])])
    fits = any(s["id"] == row[1] for s in seal["strata"]) and agrees(row)
    report.step("入选概率", f"{row[2] / 1e7:.7f} %", [] if fits else
                [("VER-017", f"frame: {row[0]}: pi, rank and reason do not agree")])
    if part is None and "told" in proof:
        check_told(report, proof)
    elif part is None:
        report.skip("抽取", "尚未开封")
    else:
        check_draw_part(report, proof, part, commitment, first)
    check_statement(report, seal, proof.get("statement"))
    return report


def check_told(report, proof):
    """What can be checked of what the office told without the opening."""
    seal, row, told = proof["seal"], proof["row"], proof["told"]
    wrong = lambda what: report.step("机关告知", "", [("VER-079", f"{row[0]}: {what}")])
    sealed = next((s for s in seal["strata"] if s["id"] == row[1]), None)
    has_reserves = sealed is not None and sealed["size"] > sealed["draw"]
    limit, own = key_of_hex(told["threshold"]), key_of_hex(told["key"])
    below = limit is None or own is not None and own < limit
    if row[2] == 0 or row[3] == 0 or row[3] > PPB:
        wrong("told of an excluded unit")
    elif told["key"] != unit_key(told["ticket"], row[3]):
        wrong("ticket or key")
    elif (limit is not None) != has_reserves or (limit is None and told["threshold"] != ""):
        wrong("threshold")
    elif (told["entered"] == "drawn") != below:
        wrong("key and threshold")
    elif not HEX64.fullmatch(told["head"]):
        wrong("head")
    else:
        report.skip("机关告知", f"{outcome_of(proof)}，票号 {told['ticket']}；公布证书后与证书核对，不能更改")


def told_holds(proof, c) -> bool:
    """Whether what was told is what the certificate says."""
    row, told = proof["row"], proof["told"]
    if "changes" not in c or not HEX64.fullmatch(c["opening"]["secret"]):
        return False
    s = next((s for s in c["strata"] if s["id"] == row[1]), None)
    if s is None or ticket(seed_in(c["opening"], c["seal"]), row[0]) != told["ticket"] \
            or s["threshold"] != told["threshold"] or heads_of(c)[0] != told["head"]:
        return False
    own = leaf(tuple(row)).hex()
    selected, came = any(shown_leaf(u) == own for u in s["selected"]), any(x["by"] == own for x in c["changes"])
    return selected if told["entered"] == "drawn" else came and not selected


def check_draw_part(report, proof, part, commitment, first):
    seal, row, opening = proof["seal"], proof["row"], part["opening"]
    report.step("开封格式", "", opening_faults(opening, seal))
    report.step("承诺值", commitment.hex(), commitment_faults(opening, commitment))
    report.step("秘密", "", secret_faults(opening, seal))
    if not HEX64.fullmatch(opening["secret"]):
        return
    seed, f = seed_in(opening, seal), []
    t = ticket(seed, row[0])
    if part["ticket"] != t or part["key"] != unit_key(t, row[3]):
        f.append(("VER-034", f"{row[0]}: ticket or key"))
    if part["threshold"] and key_of_hex(part["threshold"]) is None:
        f.append(("VER-035", f"{row[0]}: key and threshold"))
    report.step("票号与排序值", outcome_of(proof), f)
    if row[2] == 0:
        if "reserve" in part:
            report.step("界限值", "", [("VER-069", "reserve of an excluded unit")])
        return
    sealed = next((s for s in seal["strata"] if s["id"] == row[1]), None)
    has_reserves = sealed is not None and sealed["size"] > sealed["draw"]
    if not first and (part["threshold"] == "") == has_reserves:
        report.step("界限值", "", [("VER-070", "threshold")])
        return
    reserve = part.get("reserve")
    if reserve is None:
        if has_reserves:
            report.skip("界限值", "界限值是机关所述：抽中与否请与公布的证书核对")
        else:
            report.step("界限值", "本层全部抽取，没有备选", [])
        return
    other = tuple(reserve["row"])
    t = ticket(seed, other[0])
    fits = path_fault(leaf(other), reserve["index"], reserve["path"], seal) is None and other[1] == row[1] \
        and other[3] != 0 and agrees(other) and reserve["ticket"] == t \
        and reserve["key"] == unit_key(t, other[3]) and reserve["key"] == part["threshold"]
    report.step("界限值", f"为 {other[0]} 的排序值", [] if fits else [("VER-071", f"{other[0]}: first reserve")])


def check_proof_with(proof, c) -> Report:
    """A proof against the certificate of its draw: with it nothing in the proof is the office's word."""
    report = Report()
    wrong = [("VER-060", f"{proof['row'][0]}: proof and certificate")]
    if c["seal"] != proof["seal"]:
        report.step("与证书一致", "", wrong)
    elif "told" in proof:
        report.step("与证书一致", outcome_of(proof), [] if told_holds(proof, c) else wrong)
    elif "draw" not in proof:
        report.skip("与证书一致", "证明不含抽取结果")
    else:
        own = leaf(tuple(proof["row"])).hex()
        selected = [u for s in c["strata"] for u in s["selected"]]
        listed = any(shown_leaf(u) == own or u.get("row", [None])[0] == proof["row"][0] for u in selected)
        limits = [s["threshold"] for s in c["strata"] if s["id"] == proof["row"][1]][:1]
        fits = proof["draw"]["opening"] == c["opening"] and limits == [proof["draw"]["threshold"]] \
            and listed == (outcome_of(proof) == "抽中")
        report.step("与证书一致", outcome_of(proof), [] if fits else wrong)
    return report


# ---- signatures of office and witness --------------------------------------------------------

def add_points(p, q, a, prime):
    """On a Weierstrass curve, affine; None is the point at infinity."""
    if p is None or q is None:
        return q if p is None else p
    (x1, y1), (x2, y2) = p, q
    if x1 == x2 and (y1 + y2) % prime == 0:
        return None
    slope = ((3 * x1 * x1 + a) * pow(2 * y1, -1, prime) if p == q else (y2 - y1) * pow(x2 - x1, -1, prime)) % prime
    x = (slope * slope - x1 - x2) % prime
    return x, (slope * (x1 - x) - y1) % prime


def times(k, p, add):
    out = None
    while k:
        if k & 1:
            out = add(out, p)
        p, k = add(p, p), k >> 1
    return out


def sm3(data: bytes) -> bytes:
    """GB/T 32905."""
    mask = 0xFFFFFFFF
    rol = lambda x, n: (x << n % 32 | x >> (32 - n % 32)) & mask if n % 32 else x
    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    for at in range(0, len(padded), 64):
        w = list(struct.unpack(">16I", padded[at:at + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15)
            w.append((x ^ rol(x, 15) ^ rol(x, 23)) ^ rol(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            s1 = rol((rol(a, 12) + e + rol(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & mask, 7)
            s2 = s1 ^ rol(a, 12)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & mask & g
            t1 = (ff + d + s2 + (w[j] ^ w[j + 4])) & mask
            t2 = (gg + h + s1 + w[j]) & mask
            a, b, c, d = t1, a, rol(b, 9), c
            e, f, g, h = t2 ^ rol(t2, 9) ^ rol(t2, 17), e, rol(f, 19), g
        v = [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *v)


def sm2_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """GB/T 32918.2 with the name 1234567812345678."""
    p = 2 ** 256 - 2 ** 224 - 2 ** 96 + 2 ** 64 - 1
    n = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    a, b = p - 3, 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    g = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
         0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
    number = lambda part: int.from_bytes(part, "big")
    x, y = number(key[1:33]), number(key[33:])
    r, s = number(signature[:32]), number(signature[32:])
    if len(key) != 65 or key[0] != 4 or not (x < p and y < p and (y * y - x ** 3 - a * x - b) % p == 0) \
            or not (0 < r < n and 0 < s < n) or (r + s) % n == 0:
        return False
    name = b"1234567812345678"
    field = lambda v: v.to_bytes(32, "big")
    z = sm3(struct.pack(">H", len(name) * 8) + name + b"".join(map(field, (a, b, *g, x, y))))
    add = lambda u, v: add_points(u, v, a, p)
    point = add(times(s, g, add), times((r + s) % n, (x, y), add))
    return point is not None and (number(sm3(z + message)) + point[0]) % n == r


def ed25519_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032."""
    p, order = 2 ** 255 - 19, 2 ** 252 + 27742317777372353535851937790883648493
    d = -121665 * pow(121666, -1, p) % p

    def add(u, v):
        if u is None or v is None:
            return v if u is None else u
        (x1, y1), (x2, y2) = u, v
        k = d * x1 * x2 * y1 * y2 % p
        return (x1 * y2 + x2 * y1) * pow(1 + k, -1, p) % p, (y1 * y2 + x1 * x2) * pow(1 - k, -1, p) % p

    def point(data):
        y = int.from_bytes(data, "little")
        sign, y = y >> 255, y & (1 << 255) - 1
        if y >= p:
            return None
        square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        if (x * x - square) % p:
            x = x * pow(2, (p - 1) // 4, p) % p
        if (x * x - square) % p or (x == 0 and sign):
            return None
        return (p - x if x & 1 != sign else x), y
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(key) != 32 or a is None or r is None or s >= order:
        return False
    base = point((4 * pow(5, -1, p) % p).to_bytes(32, "little"))
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % order
    return (times(s, base, add) or (0, 1)) == (add(r, times(k, a, add)) or (0, 1))


STATEMENT = map_of({**dict.fromkeys(("format", "agency", "period", "commitment", "sha256", "at", "signer", "key"),
                                    is_text),
                    "role": lambda v: v in ("office", "witness"),
                    "subject": lambda v: v in ("seal", "opening", "certificate"), "sequence": is_whole})
SIGNED = map_of({"statement": STATEMENT, "signature": is_text})


def is_signed(said):
    statement, key = said["statement"], said["statement"]["key"]
    kind, _, digits = key.partition(":")
    verifies = {"ed25519": (ed25519_verifies, 64), "sm2": (sm2_verifies, 130)}.get(kind)
    if statement["format"] != "fairdraw-statement/1" or verifies is None \
            or not re.fullmatch(r"[0-9a-f]{%d}" % verifies[1], digits) \
            or not re.fullmatch(r"[0-9a-f]{128}", said["signature"]):
        return False
    message = b"fairdraw/1/statement\n" + canonical_json(statement)
    return verifies[0](bytes.fromhex(digits), message, bytes.fromhex(said["signature"]))


def keys_in(policy: str, name: str):
    """The keys that a policy binds under `name: [(name: "…", key: "…"), …]`."""
    found = re.search(name + r"\s*:\s*\[(.*?)\]", policy, re.S)
    return re.findall(r'key\s*:\s*"([^"]*)"', found.group(1)) if found else []


def check_signatures(c, data: bytes, anchors, policy) -> Report:
    """What office and witness signed; what else anchors.json holds is named and left to others."""
    report = Report()
    seal = c["seal"]
    commitment = commitment_of(seal).hex()
    if policy is not None and sha(policy).hex() != seal["policy_sha256"]:
        report.step("规则文件", "", [("ANC-061", "policy: not the sealed one")])
        policy = None
    anchors = anchors or {}
    stamps = anchors.get("stamps", [])
    report.skip("封存先于公开数", f"附有时间戳 {len(stamps)} 枚，本程序不核对：openssl ts -verify，或 fairdraw verify"
                if stamps else "未证明封存先于公开数：没有时间戳")
    hashes = {"seal": commitment, "opening": sha(canonical_json(c["opening"])).hex(), "certificate": heads_of(c)[-1] if not c["format"].endswith("1") else sha(data).hex()}
    for role, name, rule in (("office", "本单位的签名", "office_keys"), ("witness", "见证人的签名", "witness_keys")):
        said = [one for one in anchors.get("statements", []) if SIGNED(one) and one["statement"]["role"] == role]
        if not said:
            report.skip(name, "未签名")
            continue
        bound, f, told = None if policy is None else keys_in(policy.decode("utf-8"), rule), [], []
        for one in said:
            s = one["statement"]
            told.append(f"{s['signer']}于 {s['at']} 签 {s['subject']}")
            if not is_signed(one):
                f.append(("ANC-050", "statement: signature"))
            elif s["commitment"] != commitment or s["sha256"] != hashes[s["subject"]] or not is_time(s["at"]) or \
                    (s["agency"], s["period"], s["sequence"]) != (seal["agency"], seal["period"], seal["sequence"]):
                f.append(("ANC-051", "statement: another file"))
            elif bound is not None and s["key"] not in bound:
                f.append(("ANC-052", "statement: key is not bound by the plan"))
        if bound is None and not f:
            report.skip(name, "；".join(told) + "；公钥未与计划约定的核对（没有给出规则文件）")
        else:
            report.step(name, "；".join(told), f)
    return report


# ---- who inspects ----------------------------------------------------------------------------

ROSTER = "certificate,body,lead,skills,checks_max,recusals"
NEEDS = "unit_id,body,skill"
ASSIGNMENT = "unit_id,body,lead_certificate,second_certificate,skill,skill_slot"


def read_table(data, heading, what):
    """Rows of a sealed table: LF after every row, the exact heading, no quotes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("ROS-001", f"{what}: not readable") from None
    lines = text.split("\n")
    width = heading.count(",") + 1
    if "\r" in text or lines[-1] != "" or lines[0] != heading or any(row.count(",") + 1 != width for row in lines[1:-1]):
        raise Refused("ROS-001", f"{what}: not readable")
    rows = [row.split(",") for row in lines[1:-1]]
    if any(a[0].encode() >= b[0].encode() for a, b in zip(rows, rows[1:])):
        raise Refused("ROS-001", f"{what}: order")
    return rows


def read_roster(data):
    people = []
    for certificate, body, lead, skills, most, recusals in read_table(data, ROSTER, "roster"):
        if lead not in ("0", "1") or not re.fullmatch(r"0|[1-9][0-9]{0,8}", most):
            raise Refused("ROS-001", f"roster: {certificate}")
        people.append({"id": certificate, "body": body, "lead": lead == "1", "max": int(most),
                       "skills": set(filter(None, skills.split(";"))),
                       "recusals": set(filter(None, recusals.split(";")))})
    return people


def read_needs(data):
    return [{"unit": unit, "body": body, "skill": skill} for unit, body, skill in read_table(data, NEEDS, "needs")]


def skill_slot(people, need):
    """On which slot a needed skill falls: where its people have more checks_max; a tie falls on A."""
    if not need["skill"]:
        return ""
    able = [p for p in people if p["body"] == need["body"] and need["skill"] in p["skills"]]
    return "A" if sum(p["max"] for p in able if p["lead"]) >= sum(p["max"] for p in able) else "B"


def may_hold(person, need, slot, skilled):
    return person["body"] == need["body"] and (slot == "B" or person["lead"]) \
        and (skilled != slot or need["skill"] in person["skills"]) and need["unit"] not in person["recusals"]


class Body:
    """A body's checks and people: slots 2i (A) and 2i + 1 (B) of check i, and a flow that fills them."""

    def __init__(self, people, needs):
        self.people = [p for p in people if p["max"] > 0]
        self.needs = needs
        self.slots = []
        for need in needs:
            skilled = skill_slot(people, need)
            for slot in "AB":
                self.slots.append({k for k, p in enumerate(self.people) if may_hold(p, need, slot, skilled)})
        self.fixed = [False] * len(self.slots)
        self.clear([p["max"] for p in self.people])

    def clear(self, limits):
        self.limits = limits
        self.holder = [None] * len(self.slots)
        self.load = [0] * len(self.people)

    def insert(self, slot):
        """Fills an empty slot along an augmenting path; False where there is none."""
        parent, queue = {("slot", slot): None}, [("slot", slot)]
        for node in queue:
            kind, at = node
            if kind == "slot":
                partner = self.holder[at ^ 1]
                for k in self.slots[at]:
                    if k == self.holder[at] or ("person", k) in parent:
                        continue
                    if k == partner:
                        # the other of the check may come over and leave its own slot open
                        other = ("slot", at ^ 1)
                        if not self.fixed[at ^ 1] and at ^ 1 != slot and other not in parent:
                            parent[other] = node
                            queue.append(other)
                        continue
                    parent["person", k] = node
                    if self.load[k] < self.limits[k]:
                        self.follow(parent, k)
                        return True
                    queue.append(("person", k))
            else:
                for held, k in enumerate(self.holder):
                    if k == at and not self.fixed[held] and ("slot", held) not in parent:
                        parent["slot", held] = node
                        queue.append(("slot", held))
        return False

    def follow(self, parent, k):
        """Walks the path back: everybody on it takes the slot that it reached them by."""
        self.load[k] += 1
        taker, node = k, parent["person", k]
        while node is not None:
            _, at = node
            before, origin = self.holder[at], parent[node]
            self.holder[at] = taker
            if origin is None:
                return
            taker = before
            if origin[0] == "person":
                # `before` gave the slot up for the one it was reached by
                node = parent["person", before]
            else:
                node = origin

    def fill(self):
        return all(self.holder[s] is not None or self.insert(s) for s in range(len(self.slots)))

    def can_have(self, slot, k):
        """Gives an undecided slot to somebody for good, where everything still open can be filled."""
        saved = self.holder[:], self.load[:]
        old = self.holder[slot]
        if old != k:
            if old is not None:
                self.load[old] -= 1
            self.holder[slot] = k
            self.load[k] += 1
            empty = []
            if self.holder[slot ^ 1] == k:
                if self.fixed[slot ^ 1]:
                    self.holder, self.load = saved
                    return False
                self.holder[slot ^ 1] = None
                self.load[k] -= 1
                empty.append(slot ^ 1)
            self.fixed[slot] = True
            while self.load[k] > self.limits[k]:
                held = next((s for s, p in enumerate(self.holder) if p == k and not self.fixed[s]), None)
                if held is None:
                    break
                self.holder[held] = None
                self.load[k] -= 1
                empty.append(held)
            if self.load[k] > self.limits[k] or not all(self.insert(s) for s in empty):
                self.fixed[slot] = False
                self.holder, self.load = saved
                return False
        self.fixed[slot] = True
        return True


def pair_number(seed, unit, slot, attempt):
    return int.from_bytes(sha(b"fairdraw/2/pair\n", seed, f"{unit}\n{slot}\n{attempt}".encode())[:8], "big")


class Window:
    """Attempts at one slot: the window of the able, and the seed's choice in it (pareto-pps/2)."""

    def __init__(self, seed, unit, slot):
        self.seed, self.unit, self.slot, self.attempt = seed, unit, slot, 0

    def choose(self, able):
        """`able` is a list of (person, load, max, paired) ascending by certificate; who is chosen, or None."""
        if not able:
            return None
        inside = [one for one in able if all(one[1] * other[2] < (other[1] + 1) * one[2] for other in able)]
        fewest = min(one[3] for one in inside)
        inside = [one for one in inside if one[3] == fewest]
        x = pair_number(self.seed, self.unit, self.slot, self.attempt)
        self.attempt += 1
        return inside[x * len(inside) >> 64]


def check_order(seed, needs):
    return sorted(range(len(needs)), key=lambda i: sha(b"fairdraw/1/check\n", seed, needs[i]["unit"].encode()))


def pair_within_one(seed, people, needs):
    """A body's pairs by pareto-pps/2; None where its slots can't all be filled."""
    body = Body(people, needs)
    levels = sorted({(k, p["max"]) for p in body.people for k in range(1, p["max"] + 1)}, key=lambda f: f[0] / f[1])
    ceil = lambda level, most: -(-level[0] * most // level[1])
    low, high = 0, len(levels)  # the least level at which every slot can be filled
    while low < high:
        middle = (low + high) // 2
        body.clear([ceil(levels[middle], p["max"]) for p in body.people])
        low, high = (low, middle) if body.fill() else (middle + 1, high)
    if low == len(levels):
        return {} if not needs else None
    body.clear([min(p["max"], ceil(levels[low], p["max"]) + 1) for p in body.people])
    body.fill()
    loads, pairs = [0] * len(body.people), {}
    order = sorted(range(len(body.people)), key=lambda k: body.people[k]["id"].encode())
    for i in check_order(seed, needs):
        for slot, at in (("A", 2 * i), ("B", 2 * i + 1)):
            partner = body.holder[2 * i] if slot == "B" else None
            paired = lambda k: sum(1 for a, b in pairs.values() if {a, b} == {k, partner})
            able = [(k, loads[k], body.people[k]["max"], paired(k) if slot == "B" else 0) for k in order
                    if k in body.slots[at] and k != partner and loads[k] < body.limits[k]]
            window = Window(seed, needs[i]["unit"], slot)
            while True:
                chosen = window.choose(able)
                if body.can_have(at, chosen[0]):
                    break
                able.remove(chosen)
            loads[chosen[0]] += 1
        pairs[i] = (body.holder[2 * i], body.holder[2 * i + 1])
    return {needs[i]["unit"]: [body.people[k]["id"] for k in pair] for i, pair in pairs.items()}


def pair_least_load(seed, people, needs):
    """A body's pairs by pareto-pps/1: the least load first, the final loads as even as the rules allow.

    Loads are even where the sum of weight(load / max) is least, a higher ratio weighing more than all the people
    with lower ones: a flow of least cost. A choice stands where a flow of the same cost goes on from it."""
    body = Body(people, needs)
    ratios = sorted({(k, p["max"]) for p in body.people for k in range(p["max"] + 1)}, key=lambda f: f[0] / f[1])
    distinct, rank = -1, {}
    for n, f in enumerate(ratios):
        if n == 0 or f[0] * ratios[n - 1][1] != ratios[n - 1][0] * f[1]:
            distinct += 1
        rank[f] = distinct
    base = len(body.people) + 1
    weight = lambda k, load: base ** rank[load, body.people[k]["max"]] if load else 0
    # a person's m-th check costs what it adds; rebuilt by adding slots along cheapest augmenting paths
    for s in range(len(body.slots)):
        if not cheapest_insert(body, s, weight):
            return {} if not needs else None
    loads, pairs = [0] * len(body.people), {}
    for i in check_order(seed, needs):
        unit = needs[i]["unit"]
        for slot, at in (("A", 2 * i), ("B", 2 * i + 1)):
            partner = body.holder[2 * i] if slot == "B" else None
            times_paired = lambda k: sum(1 for a, b in pairs.values() if {a, b} == {k, partner}) if slot == "B" else 0
            able = [k for k in body.slots[at] if k != partner and loads[k] < body.people[k]["max"]]
            number = lambda k: sha(b"fairdraw/1/pair\n", seed, f"{unit}\n{body.people[k]['id']}\n{slot}".encode())
            able.sort(key=lambda k: (Ratio(loads[k], body.people[k]["max"]), times_paired(k), number(k)))
            chosen = next(k for k in able if keeps_even(body, at, k))
            loads[chosen] += 1
        pairs[i] = (body.holder[2 * i], body.holder[2 * i + 1])
    return {needs[i]["unit"]: [body.people[k]["id"] for k in pair] for i, pair in pairs.items()}


class Ratio(tuple):
    """A fraction that compares exactly."""

    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def __lt__(self, other):
        return self[0] * other[1] < other[0] * self[1]

    def __eq__(self, other):
        return self[0] * other[1] == other[0] * self[1]

    __hash__ = tuple.__hash__


def cheapest_insert(body, slot, weight):
    """Fills an empty slot, ending at whoever of all that can be reached costs least for one check more."""
    parent, queue, best = {("slot", slot): None}, [("slot", slot)], None
    for kind, at in queue:
        node = (kind, at)
        if kind == "slot":
            for k in body.slots[at]:
                if k == body.holder[at] or ("person", k) in parent:
                    continue
                if k == body.holder[at ^ 1]:
                    other = ("slot", at ^ 1)
                    if not body.fixed[at ^ 1] and at ^ 1 != slot and other not in parent:
                        parent[other] = node
                        queue.append(other)
                    continue
                parent["person", k] = node
                queue.append(("person", k))
                if body.load[k] < body.people[k]["max"]:
                    cost = weight(k, body.load[k] + 1) - weight(k, body.load[k])
                    if best is None or cost < best[0]:
                        best = (cost, k)
        else:
            for held, k in enumerate(body.holder):
                if k == at and not body.fixed[held] and ("slot", held) not in parent:
                    parent["slot", held] = node
                    queue.append(("slot", held))
    if best is None:
        return False
    body.follow(parent, best[1])
    return True


def keeps_even(body, slot, k):
    """Gives the slot to k for good, where the others can follow with loads as even as before: along a path that
    ends at the old holder, or goes over from somebody with load l + 1 to somebody with l and the same max."""
    old = body.holder[slot]
    if old == k:
        body.fixed[slot] = True
        return True
    if body.holder[slot ^ 1] == k and body.fixed[slot ^ 1]:
        return False
    saved = body.holder[:], body.load[:]
    body.fixed[slot] = True
    body.holder[slot] = k
    start = ("slot", slot ^ 1) if body.holder[slot ^ 1] == k else ("person", k)
    parent, queue = {start: None}, [start]
    for kind, at in queue:
        node, reached = (kind, at), []
        if kind == "slot":
            for p in body.slots[at]:
                if p == body.holder[at]:
                    continue
                if p == body.holder[at ^ 1]:
                    if not body.fixed[at ^ 1]:
                        reached.append(("slot", at ^ 1))
                else:
                    reached.append(("person", p))
        else:
            reached += [("slot", s) for s, p in enumerate(body.holder) if p == at and not body.fixed[s]]
            # a unit of load goes over at no cost: one more here, one less there
            extra = body.load[at]
            reached += [("person", p) for p in range(len(body.people)) if p != at
                        and body.people[p]["max"] == body.people[at]["max"] and body.load[p] == extra + 1]
        for one in reached:
            if one not in parent:
                parent[one] = node
                queue.append(one)
    if ("person", old) not in parent:
        body.holder, body.load = saved
        body.fixed[slot] = False
        return False
    walk(body, parent, old)
    return True


def walk(body, parent, old):
    """Carries out the path that `keeps_even` found: each slot on it goes to whoever was reached by it."""
    path, node = [], ("person", old)
    while node is not None:
        path.append(node)
        node = parent[node]
    path.reverse()
    holders = body.holder[:]
    for (kind, at), (next_kind, next_at) in zip(path, path[1:]):
        if kind == "slot":
            # a slot behind a slot: the other of the check comes over
            holders[at] = next_at if next_kind == "person" else body.holder[next_at]
    body.holder = holders
    body.load = [holders.count(k) for k in range(len(body.people))]


METHODS = {"pareto-pps/1": pair_least_load, "pareto-pps/2": pair_within_one}


def pair_month(method, seed, people, needs):
    """unit → [lead, second]; None where a body's slots can't all be filled."""
    pairs = {}
    for body in sorted({need["body"] for need in needs}):
        own = METHODS[method](seed, [p for p in people if p["body"] == body], [n for n in needs if n["body"] == body])
        if own is None:
            return None
        pairs.update(own)
    return pairs


class Month:
    """The pairing as it stands, for changes after the draw."""

    def __init__(self, method, seed, people, needs, pairs):
        self.method, self.seed, self.people = method, seed, people
        self.needs = {need["unit"]: need for need in needs}
        self.pairs = pairs

    def able(self, need, slot, partner, barred, without):
        rest = [pair for unit, pair in self.pairs.items() if unit != without]
        skilled, found = skill_slot(self.people, need), []
        for person in self.people:
            load = sum(person["id"] in pair for pair in rest)
            if may_hold(person, need, slot, skilled) and person["id"] != partner and person["id"] not in barred \
                    and load < person["max"]:
                paired = sum(set(pair) == {person["id"], partner} for pair in rest) if partner else 0
                found.append((person["id"], load, person["max"], paired))
        return sorted(found, key=lambda one: one[0].encode())

    def choices(self, need, slot, partner, barred, without):
        """Who may take a slot, first choice first."""
        able = self.able(need, slot, partner, barred, without)
        if self.method == "pareto-pps/1":
            number = lambda one: sha(b"fairdraw/1/pair\n", self.seed, f"{need['unit']}\n{one[0]}\n{slot}".encode())
            yield from [one[0] for one in sorted(able, key=lambda one: (Ratio(one[1], one[2]), one[3], number(one)))]
            return
        window = Window(self.seed, need["unit"], slot)
        while able:
            chosen = window.choose(able)
            yield chosen[0]
            able.remove(chosen)

    def fill(self, need, keep, barred, without):
        lead, second = keep
        if lead and second:
            return [lead, second]
        if lead:
            second = next(self.choices(need, "B", lead, barred, without), None)
        elif second:
            lead = next(self.choices(need, "A", second, barred, without), None)
        else:
            for lead in self.choices(need, "A", None, barred, without):
                second = next(self.choices(need, "B", lead, barred, without), None)
                if second:
                    break
        return [lead, second] if lead and second else None

    def apply(self, change):
        """A change of changes.json; True where it could be carried out."""
        kind, unit = change["kind"], change.get("unit")
        if kind == "replace":
            pair = self.pairs.get(unit)
            if pair is None or change["certificate"] not in pair:
                return False
            keep = [None if one == change["certificate"] else one for one in pair]
            after = self.fill(self.needs[unit], keep, {change["certificate"]}, unit)
        elif kind == "substitute":
            need, pair = self.needs.get(change["by"]), self.pairs.get(unit)
            if need is None or pair is None:
                return need is None
            skilled = skill_slot(self.people, need)
            people = {p["id"]: p for p in self.people}
            keep = [one if one in people and may_hold(people[one], need, slot, skilled) else None
                    for one, slot in zip(pair, "AB")]
            after = self.fill(need, keep, set(), unit) or self.fill(need, [None, None], set(), unit)
            if after:
                del self.pairs[unit]
            unit = change["by"]
        else:
            given = change["need"]
            need = {"unit": given["unit_id"], "body": given["body"], "skill": given.get("skill") or ""}
            self.needs[need["unit"]] = need
            unit = need["unit"]
            after = None if unit in self.pairs else self.fill(need, [None, None], set(), None)
        if after:
            self.pairs[unit] = after
        return after is not None

    def to_csv(self):
        rows = [ASSIGNMENT]
        for unit in sorted(self.pairs, key=str.encode):
            need, (lead, second) = self.needs[unit], self.pairs[unit]
            rows.append(",".join((unit, need["body"], lead, second, need["skill"], skill_slot(self.people, need))))
        return ("\n".join(rows) + "\n").encode("utf-8")


def read_changes(data):
    """changes.json, which may say `null` for a skill that a check doesn't need."""
    try:
        value = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise Refused("DRW-001", "changes: not readable") from None
    return value


def check_pairing(c, roster, needs, assignment, changes) -> Report:
    report, seal = Report(), c["seal"]
    if sha(roster, needs).hex() != seal["roster_sha256"]:
        report.step("执法人员配对", "", [("ROS-040", "roster and needs are not the sealed ones")])
        return report
    people, all_needs = read_roster(roster), read_needs(needs)
    selected = [u for s in c["strata"] for u in s["selected"]]
    if any("leaf" in u for u in selected):
        report.skip("执法人员配对", "证书中有屏蔽的单元")
        return report
    units = {u["row"][0] for u in selected}
    drawn = [need for need in all_needs if need["unit"] in units]
    pairs = pair_month(seal["method"], seed_in(c["opening"], seal), people, drawn)
    f = []
    if pairs is None or len(drawn) != len(units):
        f.append(("ROS-041", "the slots can't all be filled"))
    else:
        month = Month(seal["method"], seed_in(c["opening"], seal), people, all_needs, pairs)
        f += [("ROS-042", f"change {i + 1} can't be carried out") for i, x in enumerate(changes) if not month.apply(x)]
        if month.to_csv() != assignment:
            f.append(("ROS-043", "assignment.csv is not what the seed gives"))
    if "changes" in c:
        f += compare_changes(c, changes)
    report.step("执法人员配对", f"{len(drawn)}", f)
    return report


def compare_changes(c, changes):
    """changes.json against the certificate's list: the same changes, in the same order."""
    if len(changes) != len(c["changes"]):
        return [("ROS-044", f"{len(changes)} changes, the certificate lists {len(c['changes'])}")]
    f = []
    for i, (mine, listed) in enumerate(zip(changes, c["changes"])):
        evidence = (mine.get("evidence") or {}).get("sha256", "")
        if (mine["kind"], mine["at"], evidence, mine.get("certificate", ""), len(mine.get("skipped", []))) != \
                (listed["kind"], listed["at"], listed["evidence"], listed["person"], len(listed["skipped"])):
            f.append(("ROS-044", f"change {i + 1} is not the one that the certificate lists"))
    return f


# ---- quotas ----------------------------------------------------------------------------------

def top_52(data):
    return int.from_bytes(data[:8], "big") >> 12


def quotas_systematic(body, period, year_seed, expected):
    u = top_52(sha(b"fairdraw/1/quota\n", f"{body}\n{period}\n".encode(), year_seed)) / 2.0 ** 52
    out, total = [], 0.0
    for value in expected:
        before, total = total, total + value
        out.append(math.floor(total + u) - math.floor(before + u))
    return out


def quotas_apart(body, period, year_seed, expected):
    """Sampford's procedure in whole numbers (pareto-pps/2)."""
    ppb = [round(value * PPB) for value in expected]
    out = [value // PPB for value in ppb]
    members = [(h, value % PPB) for h, value in enumerate(ppb) if value % PPB]
    total = sum(part for _, part in members)
    if not total:
        return out
    size = -(-total // PPB)
    if total % PPB:
        members.append((None, PPB - total % PPB))
    left_out = 2 * size > len(members)
    if left_out:
        size, members = len(members) - size, [(h, PPB - part) for h, part in members]
    first = [part for _, part in members]
    later = [part * PPB // (PPB - part) for part in first]
    attempt = 0
    while True:
        drawn = []
        for place in range(size):
            weights = later if place else first
            text = f"{body}\n{period}\n".encode()
            x = top_52(sha(b"fairdraw/2/quota\n", text, year_seed, f"\n{attempt}\n{place}".encode()))
            running, whole = 0, sum(weights)
            for member, value in enumerate(weights):
                running += value
                if running << 52 > x * whole:
                    break
            drawn.append(member)
        if len(set(drawn)) == len(drawn):
            break
        attempt += 1
    for member, (h, _) in enumerate(members):
        if h is not None and (member in drawn) != left_out:
            out[h] += 1
    return out


QUOTAS = {"pareto-pps/1": quotas_systematic, "pareto-pps/2": quotas_apart}


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


def certificate_faults(certificate, published):
    return check_certificate_1(certificate, None, published).faults


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


def item_of(rows, leaves, seed, i):
    """A unit's row with its path, ticket and key."""
    t = ticket(seed, rows[i][0])
    return {"row": list(rows[i]), "index": i, "path": [p.hex() for p in merkle_path(leaves, i)],
            "ticket": t, "key": unit_key(t, rows[i][3])}


def head_at(size):
    """A head of a log that nobody has."""
    return {"root": sha(b"log", str(size).encode()).hex(), "size": size}


def by_hand(after, size, at, path="frames/sources.parquet"):
    """Files changed by another hand, answered for."""
    return {"after": after, "at": at, "log": head_at(size), "operator": "张三", "second": "李四", "reason": "换机器时改动",
            "changed": [{"path": path, "expected": sha(b"was").hex(), "found": sha(b"is").hex()}]}


class Closed:
    """A draw of format 2 or 3, the second of its period: its certificate with a change of every kind."""

    def __init__(self, source="中国福利彩票双色球", third=False):
        self.third = third
        rows, quotas = example([("310115/key", 12, 3), ("310115/simplified", 10, 4), ("310151/key", 5, 5)], "C")
        self.rows = [(u, h, p, r, "certain" if p == PPB else why, s) for u, h, p, r, why, s in ordered(rows)]
        must = next(i for i, r in enumerate(self.rows) if r[1] == "310151/key" and r[2] == PPB)
        self.rows[must] = self.rows[must][:4] + ("mandatory_renewal",) + self.rows[must][5:]
        self.quotas = quotas
        seal, self.opening, _, _ = package(self.rows, quotas, "ssq", "03 07 12 18 25 31+09", "C")
        first_secret = sha(b"first secret")
        seal.update(format="fairdraw-seal/2", counts=counts_of(self.rows, seal), program_sha256=sha(b"program").hex())
        first = {**seal, "earlier": [], "sealed_at": "2027-02-25T09:00:00+08:00",
                 "secret_sha256": sha(first_secret).hex()}
        ended = {"seal": first, "state": "voided", "at": "2027-02-26T08:00:00+08:00", "reason": "名录有误",
                 "again": "名录已更正", "secret": first_secret.hex()}
        self.seal = {**seal, "sequence": 2, "previous": commitment_of(first).hex(),
                     "earlier": [sha(canonical_json(ended)).hex()], "entropy": {**seal["entropy"], "source": source}}
        self.opening = {**self.opening, "commitment": commitment_of(self.seal).hex()}
        if third:
            self.interventions = [by_hand(0, 4, "2027-02-26T10:00:00+08:00"), by_hand(0, 11, "2027-02-28T10:00:00+08:00"),
                                  by_hand(3, 22, "2027-03-05T18:00:00+08:00", "results/results.json")]
            excluded = {one["reason"]: sum(one["units"]) for one in self.seal["counts"]["excluded"]}
            grounds = [{"reason": reason, "imported": n - n // 2, "entered": n // 2}
                       for reason, n in excluded.items() if reason in GROUNDED]
            grounds.append({"reason": "recusal", "imported": 7, "entered": 0})
            self.seal = {**self.seal, "format": "fairdraw-seal/3", "log": head_at(9),
                         "interventions": [sha(canonical_json(self.interventions[0])).hex()],
                         "grounds": sorted(grounds, key=lambda one: one["reason"])}
            self.opening = {**self.opening, "commitment": commitment_of(self.seal).hex()}
        self.leaves = [leaf(r) for r in self.rows]
        self.at = {r[0]: i for i, r in enumerate(self.rows)}
        self.seed = seed_in(self.opening, self.seal)
        self.order = draw(self.rows, quotas, self.seed)
        self.earlier = [ended]

    def leaf(self, unit):
        return self.leaves[self.at[unit]].hex()

    def drawn(self, h):
        return [u for _, u in self.order[h][:self.quotas[h]]]

    def reserves(self, h):
        return [u for _, u in self.order[h][self.quotas[h]:]]

    def change(self, kind, unit, at, **more):
        return {"kind": kind, "unit": unit, "by": "", "case": "", "person": "", "reason": "2027-03-05 现场核实",
                "evidence": sha(b"photo").hex(), "at": at, "skipped": [], **more}

    def changes(self):
        h = "310115/key"
        free = [u for u in self.drawn(h) if self.rows[self.at[u]][2] < PPB]
        r = self.reserves(h)
        excluded = next(row[0] for row in self.rows if row[2] == 0)
        outside = sha(b"fairdraw/2/outside\n", commitment_of(self.seal), b"NEW1").hex()
        return [
            self.change("substitute", self.leaf(free[0]), "2027-03-05T09:00:00+08:00", by=self.leaf(r[1]),
                        case="closed", skipped=[{"unit": self.leaf(r[0]), "ground": "cap"}]),
            self.change("replace", self.leaf(free[1]), "2027-03-05T10:00:00+08:00", person="SH0012345", evidence=""),
            self.change("add", self.leaf(excluded), "2027-03-06T09:00:00+08:00", case="report", reason="投诉举报"),
            self.change("add", outside, "2027-03-06T09:30:00+08:00", case="", reason="触发式检查"),
            self.change("substitute", self.leaf(r[1]), "2027-03-08T09:00:00+08:00", by=self.leaf(r[2]), case="moved"),
        ]

    def certificate(self, changes=None):
        changes = self.changes() if changes is None else changes
        came = {x["by"] for x in changes}
        item = lambda u: item_of(self.rows, self.leaves, self.seed, self.at[u])
        strata = []
        for h in self.quotas:
            reserves = self.reserves(h)
            last = max((i for i, u in enumerate(reserves) if self.leaf(u) in came), default=0)
            strata.append({"id": h, "threshold": unit_key(ticket(self.seed, reserves[0]), self.rows[self.at[reserves[0]]][3])
                           if reserves else "", "selected": [item(u) for u in self.drawn(h)],
                           "reserves": [item(u) for u in reserves[:last + 1]]})
        added = [row[0] for row in self.rows if any(x["kind"] == "add" and x["unit"] == self.leaf(row[0]) for x in changes)]
        shown = [{k: v for k, v in item(u).items() if k in ("row", "index", "path")} for u in added]
        c = {"format": "fairdraw-certificate/2", "seal": self.seal, "opening": self.opening,
             "strata": strata, "changes": changes, "added": shown, "earlier": self.earlier, "head": ""}
        if self.third:
            changes = [{**x, "document": "沪环监〔2027〕3号", "log": head_at(20 + i + (i > 1))} for i, x in enumerate(changes)]
            later = [one for one in self.interventions if one["after"] <= len(changes) + 1]
            c.update(format="fairdraw-certificate/3", changes=changes, log=head_at(15), interventions=later)
        return with_head(c)


def with_head(c):
    return {**c, "head": heads_of(c)[-1]}


def closed_vectors():
    """Certificates of format 2 that pass, and forgeries that a forger made fit as far as anybody can."""
    c = Closed()
    good = c.certificate()
    demonstration = Closed(DEMONSTRATION_SOURCE).certificate()
    masked = json.loads(json.dumps(good))
    for s in masked["strata"][:1]:
        for units, i in ((s["selected"], 1), (s["reserves"], 2)):
            unit = units[i]
            units[i] = {"index": unit["index"], "leaf": shown_leaf(unit), "path": unit["path"]}
    published, fails = good["opening"]["commitment"], []
    for name, one in (("changes of every kind", good), ("a demonstration", demonstration), ("two units masked", masked),
                      ("without changes", c.certificate([]))):
        report = check_certificate_2(one, c.rows, one["opening"]["commitment"], one["head"])
        assert report.verified(), (name, report.faults)

    def case(name, forged, head=None, frame=False):
        report = check_certificate_2(forged, c.rows if frame else None, published, head)
        codes = sorted({code for code, _ in report.faults})
        assert codes, name
        fails.append({"name": name, "codes": codes, "certificate": forged, "head": head or "", "frame": int(frame)})

    def altered(change):
        one = json.loads(json.dumps(good))
        change(one)
        return with_head(one)
    h, changes = "310115/key", c.changes()
    for far in (3, 6):
        case(f"substituted by reserve {far + 1}",
             c.certificate([{**changes[0], "by": c.leaf(c.reserves(h)[far]), "skipped": []}]))
    case("a reserve passed over is not named", c.certificate([{**changes[0], "skipped": []}, *changes[1:]]))
    case("another reserve is named as passed over", c.certificate([
        {**changes[0], "skipped": [{"unit": c.leaf(c.reserves(h)[3]), "ground": "cap"}]}, *changes[1:]]))
    case("a ground that is none", c.certificate([
        {**changes[0], "skipped": [{**changes[0]["skipped"][0], "ground": "disliked"}]}, *changes[1:]]))
    case("a substitution dropped", c.certificate(changes[:4]), head=good["head"])
    case("a replacement dropped", c.certificate(changes[:1] + changes[2:]), head=good["head"])
    case("a reason reworded", c.certificate([{**changes[0], "reason": "另一理由"}, *changes[1:]]), head=good["head"])
    case("a change before the number", c.certificate([{**changes[0], "at": "2027-02-27T09:00:00+08:00"}, *changes[1:]]))
    must = next(u for u in c.drawn("310151/key") if c.rows[c.at[u]][4] == "mandatory_renewal")
    case("a mandatory unit substituted", c.certificate([
        c.change("substitute", c.leaf(must), "2027-03-05T09:00:00+08:00", by=c.leaf(c.reserves(h)[0]), case="closed")]))
    case("a unit twice", altered(lambda x: x["strata"][0]["selected"].__setitem__(1, x["strata"][0]["selected"][2])))
    case("the order of the selected", altered(lambda x: x["strata"][0]["selected"].reverse()))
    case("the threshold moved", altered(lambda x: x["strata"][1].update(threshold="3f50000000000000")))
    case("earlier emptied", altered(lambda x: x.update(earlier=[])))
    case("earlier tripled", altered(lambda x: x.update(earlier=x["earlier"] * 3)))
    case("earlier reworded", altered(lambda x: x["earlier"][0].update(reason="笔误")))
    case("earlier opened instead of voided", altered(lambda x: x["earlier"][0].update(state="opened")))
    case("the secret of a voided seal withheld", altered(lambda x: x["earlier"][0].update(secret="")))

    def hide(x):
        x["seal"].update(earlier=[], sequence=1)
        x.update(earlier=[])
        x["opening"]["commitment"] = commitment_of(x["seal"]).hex()
    case("an earlier seal hidden in a seal of one's own", altered(hide))

    def recount(x):
        x["seal"]["counts"]["excluded"][0]["units"][0] += 1
        x["seal"]["counts"]["excluded"][1]["units"][0] -= 1
        x["opening"]["commitment"] = commitment_of(x["seal"]).hex()
    case("counts of another frame", altered(recount), frame=True)

    def reserve_as_drawn(x):
        s = x["strata"][1]
        order = c.order[s["id"]]
        n = c.quotas[s["id"]]
        for place, k in ((s["selected"], n), (s["reserves"], n + 1)):
            place[-1] = item_of(c.rows, c.leaves, c.seed, c.at[order[k][1]])
        s["threshold"] = s["reserves"][0]["key"]
    case("a reserve listed as drawn, with the frame", altered(reserve_as_drawn), frame=True)
    case("a reserve listed as drawn, with the head", altered(reserve_as_drawn), head=good["head"])
    case("another public number", altered(lambda x: x["opening"].update(entropy_value="01 02 03 04 05 06+01")))

    def downgrade(x):
        for key in ("counts", "earlier", "program_sha256"):
            del x["seal"][key]
        x["seal"]["format"] = "fairdraw-seal/1"
        x["opening"]["commitment"] = commitment_of(x["seal"]).hex()
        x["earlier"] = []
    case("a seal of format 1 in a certificate of format 2", {**altered(lambda x: None), **downgraded(good, downgrade)})
    return {"frame": [list(r) for r in c.rows], "published": published,
            "good": [good, masked, c.certificate([])], "demonstration": demonstration, "must_fail": fails}


def log_vectors():
    """Certificates of format 3 that pass, and forgeries of what another hand did and of the log."""
    c, fails = Closed(third=True), []
    good = c.certificate()
    published = good["opening"]["commitment"]
    for one in (good, c.certificate([])):
        report = check_certificate_2(one, c.rows, published, one["head"])
        assert report.verified(), report.faults

    def case(name, change, head=None):
        forged = with_head(downgraded(good, change))
        codes = sorted({code for code, _ in check_certificate_2(forged, None, published, head).faults})
        assert codes, name
        fails.append({"name": name, "codes": codes, "certificate": forged, "head": head or "", "frame": 0})
    case("an intervention before the seal left out", lambda x: x["interventions"].pop(0))
    case("an intervention before the seal reworded", lambda x: x["interventions"][0].update(reason="笔误"))
    case("an intervention after the opening left out", lambda x: x["interventions"].pop(), head=good["head"])
    case("its second person renamed", lambda x: x["interventions"][2].update(second="王五"), head=good["head"])
    case("its file renamed", lambda x: x["interventions"][2]["changed"][0].update(path="notes.txt"), head=good["head"])
    case("the operator alone", lambda x: x["interventions"][2].update(second="张三"))
    case("no file", lambda x: x["interventions"][2].update(changed=[]))
    case("interventions out of order", lambda x: x["interventions"].append(x["interventions"].pop(1)))
    case("an intervention behind a change that is not there", lambda x: x["interventions"][2].update(after=9))
    case("a log that shrinks after the seal", lambda x: x["log"].update(size=8))
    case("a log that shrinks between changes", lambda x: x["changes"][3]["log"].update(size=20))
    case("another root at a change", lambda x: x["changes"][3]["log"].update(root=sha(b"other").hex()), head=good["head"])
    case("a root that is none", lambda x: x["log"].update(root="ab"))
    case("a substitution without evidence", lambda x: x["changes"][0].update(evidence="", document=" "))
    case("a certificate of format 2 of it", lambda x: x.update(format="fairdraw-certificate/2"))

    def bare(x):
        for key in ("log", "interventions"):
            del x[key]
    case("heads and interventions left out", bare)

    def regrounded(x):
        x["seal"]["grounds"][0]["entered"] += 1
        x["opening"]["commitment"] = commitment_of(x["seal"]).hex()
    case("grounds of more units than are excluded", regrounded)
    return {"frame": [list(r) for r in c.rows], "published": published, "good": [good, c.certificate([])],
            "must_fail": fails}


def downgraded(good, change):
    one = json.loads(json.dumps(good))
    change(one)
    return one


def all_vectors():
    small = vector([("310115/key", 12, 3), ("310115/simplified", 10, 4), ("310151/key", 8, 1)],
                   "A", "ssq", "03 07 12 18 25 31+09")
    large = vector([("310112/general", 900, 120), ("310115/general", 1500, 200)], "B", "dice", "4162253614235516")
    ten = [f"T{i}" for i in range(10)]
    pis = inclusion([1, 1, 1, 1, 2, 2, 4, 4, 8, 16], 4)
    free = [p for p in pis if p < 1]
    return {"good": [small, large], "must_fail": must_fail(small),
            "calibration": {"weights": [1, 1, 1, 1, 2, 2, 4, 4, 8, 16], "n": 4, "pi": pis,
                            "plain_realises": realised(free, 4 - (len(ten) - len(free))),
                            "ranks": calibrate(free, 4 - (len(ten) - len(free)))},
            "closed": closed_vectors(), "log": log_vectors()}


# ---- the proof as a code (docs/draw.md) --------------------------------------------------------

CODE_WORDS = [
    "format", "row", "index", "path", "seal", "draw", "statement", "opening", "ticket", "key", "threshold",
    "commitment", "secret", "entropy_value", "agency", "period", "sequence", "previous", "sealed_at", "method",
    "program", "frame_root", "frame_size", "strata", "inputs_sha256", "policy_sha256", "roster_sha256",
    "secret_sha256", "entropy", "source", "reference", "available_at", "id", "size", "fairdraw-proof/1",
    "fairdraw-seal/1", "fairdraw-opening/1", "pareto-pps/1", "ssq", "dice", "drand", "中国福利彩票双色球", "演示用公开数（事先已知）",
    "演示：公共数字事先已知，本证书不证明抽取公正", "pareto-pps/2", "fairdraw-proof/2", "fairdraw-seal/2", "counts", "excluded",
    "mandatory", "reason", "units", "earlier", "program_sha256", "reserve", "closed", "moved", "stopped", "merged",
    "positive_list", "no_roster", "set_aside", "window", "offered", "no_frequency", "no_quota", "certain", "cap",
    "visited", "mandatory_renewal", "mandatory_recheck", "told", "entered", "drawn", "replacement", "head",
    "fairdraw-seal/3", "log", "root", "interventions", "grounds", "imported", "recusal", "mandatory_ahead",
    "mandatory_first", "mandatory_change", "recheck", "rectification_due", "mixed",
]
# Two proofs in a list, packed by a model that knows nothing: what the model begins with.
CODE_SAMPLE = (
    "4267773703744706022812145505631680100753948446712390041666177058213615033898799578298449241058147335"
    "0827594295506473579029062291024340842426379024482028200794812785956238614191072100017785390007183057"
    "9936125767287852885030251710533946790164978578410385234309321572409263843896077513719434415999296299"
    "8072654364667250538353206604543736214439666525369477071853754139145490688071294089040995379064249698"
    "5212309360430874770569615700625543758402374226097620707349759937021504350514505029911064094201774665"
    "9867621677023662107636844825283646383412880670662315801990757256345351244302583644807394190472209831"
    "6003804769986343903307628853435042758611103788679119955343937820823993073885932145290066153089276653"
    "2869581499091741061103532528035222181222018846143422202717035497429976901479433069208725616880852833"
    "1753473209385015196957235870432985753863309083453314985047773381053567898232202415666217986082344323"
    "3126757796892900623026124522386538120066359310400986276552034369053482718528787407302638795464719387"
    "8677181284878149158062052572460106884058230260778551601923385624693873840031796132405687195362493903"
    "4522264675175998348392641090844189758252681777662564456834357767861563108446685495198084740766946272"
    "52782"
)


def code_bytes(digits: str) -> bytes:
    """Seven bytes in seventeen digits, the rest in as many as it needs."""
    need, out = [0, 3, 5, 8, 10, 13, 15, 17], b""
    for at in range(0, len(digits), 17):
        part = digits[at:at + 17]
        out += int(part).to_bytes(need.index(len(part)), "big")
    return out


class ProofBits:
    """A value from its bits: an adaptive binary range coder, every bit in the context of where it stands."""

    def __init__(self, data: bytes, sample=None):
        self.data, self.at, self.range = data, 4, 2**32 - 1
        self.code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")
        self.counts = {key: list(pair) for key, pair in sample.counts.items()} if sample else {}
        self.parts = list(sample.parts) if sample else []
        self.more, self.last, self.left = 4 if sample else 8, {}, 1 << 17
        self.priming = sample is None

    def spend(self, count):
        self.left -= count
        if self.left < 0:
            raise ValueError

    def draw(self, zero, everything):
        bound = self.range // everything * zero
        bit = int(self.code >= bound)
        if bit:
            self.code, self.range = self.code - bound, self.range - bound
        else:
            self.range = bound
        while self.range < 1 << 24:
            self.range <<= 8
            self.code = self.code << 8 | (self.data[self.at] if self.at < len(self.data) else 0)
            self.at += 1
            if self.at > len(self.data) + 4:
                raise ValueError
        return bit

    def bit(self, *context):
        pair = self.counts.setdefault(context, [1, 1])
        bit = self.draw(pair[0], sum(pair))
        pair[bit] += self.more
        if sum(pair) > 254:
            pair[:] = [(count + 1) // 2 for count in pair]
        return bit

    def tree(self, kind, place, bits):
        node = 1
        for _ in range(bits):
            node = node * 2 + self.bit(kind, place, 0, node)
        return node - (1 << bits)

    def whole(self, kind, place, beside=0):
        bits, number = 0, 1
        while self.bit(kind, place, beside, bits):
            bits += 1
            if bits > 53:
                raise ValueError
        for i in range(bits):
            where = {0: 64 + bits, 1: 128 + 2 * bits + number % 2}.get(i)
            number = number * 2 + (self.draw(1, 2) if where is None else self.bit(kind, place, beside, where))
        return number - 1

    def count(self, kind, place):
        count = self.whole(kind, place)
        if count > 65536:
            raise ValueError
        return count

    def text(self, place):
        count = self.whole(8, place) + 1
        if count > 16:
            raise ValueError
        return b"/".join(self.part(place * 16 + j) for j in range(count)).decode()

    def part(self, place):
        """The last part at its place, one that was met before, or the last one's beginning and new bytes."""
        self.spend(1)
        last, run = self.last.get(place, (0, 0))
        old = self.parts[last - 1] if last else b""
        if last and self.bit(9, place, 0, min(run, 3)):
            self.last[place] = last, run + 1
            return old
        found = self.whole(10, place, last)
        if not found:
            kept = self.whole(11, place) if last else 0
            if kept > len(old):
                raise ValueError
            part = bytearray(old[:kept])
            while byte := self.tree(12, part[-1] if part else 0, 8):
                part.append(byte)
                self.spend(1)
            self.parts.append(bytes(part))
            found = len(self.parts)
        self.last[place] = found, 1
        return self.parts[found - 1]

    def key(self, before):
        at = self.tree(2, before, 8)
        return (0, self.text(0)) if at == 255 else (at + 1, CODE_WORDS[at])

    def numbers(self, place, count):
        self.spend(count)
        out = []
        for i in range(count):
            out.append(self.whole(5, place, min(out[i - 3].bit_length(), 3) if i >= 3 else 0))
        return out

    def value(self, place=0, depth=0):
        self.spend(1)
        if depth > 8:
            raise ValueError
        tag = self.tree(0, place, 3)
        if tag == 0:
            return self.text(place)
        if tag == 1:
            count = self.tree(3, 0, 8)
            return bytes(0 if self.priming else sum(self.draw(1, 2) << i for i in range(7, -1, -1)) for _ in range(count)).hex()
        if tag == 2:
            return self.whole(4, place)
        if tag == 3:
            return CODE_WORDS[self.tree(1, place, 8)]
        count = self.count(6, place)
        if tag == 4:
            return [self.value(place, depth + 1) for _ in range(count)]
        if tag == 7:
            return self.numbers(place, count)
        before, out = place, {} if tag == 5 else [{} for _ in range(count)]
        if tag == 5:
            for _ in range(count):
                before, key = self.key(before)
                out[key] = self.value(before, depth + 1)
            return out
        columns = self.count(7, place)
        self.spend(count * columns)
        for _ in range(columns):
            before, key = self.key(before)
            column = self.numbers(before, count) if self.bit(13, before, 0, 0) \
                else [self.value(before, depth + 1) for _ in range(count)]
            for row, item in zip(out, column):
                row[key] = item
        return out


def unpack_first(data: bytes):
    """The value of a code of the first kind: deflated, a value after the other."""
    data, at = zlib.decompressobj(-15).decompress(data, 1 << 20), 0

    def take(count):
        nonlocal at
        at += count
        if at > len(data):
            raise ValueError
        return data[at - count:at]

    def whole():
        number, shift = 0, 0
        while (byte := take(1)[0]) > 127:
            number, shift = number | (byte & 127) << shift, shift + 7
        return number | byte << shift

    def value():
        tag = take(1)[0]
        if tag in (0, 1):
            found = take(whole())
            return found.decode() if tag == 0 else found.hex()
        if tag in (2, 3):
            return whole() if tag == 2 else CODE_WORDS[take(1)[0]]
        if tag in (4, 7):
            return [value() if tag == 4 else whole() for _ in range(whole())]
        if tag == 5:
            return dict((value(), value()) for _ in range(whole()))
        rows, columns = whole(), whole()
        out = [{} for _ in range(rows)]
        for _ in range(columns):
            key = value()
            for row in out:
                row[key] = value()
        return out
    found = value()
    if at != len(data):
        raise ValueError
    return found


def unpack_code(data: bytes) -> bytes:
    """A proof's file from the text of its code, with or without the page's address before it; other files as they are."""
    code = data.decode("utf-8", "replace").removeprefix("\ufeff").strip().split("#")[-1]
    if code[:4] not in ("FD1:", "FD2:"):
        return data
    try:
        if not code[4:].isascii() or not code[4:].isdigit():
            raise ValueError
        packed = code_bytes(code[4:])
        if code.startswith("FD1:"):
            return canonical_json(unpack_first(packed))
        sample = ProofBits(code_bytes(CODE_SAMPLE))
        sample.value()
        bits = ProofBits(packed, sample)
        value = bits.value()
        if bits.at < len(packed):
            raise ValueError
        return canonical_json(value)
    except (ValueError, OverflowError, IndexError, TypeError, RecursionError, zlib.error):
        raise Refused("VER-080", "proof: not readable") from None


# ---- command line ----------------------------------------------------------------------------

def load(path):
    with open(path, "rb") as file:
        return file.read()


def options(args, names):
    """Positional arguments and the values of these options."""
    found, rest, at = {}, [], 0
    while at < len(args):
        if args[at].removeprefix("--") in names and args[at].startswith("--"):
            if at + 1 == len(args):
                sys.exit(__doc__)
            found[args[at].removeprefix("--")] = args[at + 1]
            at += 2
        else:
            rest.append(args[at])
            at += 1
    return rest, found


def show(report, published):
    for name, state, detail in report.steps:
        print(f"{STATES[state]}  {name}：{detail}")
    for code, detail in report.faults:
        print("FAULT", f"[{code}]", detail)
    bound = "bound to the published commitment" if published else "not bound to a publication"
    print("verified" if report.verified() else f"{len(report.faults)} faults", bound)
    return 0 if report.verified() else 1


def run_certificate(args):
    names = ("frame", "commitment", "head", "roster", "needs", "assignment", "changes", "anchors", "policy")
    (path,), given = options(args, names)
    data = load(path).removeprefix(b"\xef\xbb\xbf").strip()
    frame = load(given["frame"]) if "frame" in given else None
    report = check_certificate(data, frame, given.get("commitment"), given.get("head"))
    try:
        c = read_certificate(data)
        anchors = parse_json(load(given["anchors"]), "anchors") if "anchors" in given else None
        if anchors is not None or "policy" in given:
            report.add(check_signatures(c, data, anchors, load(given["policy"]) if "policy" in given else None))
        if "roster" in given:
            files = [load(given[name]) for name in ("roster", "needs", "assignment")]
            changes = read_changes(load(given["changes"])) if "changes" in given else []
            report.add(check_pairing(c, *files, changes))
    except Refused as error:
        report.faults.append((error.code, error.detail))
    return show(report, given.get("commitment"))


def run_proof(args):
    (path,), given = options(args, ("commitment", "against"))
    try:
        proof = read_proof(unpack_code(load(path)))
    except Refused as error:
        return show(unreadable(error), None)
    if proof is None:
        return show(unreadable(Refused("VER-051", "proof: field types")), None)
    report = check_proof(proof, given.get("commitment"))
    if "against" in given:
        report.add(check_proof_with(proof, read_certificate(load(given["against"]))))
    print(proof["row"][0], outcome_of(proof))
    return show(report, given.get("commitment"))


def run_check(args):
    (frame, seal, opening, result), given = options(args, ("commitment",))
    try:
        rows = read_frame(load(frame))
        values = [parse_json(load(path), what) for path, what in ((seal, "seal"), (opening, "opening"), (result, "result"))]
    except Refused as error:
        return show(unreadable(error), None)
    found = faults_of(rows, *values, given.get("commitment"))
    for fault in found:
        print("FAULT", fault)
    bound = "bound to the published commitment" if "commitment" in given else "not bound to a publication"
    print("verified" if not found else f"{len(found)} faults", f"{len(rows)} units,", bound)
    return 1 if found else 0


def run_quotas(args):
    """Every number of draws again, from what the plan expected of each stratum and the year's seed (S21)."""
    (quotas, seal, inputs, year_seal, year_opening), _ = options(args, ())
    report = Report()
    data, listed = load(quotas), load(inputs)
    seal, year, opening = (parse_json(load(path), "file") for path in (seal, year_seal, year_opening))
    bound = sha(listed).hex() == seal["inputs_sha256"]
    report.step("输入清单", seal["inputs_sha256"], [] if bound else [("VER-061", "inputs: not the sealed ones")])
    own = f"draws/{seal['period']}/{seal['sequence']}/quotas.csv"
    line = f"{sha(data).hex()}\t{own}"
    report.step("名额文件", own, [] if line in listed.decode("utf-8").split("\n") else
                [("VER-061", "quotas: not the sealed ones")])
    commitment = commitment_of(year)
    wrong = seal_faults(year) + opening_faults(opening, year) + commitment_faults(opening, commitment) \
        + secret_faults(opening, year)
    if year["period"] != seal["period"][:4] + "-00" or year["agency"] != seal["agency"]:
        wrong.append(("VER-062", "the year's seal is another's"))
    report.step("年度种子", commitment.hex(), wrong)
    if report.verified():
        report.step("名额取整", "", quota_faults(data, seal, seed_in(opening, year)))
    return show(report, None)


def quota_faults(data, seal, year_seed):
    """quotas.csv: what the plan expects of each stratum's free units, how many there are, and the certain ones."""
    lines = data.decode("utf-8").rstrip("\n").split("\n")
    if lines[0] != "stratum,expected,free,certain":
        return [("VER-061", "quotas: heading")]
    draws = {s["id"]: s["draw"] for s in seal["strata"]}
    rows = [line.split(",") for line in lines[1:]]
    f = []
    if sorted(row[0] for row in rows) != sorted(draws):
        return [("VER-062", "strata differ from the seal's")]
    for body in sorted({row[0].split("/")[0] for row in rows}):
        mine = [row for row in rows if row[0].split("/")[0] == body]
        numbers = QUOTAS[seal["method"]](body, seal["period"], year_seed, [float(row[1]) for row in mine])
        for (stratum, expected, free, certain), number in zip(mine, numbers):
            if min(number, int(free)) + int(certain) != draws[stratum]:
                f.append(("VER-062", f"stratum {stratum}: the seal draws {draws[stratum]}, of {expected} follow {number}"))
    return f


def run_batch(args):
    """[{"text", "frame", "published", "head", "against"}, …]: steps (name, state) and whether it verifies."""
    out, frames = [], {}
    whole = json.loads(load(args[0]))
    for one in whole["cases"]:
        data = one["text"].encode("utf-8", "surrogatepass").removeprefix(b"\xef\xbb\xbf")
        proof = read_proof(data)
        frame = None if one.get("frame") is None else whole["frames"][one["frame"]].encode("utf-8")
        if proof is not None:
            report = check_proof(proof, one.get("published"))
            if one.get("against") is not None:
                report.add(check_proof_with(proof, read_certificate(one["against"].encode())))
        else:
            report = check_certificate(data, frame, one.get("published"), one.get("head"))
        out.append({"steps": [[name, state] for name, state, _ in report.steps], "verified": report.verified()})
    json.dump(out, sys.stdout, ensure_ascii=False)
    return 0


def run_pairings(args):
    """The worked pairings and quotas of pairing.json, made again."""
    whole, wrong = json.loads(load(args[0])), 0
    for one in whole["pairings"]:
        people, needs = read_roster(one["roster"].encode()), read_needs(one["needs"].encode())
        seed = bytes.fromhex(one["seed"])
        month = Month(one["method"], seed, people, needs, pair_month(one["method"], seed, people, needs))
        wrong += month.to_csv().decode() != one["assignment"]
    for one in whole["quotas"]:
        expected = [value / PPB for value in one["expected_ppb"]]
        made = QUOTAS[one["method"]](one["body"], one["period"], bytes.fromhex(one["year_seed"]), expected)
        wrong += made != one["quotas"]
    print(f"{len(whole['pairings'])} pairings, {len(whole['quotas'])} quotas, {wrong} differ")
    return 1 if wrong else 0


def run_vectors(_):
    json.dump(all_vectors(), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()
    return 0


if __name__ == "__main__":
    COMMANDS = {"certificate": run_certificate, "proof": run_proof, "check": run_check, "quotas": run_quotas,
                "vectors": run_vectors, "batch": run_batch, "pairings": run_pairings}
    try:
        sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
    except (IndexError, KeyError, ValueError) as error:
        sys.exit(__doc__ if len(sys.argv) < 3 and sys.argv[1:] != ["vectors"] else f"{type(error).__name__}: {error}")
