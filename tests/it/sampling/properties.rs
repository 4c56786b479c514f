//! Properties: paths, order of rows, changed bytes, rounding, the register, proofs.

use fairdraw::domain::{BodyId, UnitId};
use fairdraw::sampling::{
    Certificate, DEMONSTRATION, DrawSeed, FrameKey, Hash32, MerkleTree, Method, Opening, OpeningClock, PathFault,
    ProofOutcome, SamplingFrame, Seal, SealRegister, Secret, StepState, Substitute, Target, UnitProof, certificate_of,
    check_certificate, check_files, check_proof, compute_certificate_unit, compute_frame, compute_merkle_root,
    compute_opening, compute_ppb, compute_proof, compute_quota_offset, compute_quotas, compute_seal, draw_units,
    root_from_path, sha256, to_hex,
};
use proptest::prelude::*;

use super::{Example, SMALL, example, request, request_of, targets, time};

fn leaves(n: usize) -> Vec<Hash32> {
    (0..n).map(|i| sha256(&[&[0], &i.to_be_bytes()])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_path_proves_its_leaf_and_nothing_else(n in 1_usize..600, at in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = leaves(n);
        let tree = MerkleTree::from_leaves(leaves.clone());
        prop_assert_eq!(tree.root(), compute_merkle_root(&leaves));
        let i = at.index(n);
        let (index, size) = (i as u64, n as u64);
        let path = tree.path(i).unwrap();
        let root = tree.root();
        prop_assert_eq!(root_from_path(leaves[i], index, size, &path), Ok(root));
        let mut other = leaves[i];
        other[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(root_from_path(other, index, size, &path), Ok(root));
        if n > 1 {
            prop_assert_ne!(root_from_path(leaves[i], (index + 1) % size, size, &path), Ok(root));
            let mut bent = path.clone();
            bent[bit % path.len()][bit / 8] ^= 1;
            prop_assert_ne!(root_from_path(leaves[i], index, size, &bent), Ok(root));
            prop_assert_ne!(root_from_path(leaves[i], index, size, &path[1..]), Ok(root));
            let mut long = path.clone();
            long.push(root);
            prop_assert_eq!(root_from_path(leaves[i], index, size, &long), Err(PathFault::TooLong));
            prop_assert_eq!(root_from_path(leaves[i], index, size, &path[..path.len() - 1]), Err(PathFault::TooShort));
        }
        prop_assert_eq!(root_from_path(leaves[i], size, size, &path), Err(PathFault::Outside));
    }

    #[test]
    fn probabilities_sum_exactly_and_keep_their_order(weights in prop::collection::vec(0.001_f64..50.0, 1..60), part in 0.0_f64..1.0) {
        let n = ((weights.len() as f64 * part) as usize).max(1);
        let pis = fairdraw::sampling::compute_inclusion_with_certainties(&weights, n);
        let ids: Vec<UnitId> = (0..weights.len()).map(|i| UnitId::new(format!("P{i:03}")).unwrap()).collect();
        let ppb = compute_ppb(&pis, n, &ids.iter().collect::<Vec<_>>());
        prop_assert_eq!(ppb.iter().sum::<u64>(), n as u64 * 1_000_000_000);
        for (i, a) in weights.iter().enumerate() {
            for (j, b) in weights.iter().enumerate() {
                prop_assert!(a > b || ppb[i] <= ppb[j] + 1);
            }
        }
    }

    #[test]
    fn quotas_are_expectations_rounded_by_less_than_one(expected in prop::collection::vec(0.0_f64..40.0, 0..30), offset in 0.0_f64..1.0) {
        let quotas = compute_quotas(&expected, offset);
        for (n, f) in quotas.iter().zip(&expected) {
            prop_assert!((f64::from(*n) - f).abs() < 1.0 + 1e-9);
        }
        let (sum, total) = (f64::from(quotas.iter().sum::<u32>()), expected.iter().sum::<f64>());
        prop_assert!((sum - total).abs() < 1.0 + 1e-9);
    }
}

/// Exact expectation over a fine grid of offsets: what each cell gets is its expectation.
#[test]
fn rounding_is_unbiased_over_all_offsets() {
    let expected = [0.3, 1.7, 0.05, 12.25, 0.0, 0.999, 3.001];
    let grid = 100_000_u32;
    let mut sums = [0_u64; 7];
    for j in 0..grid {
        let quotas = compute_quotas(&expected, (f64::from(j) + 0.5) / f64::from(grid));
        for (sum, quota) in sums.iter_mut().zip(quotas) {
            *sum += u64::from(quota);
        }
    }
    for (sum, f) in sums.iter().zip(expected) {
        assert!((*sum as f64 / f64::from(grid) - f).abs() < 2.0 / f64::from(grid), "{sum} {f}");
    }
    let body = BodyId::new("310115").unwrap();
    let offsets: Vec<f64> = (1..=12)
        .map(|month| compute_quota_offset(&body, format!("2027-{month:02}").parse().unwrap(), &DrawSeed([7; 32])))
        .collect();
    assert!(
        offsets.iter().all(|u| (0.0..1.0).contains(u)) && offsets.windows(2).all(|w| w[0].to_bits() != w[1].to_bits())
    );
}

#[test]
fn the_order_of_rows_and_the_threads_change_nothing() {
    let e = example(&SMALL);
    let header = fairdraw::sampling::FRAME_HEADER;
    let text = String::from_utf8(e.frame.to_csv()).unwrap();
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    for round in 0..3 {
        if round == 1 {
            lines.reverse();
        } else {
            lines.rotate_left(7);
        }
        let turned = format!("{header}\n{}\n", lines.join("\n"));
        let frame = SamplingFrame::parse_csv(turned.as_bytes()).unwrap();
        assert_eq!(frame, e.frame);
        assert_eq!(draw_units(&frame, &e.seal, &e.seed), e.order);
    }
    let big: Vec<(&str, usize, usize)> = vec![("310112/general", 3000, 11), ("310115/general", 900, 120)];
    let built = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| compute_frame(Method::LATEST, targets(&big), &FrameKey::from_bytes([1; 32])).unwrap())
    };
    assert_eq!(built(1), built(3));
}

/// Every byte of the three files, changed in several ways: the change is found, whatever it makes of the file.
#[test]
fn a_changed_byte_in_frame_seal_or_opening_is_found() {
    let e = example(&[("310115/key", 9, 3), ("310151/key", 6, 2)]);
    let files = [e.frame.to_csv(), e.seal.to_json(), e.opening.to_json()];
    let result = e.order.to_result(&e.frame, usize::MAX).to_json();
    let published = to_hex(&e.seal.commitment());
    let check = |files: &[Vec<u8>; 3]| check_files(&files[0], &files[1], &files[2], &result, Some(&published));
    assert!(check(&files).is_verified());
    for which in 0..3 {
        // Frames are long: every third byte there, every byte elsewhere.
        for at in (0..files[which].len()).step_by(if which == 0 { 3 } else { 1 }) {
            for change in [1_u8, 2, 0x20, 0x80] {
                let mut changed = files.clone();
                changed[which][at] ^= change;
                let report = check(&changed);
                let place = (which, at, change, String::from_utf8_lossy(&changed[which]).into_owned());
                assert!(!report.is_verified(), "{place:?}");
                assert!(report.faults.iter().all(|f| !f.code.is_empty() && !f.text.is_empty()));
            }
        }
    }
}

fn certificate(e: &Example) -> Certificate {
    let tree = e.frame.tree();
    let mut certificate = certificate_of(&e.frame, &tree, &e.seal, &e.opening, &e.seed, &e.order);
    let reserve = e.order.strata[0].reserves()[0].row as usize;
    let unit = compute_certificate_unit(&e.frame, &tree, &e.seed, reserve).unwrap();
    let dead = certificate.strata[0].selected[1].row.unit_id.to_string();
    certificate.strata[0].substitutes.push(Substitute::of(unit, dead, "2027-03-05 现场核实已关闭"));
    certificate.with_statement(DEMONSTRATION)
}

#[test]
fn a_changed_byte_in_a_certificate_is_found() {
    let e = example(&[("310115/key", 9, 2), ("310151/key", 6, 1)]);
    let bytes = certificate(&e).to_json();
    assert!(check_certificate(&Certificate::parse(&bytes).unwrap(), Some(&e.frame), None).is_verified());
    for at in 0..bytes.len() {
        for change in [1_u8, 0x20] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            let found =
                Certificate::parse(&changed).map_or(true, |read| !check_certificate(&read, None, None).is_verified());
            assert!(found, "{at} {change}: {}", String::from_utf8_lossy(&changed));
        }
    }
}

/// Changes with the digest made anew, as somebody who means it would: the draw itself refuses them.
#[test]
fn a_certificate_changed_on_purpose_is_refused() {
    let e = example(&SMALL);
    let good = certificate(&e);
    let codes = |change: &dyn Fn(&mut Certificate), with_frame: bool| {
        let mut changed = good.clone();
        change(&mut changed);
        let changed = Certificate::parse(&changed.to_json()).unwrap();
        let frame = with_frame.then_some(&e.frame);
        check_certificate(&changed, frame, None).faults.iter().map(|f| f.code).collect::<Vec<_>>()
    };
    let has = |found: Vec<&'static str>, code: &str| assert!(found.contains(&code), "{code}: {found:?}");
    assert!(codes(&|_| (), true).is_empty());
    has(codes(&|c| c.seal.program.push('x'), false), "VER-012");
    has(codes(&|c| c.opening.entropy_value = "03 07 12 18 25 32+09".into(), false), "VER-034");
    has(codes(&|c| c.opening.secret.replace_range(0..1, "f"), false), "VER-014");
    // The last selected is a free unit (the mandatory one comes first).
    has(codes(&|c| c.strata[0].selected[2].row.rank_ppb += 1, false), "VER-032");
    has(codes(&|c| c.strata[0].selected[0].index += 1, false), "VER-032");
    has(codes(&|c| c.strata[0].selected[0].ticket += 1, false), "VER-034");
    has(codes(&|c| drop(c.strata[0].selected.pop()), false), "VER-031");
    has(codes(&|c| c.strata[0].selected[1] = c.strata[0].selected[0].clone(), false), "VER-036");
    has(codes(&|c| c.strata.swap(0, 1), false), "VER-030");
    has(codes(&|c| c.strata[0].threshold = "0000000000000001".into(), false), "VER-035");
    has(codes(&|c| c.strata[0].threshold = "zz".into(), false), "VER-035");
    has(codes(&|c| c.strata[0].substitutes[0].reason = " ".into(), false), "VER-038");
    has(codes(&|c| c.strata[0].substitutes[0].replaces = "X".into(), false), "VER-038");
    // A threshold moved a little needs the frame.
    let nudge = |c: &mut Certificate| {
        let bits = u64::from_str_radix(&c.strata[1].threshold, 16).unwrap() - 1;
        c.strata[1].threshold = format!("{bits:016x}");
    };
    assert!(codes(&nudge, false).is_empty());
    has(codes(&nudge, true), "VER-039");
    // A reserve listed in a selected unit's place.
    let swap = |c: &mut Certificate| {
        let tree = e.frame.tree();
        let reserve = e.order.strata[1].reserves()[0].row as usize;
        c.strata[1].selected[0] = compute_certificate_unit(&e.frame, &tree, &e.seed, reserve).unwrap();
    };
    has(codes(&swap, false), "VER-035");
}

#[test]
fn steps_say_what_was_not_checked() {
    let e = example(&SMALL);
    let report = check_certificate(&certificate(&e), None, None);
    assert!(report.is_verified());
    let state = |name: &str| report.steps.iter().find(|s| s.name == name).map(|s| (s.state, s.detail.as_str()));
    assert_eq!(state("公布的承诺值"), Some((StepState::NotChecked, "未与公布的承诺值核对")));
    assert!(matches!(state("全部单元"), Some((StepState::NotChecked, _))));
    assert!(state("声明").unwrap().1.contains("演示"));
    let commitment = to_hex(&e.seal.commitment());
    let report = check_certificate(&certificate(&e), Some(&e.frame), Some(&commitment));
    assert!(report.is_verified());
    assert!(
        report
            .steps
            .iter()
            .filter(|s| s.state == StepState::NotChecked)
            .all(|s| ["声明", "证书摘要"].contains(&s.name))
    );
}

#[test]
fn a_units_proof_shows_its_row_before_and_its_draw_after_the_opening() {
    let e = example(&SMALL);
    let tree = e.frame.tree();
    let (mut selected, mut excluded, mut left) = (0, 0, 0);
    for row in e.frame.rows() {
        let closed = compute_proof(&e.frame, &tree, &e.seal, None, row.unit_id).unwrap();
        assert!(check_proof(&closed, None).is_verified());
        let opened = compute_proof(&e.frame, &tree, &e.seal, Some((&e.opening, &e.order)), row.unit_id).unwrap();
        let opened = UnitProof::parse(&opened.to_json()).unwrap();
        let report = check_proof(&opened, Some(&e.opening.commitment));
        assert!(report.is_verified(), "{:?}", report.faults);
        match opened.outcome() {
            ProofOutcome::Selected => selected += 1,
            ProofOutcome::Excluded => excluded += 1,
            ProofOutcome::NotSelected => left += 1,
            ProofOutcome::NotOpened | ProofOutcome::ToldSelected | ProofOutcome::ToldReplacement => panic!("opened"),
        }
        assert_ne!(closed.outcome(), ProofOutcome::Selected);
        let mut wrong = opened.clone();
        wrong.row.salt[0] ^= 1;
        assert!(check_proof(&wrong, None).faults.iter().any(|f| f.code == "VER-032"));
        let mut wrong = opened;
        wrong.draw.as_mut().unwrap().ticket ^= 1;
        assert!(check_proof(&wrong, None).faults.iter().any(|f| f.code == "VER-034"));
    }
    // Three, four and one drawn, with a mandatory unit in each stratum; two excluded in each.
    assert_eq!((selected, excluded, left), (11, 6, e.frame.len() - 17));
    assert_eq!(compute_proof(&e.frame, &tree, &e.seal, None, "NOBODY").unwrap_err().code(), "SMP-040");
}

#[test]
fn sealing_and_opening_keep_their_times_and_forms() {
    let e = example(&SMALL);
    let secret = Secret::from_bytes(sha256(&[b"secret"]));
    let mut late = request_of(&e.frame);
    late.sealed_at = time("2027-02-28T21:15:00+08:00");
    assert_eq!(compute_seal(late, &e.frame, &secret).unwrap_err().code(), "VER-010");
    let early = OpeningClock::At(time("2027-02-28T21:14:59+08:00"));
    let open = |value: &str, secret: &Secret, clock: &OpeningClock| {
        compute_opening(&e.seal, secret, value, clock).map_err(|error| error.code())
    };
    let good = "03 07 12 18 25 31+09";
    assert_eq!(open(good, &secret, &early), Err("SEL-011"));
    assert!(open(good, &secret, &OpeningClock::Demonstration).is_ok());
    assert_eq!(open("07 03 12 18 25 31+09", &secret, &OpeningClock::Demonstration), Err("VER-011"));
    assert_eq!(open(good, &Secret::from_bytes([0; 32]), &OpeningClock::Demonstration), Err("VER-014"));
    let mut bad = request_of(&e.frame);
    bad.agency = "sh_brigade".into();
    assert_eq!(compute_seal(bad, &e.frame, &secret).unwrap_err().code(), "VER-008");
}

#[test]
fn a_years_seal_has_no_units() {
    let frame = compute_frame(Method::LATEST, vec![], &FrameKey::from_bytes([0; 32])).unwrap().frame;
    let secret = Secret::from_bytes([5; 32]);
    let mut request = request();
    request.period = "2027-00".parse().unwrap();
    let seal = super::of_format_1(compute_seal(request, &frame, &secret).unwrap());
    let (opening, seed) =
        compute_opening(&seal, &secret, "03 07 12 18 25 31+09", &OpeningClock::Demonstration).unwrap();
    let order = draw_units(&frame, &seal, &seed);
    let result = order.to_result(&frame, usize::MAX);
    let report = check_files(&frame.to_csv(), &seal.to_json(), &opening.to_json(), &result.to_json(), None);
    assert!(report.is_verified(), "{:?}", report.faults);
    let certificate = certificate_of(&frame, &frame.tree(), &seal, &opening, &seed, &order);
    assert!(check_certificate(&certificate, Some(&frame), None).is_verified());
}

#[test]
fn a_frame_with_steered_ranks_is_not_sealed_and_not_verified() {
    let e = example(&SMALL);
    let mut rows: Vec<_> = (0..e.frame.len()).filter_map(|i| e.frame.to_row(i)).collect();
    let free = rows.iter().position(|row| row.rank_ppb > 0 && row.rank_ppb < 1_000_000_000).unwrap();
    rows[free].rank_ppb += rows[free].rank_ppb / 1000;
    let frame = SamplingFrame::from_rows(rows).unwrap();
    let secret = Secret::from_bytes(sha256(&[b"secret"]));
    assert_eq!(compute_seal(request_of(&frame), &frame, &secret).unwrap_err().code(), "VER-023");
    let mut seal = e.seal.clone();
    seal.frame_root = to_hex(&frame.root());
    let faults = fairdraw::sampling::check_frame(&frame, &seal);
    assert!(!faults.is_empty() && faults.iter().all(|f| f.code == "VER-023"), "{faults:?}");
}

/// Seals that follow each other, as the register must see them.
fn next_seal(register: &SealRegister, base: &Seal, period: &str, sealed_at: &str, available_at: &str) -> Seal {
    let mut seal = base.clone();
    seal.period = period.into();
    seal.sequence = register.next_sequence(period.parse().unwrap());
    seal.previous = register.last_commitment().map(|c| to_hex(&c)).unwrap_or_default();
    seal.sealed_at = sealed_at.into();
    seal.entropy.available_at = available_at.into();
    seal
}

#[test]
fn the_register_keeps_its_chain() {
    let base = example(&SMALL).seal;
    let mut register = SealRegister::new();
    let (t1, t2, t3, t4) = (
        "2027-02-26T09:00:00+08:00",
        "2027-02-28T21:15:00+08:00",
        "2027-03-01T09:00:00+08:00",
        "2027-03-03T21:15:00+08:00",
    );
    let first = next_seal(&register, &base, "2027-03", t1, t2);
    register.append_sealed(&first, "").unwrap();
    let said = |result: Result<(), fairdraw::diagnostic::AppError>, part: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.code(), "SEL-020");
        assert!(error.to_string().contains(part), "{error}");
    };
    let second = next_seal(&register, &base, "2027-03", t3, t4);
    said(register.append_sealed(&second, "x"), "尚未开封");
    said(register.append_opened(&first.commitment(), time(t1)), "早于");
    said(register.append_voided(&first.commitment(), time(t2), " "), "原因");
    said(register.append_opened(&[0; 32], time(t2)), "待开封");
    register.append_voided(&first.commitment(), time(t2), "秘密遗失，\"信封\"未找到").unwrap();
    said(register.append_sealed(&second, ""), "再次封存");
    said(register.append_sealed(&Seal { sequence: 3, ..second.clone() }, "x"), "序号");
    said(register.append_sealed(&Seal { previous: String::new(), ..second.clone() }, "x"), "前一个");
    said(register.append_sealed(&Seal { agency: "310115".into(), ..second.clone() }, "x"), "一个机关");
    said(register.append_sealed(&Seal { sealed_at: t1.into(), ..second.clone() }, "x"), "倒退");
    said(register.append_sealed(&second, "第一行\n第二行"), "控制字符");
    register.append_sealed(&second, "秘密遗失后重新封签").unwrap();
    register.append_opened(&second.commitment(), time(t4)).unwrap();
    said(register.append_opened(&second.commitment(), time(t4)), "待开封");
    assert!(register.pending().is_none());
    assert_eq!(register.seals_of("2027-03".parse().unwrap()).count(), 2);
    let third = next_seal(&register, &base, "2027-04", t4, "2027-03-30T21:15:00+08:00");
    register.append_sealed(&third, "").unwrap();
    assert_eq!(register.pending().map(|l| l.period.to_string()).as_deref(), Some("2027-04"));

    let bytes = register.to_csv();
    assert_eq!(SealRegister::parse_csv(&bytes).unwrap(), register);
    // Lines can't be left out, swapped or doubled; the row is named.
    let lines: Vec<&str> = std::str::from_utf8(&bytes).unwrap().lines().collect();
    for at in 1..lines.len() - 1 {
        let mut cut = lines.clone();
        cut.remove(at);
        let error = SealRegister::parse_csv(cut.join("\n").as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.finding().row.is_some()), ("SEL-020", true));
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        assert!(SealRegister::parse_csv(doubled.join("\n").as_bytes()).is_err());
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        assert!(SealRegister::parse_csv(swapped.join("\n").as_bytes()).is_err());
    }
    assert_eq!(SealRegister::parse_csv(b"").unwrap_err().code(), "SEL-021");
    assert_eq!(SealRegister::parse_csv(b"a,b\n").unwrap_err().code(), "SEL-021");
    assert_eq!(SealRegister::parse_csv(&[0xff, 0xfe, 0]).unwrap_err().code(), "SEL-021");
    assert_eq!(SealRegister::parse_csv(&SealRegister::new().to_csv()).unwrap(), SealRegister::new());
}

#[test]
fn files_that_are_no_files_are_refused_without_a_panic() {
    for bytes in
        [&b""[..], b"{}", b"[]", b"null", b"{\"format\":1}", b"{\"strata\":{}}", &[0xff, 0x00], b"{\"a\":1,\"a\":1}"]
    {
        assert!(Seal::parse(bytes).is_err() && Opening::parse(bytes).is_err());
        assert!(Certificate::parse(bytes).is_err() && UnitProof::parse(bytes).is_err());
        assert!(SamplingFrame::parse_csv(bytes).is_err() || bytes.is_empty());
        assert!(!check_files(bytes, bytes, bytes, bytes, Some("")).is_verified());
    }
    let mut stratum = targets(&[("310115/key", 3, 1)]);
    stratum[0].units[0].1 = Target::Certain("Not Valid".into());
    assert_eq!(compute_frame(Method::LATEST, stratum, &FrameKey::from_bytes([0; 32])).unwrap_err().code(), "SMP-023");
}
