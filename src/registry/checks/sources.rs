//! Checks of the register of pollution sources.
//!
//! Numbers by HJ 608-2017 and GB 32100-2015; permits and registrations are valid five years (排污许可管理条例
//! art. 14, 生态环境法典 art. 186). A fault that only spoils an attribute leaves the unit in the population:
//! a typing error must not free anyone from inspection. Set aside are rows without a usable number, name,
//! category or district, since they could not be drawn at all.

use std::borrow::Cow;
use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::domain::{PermitForm, PermitNumber, Uscc};
use crate::text::day::{day_number, render_day};
use crate::text::{fold, is_blank_word};

use super::super::codes;
use super::super::collect::Collector;
use super::super::districts::{Apart, DistrictLookup};
use super::super::ids::{LONGEST_ID, LastingIds, id_key};
use super::super::intake::Intake;
use super::super::mapping::{BodyRule, DistrictRule};
use super::super::options::RegistryOptions;
use super::super::parse::{collect_text, find_cells, map_text, map_values};
use super::super::schema::sources;
use super::super::vocabulary::SiteStatus;
use super::points::{check_points, check_system};

/// Completes and checks the columns of the register.
pub(in super::super) fn check_sources(
    intake: &mut Intake<'_>,
    options: &RegistryOptions,
    map: &dyn DistrictLookup,
    out: &mut Collector,
) {
    check_numbers(intake, options, out);
    check_points(intake, options, map, out);
    check_districts(intake, map, out);
    check_system(intake, options, map, out);
    compute_bodies(intake, options);
    check_dates(intake, options, out);
    complete_status(intake, out);
}

/// Who says nothing of a unit's state has it in operation, and is told so.
fn complete_status(intake: &mut Intake<'_>, out: &mut Collector) {
    let written = intake.text(sources::STATUS.name());
    let empty = match &written {
        Some(cells) => cells.null_count() + find_cells(cells, |text| is_blank_word(&fold(text)).then_some(())).len(),
        None => intake.len(),
    };
    if empty > 0 {
        let finding = codes::STATUS_MISSING.finding().within(&intake.raw.file, intake.raw.sheet.as_deref());
        let value =
            if written.is_some() { format!("{empty} 行") } else { "没有「生产状态」一列".to_owned() };
        out.whole(finding.column(intake.layout.heading(sources::STATUS.name())).value(value));
    }
    let active = SiteStatus::Active.id();
    let status = match intake.get(&sources::STATUS) {
        Some(status) if status.null_count() == 0 => status.clone(),
        Some(status) => collect_text(status.len(), |i| Some(Cow::Borrowed(status.get(i).unwrap_or(active)))),
        None => StringChunked::full(PlSmallStr::EMPTY, active, intake.len()),
    };
    intake.put(&sources::STATUS, status);
}

fn check_numbers(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let n = intake.len();
    let numbers =
        intake.get(&sources::UNIT_ID).cloned().unwrap_or_else(|| StringChunked::full_null(PlSmallStr::EMPTY, n));
    let (forms, _) = map_values::<(PermitForm, Option<Uscc>), (), _>(&numbers, |text| {
        Ok(PermitNumber::parse(text).map(|number| (number.form(), number.uscc())))
    });
    for (i, form) in forms.iter().enumerate() {
        let code = match form {
            Some((PermitForm::OldRegistration, _)) => &codes::NUMBER_OLD,
            Some((PermitForm::Other, _)) => &codes::NUMBER_FORM,
            _ => continue,
        };
        intake.report(out, code, i, sources::UNIT_ID.name(), numbers.get(i).unwrap_or_default(), "");
    }
    // The enterprise: the column's code goes before the one inside the number.
    let column = intake.get(&sources::USCC).cloned();
    let had_column = column.is_some();
    let given = column.unwrap_or_else(|| StringChunked::full_null(PlSmallStr::EMPTY, n));
    // A code that fails its check gives way to the good one inside the number; that it is wrong was said.
    let serves = |code: &str, inside: Uscc| code == inside.as_str() || Uscc::parse(code).is_ok();
    let apart: Vec<(usize, Uscc, bool)> = (0..n)
        .into_par_iter()
        .filter_map(|i| {
            let inside = forms[i].and_then(|(_, uscc)| uscc)?;
            let code = given.get(i);
            (code != Some(inside.as_str())).then(|| (i, inside, code.is_some_and(|code| serves(code, inside))))
        })
        .collect();
    let mut taken = 0_u64;
    for (i, inside, serves) in apart {
        let code = given.get(i).unwrap_or_default();
        taken += u64::from(!serves);
        if serves {
            intake.report(out, &codes::USCC_DIFFERS, i, sources::USCC.name(), code, &format!("编号中的 {inside}"));
        } else if had_column && given.get(i).is_none() {
            intake.report(out, &codes::USCC_FROM_NUMBER, i, sources::USCC.name(), inside.as_str(), "");
        }
    }
    if taken > 0 && !had_column {
        out.whole(codes::USCC_FROM_NUMBER.finding().file(intake.raw.file.as_str()).value(format!("{taken} 行")));
    }
    if taken > 0 {
        let filled = collect_text(n, |i| {
            let inside = forms[i].and_then(|(_, uscc)| uscc);
            given
                .get(i)
                .filter(|code| inside.is_none_or(|inside| serves(code, inside)))
                .map(Cow::Borrowed)
                .or_else(|| inside.map(|uscc| Cow::Owned(uscc.as_str().to_owned())))
        });
        intake.put(&sources::USCC, filled);
    }
    // The lasting id.
    let lasting = &options.lasting;
    let (ids, faults) = map_text(&numbers, |text| {
        let key = id_key(text);
        if key.is_empty() || key.len() > LONGEST_ID {
            return Err(());
        }
        Ok(Some(match lasting.get(&key) {
            Some(id) => Cow::Owned(id.to_owned()),
            None => key,
        }))
    });
    for (i, ()) in faults {
        intake.report(out, &codes::NUMBER_UNUSABLE, i, sources::UNIT_ID.name(), numbers.get(i).unwrap_or_default(), "");
    }
    let ids = cover_identities(intake, ids, lasting, out);
    if !lasting.is_empty() {
        for (i, (id, number)) in ids.iter().zip(numbers.iter()).enumerate() {
            if let (Some(id), Some(number)) = (id, number)
                && lasting.get(&id_key(number)) == Some(id)
            {
                intake.report(out, &codes::LASTING_ID, i, sources::UNIT_ID.name(), number, id);
            }
        }
    }
    intake.put(&sources::NUMBER, numbers);
    intake.put(&sources::UNIT_ID, ids);
}

/// The ids, where one holds a person's identity number an id of our own in its place.
fn cover_identities(
    intake: &Intake<'_>,
    ids: StringChunked,
    lasting: &LastingIds,
    out: &mut Collector,
) -> StringChunked {
    let covers = lasting.cover(ids.iter().flatten(), ids.iter().flatten());
    if covers.is_empty() {
        return ids;
    }
    let covered = collect_text(ids.len(), |i| {
        ids.get(i).map(|id| covers.get(id).map_or(Cow::Borrowed(id), |cover| Cow::Owned(cover.clone())))
    });
    for (i, (id, cover)) in ids.iter().zip(covered.iter()).enumerate() {
        if let (Some(id), Some(cover)) = (id, cover)
            && id != cover
        {
            intake.report(out, &codes::NUMBER_COVERED, i, sources::UNIT_ID.name(), id, cover);
        }
    }
    covered
}

fn check_districts(intake: &mut Intake<'_>, map: &dyn DistrictLookup, out: &mut Collector) {
    let n = intake.len();
    let from_point = intake.layout.district == DistrictRule::FromPoint;
    let given: Vec<Option<u32>> = match intake.get(&sources::DISTRICT) {
        Some(codes) if !from_point => codes.clone(),
        _ => vec![None; n],
    };
    // A cell with an unknown district has been reported and set aside already: the point must not stand in.
    let written = intake.text(sources::DISTRICT.name()).filter(|_| !from_point);
    let (lon, lat) = (intake.decimals(&sources::LON), intake.decimals(&sources::LAT));
    let known: Vec<usize> = (0..n).filter(|i| lon[*i].is_some() && lat[*i].is_some()).collect();
    let has_map = map.bounds().is_some();
    let mut located: Vec<Option<u32>> = vec![None; n];
    if has_map && !known.is_empty() {
        let lons: Vec<f64> = known.iter().filter_map(|i| lon[*i]).collect();
        let lats: Vec<f64> = known.iter().filter_map(|i| lat[*i]).collect();
        for (i, district) in known.iter().zip(map.locate_many(&lons, &lats)) {
            located[*i] = district;
        }
    }
    let point = |i: usize| lon[i].zip(lat[i]);
    let differing: Vec<usize> = known
        .iter()
        .copied()
        .filter(|i| given[*i].is_some() && located[*i].is_some() && given[*i] != located[*i])
        .collect();
    let distances: Vec<Option<Apart>> = differing
        .par_iter()
        .map(|i| point(*i).zip(given[*i]).and_then(|((lon, lat), stated)| map.apart(lon, lat, stated)))
        .collect();
    let distance: BTreeMap<usize, Option<Apart>> = differing.into_iter().zip(distances).collect();
    let name = |code: u32| map.name_of(code).map_or_else(|| code.to_string(), |name| format!("{name}（{code}）"));
    let mut districts = given;
    for i in 0..n {
        let at = || point(i).map_or_else(String::new, |(lon, lat)| format!("{lon}, {lat}"));
        match (districts[i], located[i]) {
            (Some(_), None) if has_map && point(i).is_some() => {
                intake.report(out, &codes::POINT_OUTSIDE, i, sources::LON.name(), &at(), "地图范围内的坐标");
            }
            (Some(district), Some(place)) if district != place => {
                let apart = distance.get(&i).copied().flatten();
                let near = apart.is_some_and(|apart| apart.near);
                let code = if near { &codes::DISTRICT_NEAR_BORDER } else { &codes::DISTRICT_DIFFERS };
                let far = apart.map_or_else(String::new, |apart| format!("，距所填的区约 {:.0} 米", apart.metres));
                intake.report(
                    out,
                    code,
                    i,
                    sources::DISTRICT.name(),
                    &name(district),
                    &format!("坐标落点所在的{}{far}", name(place)),
                );
            }
            (None, place) => {
                if written.as_ref().and_then(|cells| cells.get(i)).is_some_and(|text| !is_blank_word(&fold(text))) {
                    continue;
                }
                match place {
                    Some(place) => {
                        districts[i] = Some(place);
                        if !from_point {
                            intake.report(
                                out,
                                &codes::DISTRICT_FROM_POINT,
                                i,
                                sources::DISTRICT.name(),
                                &name(place),
                                "",
                            );
                        }
                    }
                    None if point(i).is_some() && has_map => {
                        intake.report(
                            out,
                            &codes::DISTRICT_NOWHERE,
                            i,
                            sources::DISTRICT.name(),
                            &at(),
                            "地图范围内的坐标",
                        );
                    }
                    None => intake.report(out, &codes::VALUE_MISSING, i, sources::DISTRICT.name(), "", ""),
                }
            }
            _ => {}
        }
    }
    intake.put(&sources::DISTRICT, districts);
}

/// Who owns each unit: the column, else the district's body.
fn compute_bodies(intake: &mut Intake<'_>, options: &RegistryOptions) {
    let Some(districts) = intake.get(&sources::DISTRICT) else { return };
    let always = options.mapping.bodies == Some(BodyRule::District);
    let given = intake.get(&sources::BODY).filter(|_| !always);
    let mut defaults: FxHashMap<u32, String> = FxHashMap::default();
    for district in districts.iter().flatten() {
        if !defaults.contains_key(district) {
            defaults.insert(*district, options.body_of_district(*district));
        }
    }
    let bodies = collect_text(districts.len(), |i| {
        given
            .and_then(|bodies| bodies.get(i))
            .or_else(|| districts[i].and_then(|district| defaults.get(&district)).map(String::as_str))
            .map(Cow::Borrowed)
    });
    intake.put(&sources::BODY, bodies);
}

fn check_dates(intake: &mut Intake<'_>, options: &RegistryOptions, out: &mut Collector) {
    let today = day_number(options.as_of);
    if let (Some(issued), Some(expires)) = (intake.get(&sources::ISSUED), intake.get(&sources::EXPIRES)) {
        let (mut issued, mut expires) = (issued.clone(), expires.clone());
        for i in 0..intake.len() {
            if let (Some(from), Some(to)) = (issued[i], expires[i])
                && to < from
            {
                intake.report(
                    out,
                    &codes::EXPIRES_BEFORE_ISSUE,
                    i,
                    sources::EXPIRES.name(),
                    &render_day(to),
                    &format!("不早于 {}", render_day(from)),
                );
                (issued[i], expires[i]) = (None, None);
            }
        }
        intake.put(&sources::ISSUED, issued);
        intake.put(&sources::EXPIRES, expires);
    }
    for (i, to) in intake.get(&sources::EXPIRES).into_iter().flatten().enumerate() {
        let Some(to) = *to else { continue };
        if to < today {
            intake.report(out, &codes::PERMIT_EXPIRED, i, sources::EXPIRES.name(), &render_day(to), "");
        } else if to <= today + options.expiring_days {
            intake.report(out, &codes::PERMIT_EXPIRING, i, sources::EXPIRES.name(), &render_day(to), "");
        }
    }
    for column in [sources::ISSUED, sources::PERMIT_EVENT_DATE] {
        for (i, day) in intake.get(&column).into_iter().flatten().enumerate() {
            if let Some(day) = *day
                && day > today
            {
                intake.report(
                    out,
                    &codes::DATE_FUTURE,
                    i,
                    column.name(),
                    &render_day(day),
                    &format!("不晚于 {}", options.as_of),
                );
            }
        }
    }
    if let (Some(from), Some(to)) = (intake.get(&sources::POSITIVE_FROM), intake.get(&sources::POSITIVE_TO)) {
        let mut ends = to.clone();
        for i in 0..intake.len() {
            if let (Some(start), Some(end)) = (from[i], ends[i])
                && end < start
            {
                intake.report(
                    out,
                    &codes::PERIOD_REVERSED,
                    i,
                    sources::POSITIVE_TO.name(),
                    &render_day(end),
                    &format!("不早于 {}", render_day(start)),
                );
                ends[i] = None;
            }
        }
        intake.put(&sources::POSITIVE_TO, ends);
    }
}
