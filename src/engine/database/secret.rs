//! The password of a database: where it may come from, and that it is never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::address::Address;
use super::pgpass::password_in;

/// The program's own variable; goes before that of every PostgreSQL client.
const OWN_VARIABLE: &str = "FAIRDRAW_DB_PASSWORD";
const USUAL_VARIABLE: &str = "PGPASSWORD";

/// A password; never shown, kept or journaled.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes one; `None` where nothing was given.
    #[must_use]
    pub fn new(text: String) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    pub(in crate::engine) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The user: the address's, `PGUSER`'s, the system's.
pub(super) fn user_of(address: &Address, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let names = ["PGUSER", "USER", "USERNAME"];
    let named = || names.iter().find_map(|name| variable(name).filter(|user| !user.is_empty()));
    address.user.clone().or_else(named).unwrap_or_else(|| "postgres".to_owned())
}

/// A variable of the process.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Passwords that were typed since the program began, by address: asked once, used by each connection of a deed.
static TYPED: Mutex<BTreeMap<String, Password>> = Mutex::new(BTreeMap::new());

/// Keeps a password that was typed, for as long as the program runs; never on the disk.
pub fn keep_typed(address: &Address, password: Password) {
    TYPED.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_string(), password);
}

/// One that was typed for this address.
pub(super) fn typed_password(address: &Address) -> Option<Password> {
    TYPED.lock().unwrap_or_else(PoisonError::into_inner).get(&address.to_string()).cloned()
}

/// Where a password was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordPlace {
    /// A variable of the process.
    Environment,
    /// The file in which PostgreSQL's clients keep passwords.
    PassFile,
}

/// The password that the environment or the user's `.pgpass` has for an address; `None` where neither has one.
#[must_use]
pub fn find_password(address: &Address) -> Option<Password> {
    found(address).map(|(password, _)| password)
}

/// Where [`find_password`] finds it.
#[must_use]
pub fn password_place(address: &Address) -> Option<PasswordPlace> {
    found(address).map(|(_, place)| place)
}

fn found(address: &Address) -> Option<(Password, PasswordPlace)> {
    let known = [OWN_VARIABLE, USUAL_VARIABLE].into_iter().find_map(|name| environment(name).and_then(Password::new));
    known.map(|password| (password, PasswordPlace::Environment)).or_else(|| {
        let text = std::fs::read_to_string(pass_file(&environment)?).ok()?;
        let password = password_in(&text, address, &user_of(address, &environment)).and_then(Password::new)?;
        Some((password, PasswordPlace::PassFile))
    })
}

/// Where PostgreSQL's clients keep passwords: `PGPASSFILE`, else `.pgpass` of the home, on Windows below the
/// application's data.
fn pass_file(variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = match variable("PGPASSFILE") {
        Some(path) => PathBuf::from(path),
        None if cfg!(windows) => PathBuf::from(variable("APPDATA")?).join("postgresql").join("pgpass.conf"),
        None => PathBuf::from(variable("HOME")?).join(".pgpass"),
    };
    is_private(&path).then_some(path)
}

/// A file that others may read is no place for a password: passed over, as every PostgreSQL client does.
#[cfg(unix)]
fn is_private(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    /// What group and others may do.
    const OTHERS: u32 = 0o077;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & OTHERS == 0)
}

#[cfg(not(unix))]
fn is_private(path: &std::path::Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let password = Password::new("口令甲乙".to_owned()).unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(password.reveal(), "口令甲乙");
        assert!(Password::new(String::new()).is_none());
    }

    #[test]
    fn the_address_names_the_user_before_the_environment_does() {
        let of = |text: &str, known: &[(&str, &str)]| {
            let variable = |name: &str| known.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            user_of(&Address::parse(text).unwrap(), &variable)
        };
        assert_eq!(of("postgresql://甲@h/d", &[("PGUSER", "乙")]), "甲");
        assert_eq!(of("postgresql://h/d", &[("PGUSER", "乙"), ("USER", "丙")]), "乙");
        assert_eq!(of("postgresql://h/d", &[]), "postgres");
    }
}
