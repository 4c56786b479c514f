//! The internal files as folders: the agency's own, and one for each body that can be sent to it as it is.

use std::collections::BTreeMap;

use crate::domain::BodyId;
use crate::export::{ExportFile, sanitise_file_name};

/// Internal files by who they are for.
#[derive(Debug, Default)]
pub struct InternalFiles {
    /// The agency's own; the city's plan workbook first.
    pub own: Vec<ExportFile>,
    /// Of each body: its name and what it gets.
    bodies: BTreeMap<BodyId, (String, Vec<ExportFile>)>,
}

impl InternalFiles {
    /// What a body gets, to add to.
    pub fn of(&mut self, body: &BodyId, name: &str) -> &mut Vec<ExportFile> {
        &mut self.bodies.entry(body.clone()).or_insert_with(|| (name.to_owned(), Vec::new())).1
    }

    /// The agency's own files, and the bodies' folders: name, as every system takes it, and files. Two bodies of one
    /// name keep apart by id.
    #[must_use]
    pub fn parts(self) -> (Vec<ExportFile>, Vec<(String, Vec<ExportFile>)>) {
        let clean = |name: &str| sanitise_file_name(name, "");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (name, _) in self.bodies.values() {
            *counts.entry(clean(name).to_lowercase()).or_insert(0) += 1;
        }
        let folder = |(body, (name, files)): (BodyId, (String, Vec<ExportFile>))| {
            let name = clean(&name);
            let alone = counts.get(&name.to_lowercase()) == Some(&1);
            (if alone { name } else { format!("{name}_{body}") }, files)
        };
        (self.own, self.bodies.into_iter().map(folder).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_one_name_get_folders_of_their_own() {
        let mut files = InternalFiles::default();
        for (body, name) in [("310101", "甲局"), ("310104", "乙/局"), ("310105", "甲局")] {
            files.of(&BodyId::new(body).unwrap(), name);
        }
        let names: Vec<String> = files.parts().1.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["甲局_310101", "乙_局", "甲局_310105"]);
    }
}
