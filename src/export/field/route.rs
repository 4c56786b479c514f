//! The suggested order of visits: a team's targets of a month in one round, cut into days.
//!
//! Nearest insertion from the two places that lie furthest apart, then 2-opt, on great-circle distances (haversine,
//! mean earth radius): an open way, since nobody knows where the car starts. Only a suggestion: nothing depends on it.
//! Invariant: the same targets give the same order, whichever order they come in.

/// Mean radius of the earth in km (IUGG).
const EARTH_KM: f64 = 6371.0088;
/// Rounds of 2-opt at most; a month's list of a team ends long before.
const ROUNDS: usize = 200;
/// A way is shorter only by more than this, in km: rounding must not turn it back and forth.
const SHORTER: f64 = 1e-9;

/// Longitude and latitude in degrees, WGS 84.
pub(super) type Place = (f64, f64);

/// Great-circle distance in km.
fn distance(a: Place, b: Place) -> f64 {
    let (lon, lat) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let (x, y) = ((lat / 2.0).sin(), (lon / 2.0).sin());
    let h = x * x + a.1.to_radians().cos() * b.1.to_radians().cos() * y * y;
    2.0 * EARTH_KM * h.clamp(0.0, 1.0).sqrt().asin()
}

/// Length of the way through the places in their order, in km.
pub(super) fn length(places: &[Place]) -> f64 {
    places.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

/// A short open way through all places, as indices.
pub(super) fn short_way(places: &[Place]) -> Vec<usize> {
    let n = places.len();
    if n < 3 {
        return (0..n).collect();
    }
    let mut ends = (0, 1, -1.0);
    for a in 0..n {
        for b in a + 1..n {
            let apart = distance(places[a], places[b]);
            if apart > ends.2 {
                ends = (a, b, apart);
            }
        }
    }
    let mut order = vec![ends.0, ends.1];
    let mut left: Vec<usize> = (0..n).filter(|i| *i != ends.0 && *i != ends.1).collect();
    // how near each place that is left lies to the way
    let near = |i: usize, j: usize| distance(places[i], places[j]);
    let mut nearest: Vec<f64> = left.iter().map(|i| near(*i, ends.0).min(near(*i, ends.1))).collect();
    while !left.is_empty() {
        let next = (0..left.len()).min_by(|a, b| nearest[*a].total_cmp(&nearest[*b])).unwrap_or(0);
        let place = left.remove(next);
        nearest.remove(next);
        let detour = |at: usize| match at {
            0 => near(place, order[0]),
            at if at == order.len() => near(place, order[at - 1]),
            at => near(order[at - 1], place) + near(place, order[at]) - near(order[at - 1], order[at]),
        };
        let at = (0..=order.len()).min_by(|a, b| detour(*a).total_cmp(&detour(*b))).unwrap_or(0);
        order.insert(at, place);
        for (distance, other) in nearest.iter_mut().zip(&left) {
            *distance = distance.min(near(*other, place));
        }
    }
    two_opt(places, &mut order);
    order
}

/// Turns parts of the way round as long as that makes it shorter.
fn two_opt(places: &[Place], order: &mut [usize]) {
    let n = order.len();
    for _ in 0..ROUNDS {
        let mut better = false;
        for i in 0..n - 1 {
            for j in i + 1..n {
                // the part i..=j turned round: only the legs at its two ends change
                let leg = |a: usize, b: usize| distance(places[a], places[b]);
                let before = if i > 0 { leg(order[i - 1], order[i]) } else { 0.0 };
                let after = if j + 1 < n { leg(order[j], order[j + 1]) } else { 0.0 };
                let turned_before = if i > 0 { leg(order[i - 1], order[j]) } else { 0.0 };
                let turned_after = if j + 1 < n { leg(order[i], order[j + 1]) } else { 0.0 };
                if turned_before + turned_after < before + after - SHORTER {
                    order[i..=j].reverse();
                    better = true;
                }
            }
        }
        if !better {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(places: &[Place], order: &[usize]) -> Vec<Place> {
        order.iter().map(|i| places[*i]).collect()
    }

    #[test]
    fn distances_are_those_of_the_sphere() {
        // a degree of a great circle, and Shanghai to Beijing
        assert!((distance((121.0, 31.0), (121.0, 32.0)) - 111.195).abs() < 0.001);
        assert!((distance((121.47, 31.23), (116.40, 39.90)) - 1067.0).abs() < 2.0);
        assert!(distance((121.0, 31.0), (121.0, 31.0)) == 0.0);
    }

    #[test]
    fn the_way_is_the_shortest_of_all_for_few_places() {
        fn all(order: &mut Vec<usize>, left: &mut Vec<usize>, places: &[Place], best: &mut f64) {
            if left.is_empty() {
                *best = best.min(length(&along(places, order)));
            }
            for i in 0..left.len() {
                let place = left.remove(i);
                order.push(place);
                all(order, left, places, best);
                order.pop();
                left.insert(i, place);
            }
        }
        for seed in 0..40_u32 {
            let random = |i: u32| f64::from((seed * 7919 + i * 104_729) % 1009) / 1009.0;
            let places: Vec<Place> = (0..6).map(|i| (121.0 + random(i), 31.0 + random(i + 50))).collect();
            let mut best = f64::INFINITY;
            all(&mut Vec::new(), &mut (0..6).collect(), &places, &mut best);
            let way = short_way(&places);
            let mut seen = way.clone();
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
            let long = length(&along(&places, &way));
            // 2-opt may stop a little above the shortest
            assert!(long <= best * 1.12, "{seed}: {long} {best}");
        }
        assert!(short_way(&[]).is_empty() && short_way(&[(121.0, 31.0)]) == [0]);
        // a street is driven from one end to the other
        let street: Vec<Place> = [3, 0, 4, 1, 2].map(|i| (121.0 + f64::from(i) / 100.0, 31.0)).to_vec();
        let way: Vec<f64> = short_way(&street).into_iter().map(|i| street[i].0).collect();
        assert!(way.is_sorted() || way.iter().rev().is_sorted());
    }

    #[test]
    fn places_upon_one_another_end() {
        assert_eq!(short_way(&[(121.0, 31.0); 40]).len(), 40);
    }
}
