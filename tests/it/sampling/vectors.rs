//! Every vector of the reference: the good ones byte for byte, the others refused with their fault.

use fairdraw::domain::{StratumId, UnitId};
use fairdraw::sampling::{
    AnyCertificate, Certificate, DrawResult, FrameKey, Method, Opening, Seal, StratumTargets, Target, TicketMaker,
    certificate_of, check_certificate, check_draw, check_files, compute_calibrated_ranks, compute_frame,
    compute_inclusion, compute_realised, compute_seed, draw_from_files, draw_units, hash_from_hex, root_from_path,
    sha256, to_hex,
};
use serde_json::Value;

use super::{bytes_of, frame_of, row_of, text, vectors};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn good_vectors_agree_byte_for_byte() {
    let vectors = vectors();
    let good = vectors["good"].as_array().unwrap();
    assert_eq!(good.len(), 2);
    let mut certificates = 0;
    for v in good {
        let seal = Seal::parse(&bytes_of(&v["seal"])).unwrap();
        let opening = Opening::parse(&bytes_of(&v["opening"])).unwrap();
        let frame = frame_of(&v["frame"]);
        assert_eq!(String::from_utf8(seal.to_json()).unwrap(), text(&v["canonical_seal"]));
        let commitment = seal.commitment();
        assert_eq!(to_hex(&commitment), text(&v["opening"]["commitment"]));
        let secret = hash_from_hex(&opening.secret).unwrap();
        let seed = compute_seed(&commitment, &secret, &opening.entropy_value);
        assert_eq!(to_hex(&seed.0), text(&v["seed"]));
        assert_eq!(opening.seed(&seal), Some(seed));

        let maker = TicketMaker::new(&seed);
        for (unit, ticket) in v["tickets"].as_object().unwrap() {
            assert_eq!(maker.ticket(unit), ticket.as_u64().unwrap());
        }
        let tree = frame.tree();
        assert_eq!(to_hex(&frame.root()), text(&v["seal"]["frame_root"]));
        assert_eq!(tree.root(), frame.root());
        let proof = &v["proof"];
        let index = proof["index"].as_u64().unwrap();
        let path = tree.path(index as usize).unwrap();
        assert_eq!(path.iter().map(|h| to_hex(h)).collect::<Vec<_>>(), {
            proof["path"].as_array().unwrap().iter().map(|p| text(p).to_owned()).collect::<Vec<_>>()
        });
        let row = row_of(&proof["row"]);
        assert_eq!(frame.to_row(index as usize).unwrap(), row);
        assert_eq!(root_from_path(row.view().leaf(), index, frame.len() as u64, &path), Ok(frame.root()));

        let order = draw_units(&frame, &seal, &seed);
        let result = order.to_result(&frame, 5);
        assert_eq!(serde_json::to_value(&result).unwrap(), v["result"]);
        let published = Some(opening.commitment.as_str());
        assert_eq!(check_draw(&frame, &seal, &opening, &result, published), []);
        assert_eq!(check_draw(&frame, &seal, &opening, &result, None), []);

        let certificate = certificate_of(&frame, &tree, &seal, &opening, &seed, &order);
        let report = check_certificate(&certificate, Some(&frame), published);
        assert!(report.is_verified(), "{:?}", report.faults);
        if let Some(wanted) = v.get("certificate") {
            certificates += 1;
            assert_eq!(serde_json::to_value(&certificate).unwrap(), *wanted);
            let read = Certificate::parse(&bytes_of(wanted)).unwrap();
            assert_eq!(read, certificate);
        }

        // Through files, as the command line goes.
        let drawn =
            draw_from_files(&frame.to_csv(), &bytes_of(&v["seal"]), &bytes_of(&v["opening"]), published).unwrap();
        assert_eq!(drawn.result, order.to_result(&frame, usize::MAX));
        let report = check_files(&frame.to_csv(), &seal.to_json(), &opening.to_json(), &result.to_json(), None);
        assert!(report.is_verified());
        assert!(report.steps.iter().any(|step| step.detail == "未与公布的承诺值核对"));
    }
    assert_eq!(certificates, 1);
}

#[test]
fn every_must_fail_vector_is_refused_with_its_fault() {
    let vectors = vectors();
    let cases = vectors["must_fail"].as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for v in cases {
        let name = text(&v["name"]);
        let wanted: Vec<&str> = v["faults"].as_array().unwrap().iter().map(text).collect();
        let published = v["published"].as_str();
        let frame = frame_of(&v["frame"]);
        let parts = (Seal::parse(&bytes_of(&v["seal"])), Opening::parse(&bytes_of(&v["opening"])));
        let result = DrawResult::parse(&bytes_of(&v["result"])).unwrap();
        let faults = match parts {
            (Ok(seal), Ok(opening)) => check_draw(&frame, &seal, &opening, &result, published),
            (Err(fault), _) | (_, Err(fault)) => vec![fault],
        };
        let details: Vec<&str> = faults.iter().map(|f| f.detail.as_str()).collect();
        assert_eq!(details, wanted, "{name}");
        assert!(faults.iter().all(|f| f.code.starts_with("VER-") && !f.text.is_ascii()), "{name}");

        let csv = frame.to_csv();
        let (seal, opening, result) = (bytes_of(&v["seal"]), bytes_of(&v["opening"]), bytes_of(&v["result"]));
        let report = check_files(&csv, &seal, &opening, &result, published);
        let details: Vec<&str> = report.faults.iter().map(|f| f.detail.as_str()).collect();
        assert_eq!(details, wanted, "{name}, through files");
        // The bare draw refuses them too, but for the two that only falsify the result.
        let only_result = wanted.iter().all(|w| w.contains("selection") || w.starts_with("result"));
        assert_eq!(draw_from_files(&csv, &seal, &opening, published).is_ok(), only_result, "{name}");
    }
}

#[test]
fn the_calibration_vector_agrees() {
    let vectors = vectors();
    let v = &vectors["calibration"];
    let n = v["n"].as_u64().unwrap() as usize;
    let pis = compute_inclusion(&numbers(&v["weights"]), n);
    assert_eq!(pis, numbers(&v["pi"]));
    let free: Vec<f64> = pis.iter().copied().filter(|p| *p < 1.0).collect();
    let draws = n - (pis.len() - free.len());
    for (got, want) in compute_realised(Method::V1, &free, draws).iter().zip(numbers(&v["plain_realises"])) {
        assert!((got - want).abs() < 1e-13, "{got} {want}");
    }
    let found = compute_calibrated_ranks(Method::V1, &free, draws);
    for (got, want) in found.ranks.iter().zip(numbers(&v["ranks"])) {
        assert!((got - want).abs() < 1e-12, "{got} {want}");
    }
    for (got, want) in compute_realised(Method::V1, &found.ranks, draws).iter().zip(&free) {
        assert!((got / want - 1.0).abs() < 1e-8);
    }
}

/// The reference's own frames, built anew from their weights: probabilities, ranks and salts to the byte.
#[test]
fn the_vectors_frames_are_built_byte_for_byte() {
    let vectors = vectors();
    for (v, label) in vectors["good"].as_array().unwrap().iter().zip(["A", "B"]) {
        let seal = Seal::parse(&bytes_of(&v["seal"])).unwrap();
        let frame = frame_of(&v["frame"]);
        let strata = seal
            .strata
            .iter()
            .enumerate()
            .map(|(s, stratum)| {
                let unit = |i: u64, tail: &str| UnitId::new(format!("91310{s}{label}{i:07}{tail}")).unwrap();
                let weight = |i: u64| Target::Weight((1 + (7 * i + s as u64) % 9) as f64);
                let mut units: Vec<_> = (0..stratum.size).map(|i| (unit(i, "001P"), weight(i))).collect();
                for (i, why) in ["closed", "window", "cap"].into_iter().enumerate() {
                    units.push((unit(i as u64, "002P"), Target::Excluded(why.into())));
                }
                StratumTargets { id: StratumId::new(stratum.id.as_str()).unwrap(), quota: stratum.draw as usize, units }
            })
            .collect();
        let key = FrameKey::from_bytes(sha256(&[b"frame key ", label.as_bytes()]));
        let built = compute_frame(Method::V1, strata, &key).unwrap();
        assert_eq!(built.frame.to_csv(), frame.to_csv(), "{label}");
        assert_eq!(built.frame.seal_strata().unwrap(), seal.strata);
    }
}

/// Certificates of formats 2 and 3 that another program made: good ones pass, forgeries are refused with the codes that it
/// found.
#[test]
fn closed_vectors_pass_and_forgeries_of_them_are_refused() {
    let vectors = vectors();
    assert!(forgeries_refused(&vectors["closed"]) >= 24);
    // format 3: the log's heads, and what another hand did
    assert!(forgeries_refused(&vectors["log"]) >= 17);
}

/// How many forgeries of a set of vectors there are, each refused as it should be.
fn forgeries_refused(closed: &serde_json::Value) -> usize {
    let frame = frame_of(&closed["frame"]);
    let read = |value: &serde_json::Value| AnyCertificate::parse(&bytes_of(value)).unwrap();
    let mut good: Vec<_> = closed["good"].as_array().unwrap().iter().collect();
    good.extend(closed.get("demonstration"));
    for value in good {
        let certificate = read(value);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&certificate.to_json()).unwrap(), *value);
        let published = certificate.opening().commitment.clone();
        for frame in [None, Some(&frame)] {
            let report = certificate.check(frame, Some(&published), value["head"].as_str());
            assert!(report.is_verified(), "{:?}", report.faults);
        }
    }
    let published = text(&closed["published"]);
    let fails = closed["must_fail"].as_array().unwrap();
    for case in fails {
        let head = Some(text(&case["head"])).filter(|head| !head.is_empty());
        let with_frame = (case["frame"] == 1).then_some(&frame);
        let report = read(&case["certificate"]).check(with_frame, Some(published), head);
        let codes: std::collections::BTreeSet<&str> = report.faults.iter().map(|fault| fault.code).collect();
        let wanted: std::collections::BTreeSet<&str> = case["codes"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(codes, wanted, "{}", case["name"]);
    }
    fails.len()
}
