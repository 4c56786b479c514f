//! Names that mean several firms of the city.

use super::city::City;
use super::rows::identity;
use crate::registry::text::name_key;

/// Names that several enterprises have, as the register compares names: files that speak of these give the code too,
/// as an office's do where its own lists refuse a name that means several.
pub(super) struct SharedNames(Vec<String>);

impl SharedNames {
    pub(super) fn of(city: &City) -> Self {
        let firms = city.sites.iter().filter(|site| site.branch == 1);
        let mut keys: Vec<String> = firms.map(|site| key_of(&identity(city, site).0)).collect();
        keys.sort_unstable();
        let mut shared: Vec<String> =
            keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
        shared.dedup();
        Self(shared)
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.binary_search(&key_of(name)).is_ok()
    }
}

fn key_of(name: &str) -> String {
    name_key(name, &["上海市".to_owned(), "上海".to_owned()])
}
