//! `.pgpass`: lines `host:port:database:user:password`, `*` for any, `\:` and `\\` for themselves.

use super::address::Address;

/// The password of the first line that fits.
#[must_use]
pub(super) fn password_in(text: &str, address: &Address, user: &str) -> Option<String> {
    let host = if address.socket.is_some() { "localhost" } else { &address.host };
    let port = address.port.to_string();
    let wanted = [host, &port, &address.database, user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields_of(line)?;
        let (password, places) = fields.split_last()?;
        let fits = places.iter().zip(wanted).all(|((text, starred), wanted)| *starred || text == wanted);
        fits.then(|| password.0.clone())
    })
}

/// The five fields of a line, each with whether it is a bare `*`; `None` for any other line.
fn fields_of(line: &str) -> Option<Vec<(String, bool)>> {
    let mut fields = vec![(String::new(), false)];
    let mut chars = line.trim_end_matches('\r').chars();
    let mut escaped = false;
    while let Some(c) = chars.next() {
        // behind the fourth colon all is password, but for its escapes
        let last = fields.len() == 5;
        let field = fields.last_mut()?;
        match c {
            '\\' => {
                field.0.push(chars.next().unwrap_or('\\'));
                escaped = true;
            }
            ':' if !last => {
                field.1 = !escaped && field.0 == "*";
                escaped = false;
                fields.push((String::new(), false));
            }
            c => field.0.push(c),
        }
    }
    (fields.len() == 5).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let address = Address::parse("postgresql://fd@db:6432/hjjc").unwrap();
        let find = |text: &str| password_in(text, &address, "fd");
        assert_eq!(find("other:*:*:*:no\ndb:6432:hjjc:fd:一:二\n*:*:*:*:later").as_deref(), Some("一:二"));
        assert_eq!(find("# db:6432:hjjc:fd:no\r\n*:*:*:fd:pass\\:wo\\\\rd\r\n").as_deref(), Some("pass:wo\\rd"));
        assert_eq!(find("\\*:*:*:*:no\ndb:5432:hjjc:fd:no\ndb:6432\n::::\n").as_deref(), None);
        assert_eq!(find("").as_deref(), None);
        let socket = Address::parse("postgresql:///hjjc?host=/run/postgresql&port=6432").unwrap();
        assert_eq!(password_in("localhost:6432:hjjc:fd:x", &socket, "fd").as_deref(), Some("x"));
    }

    #[test]
    fn hostile_lines_are_no_lines() {
        let address = Address::parse("postgresql://h/d").unwrap();
        for text in ["\\", ":", "::::::::", "\\:\\:\\:\\:", "*:*:*:*", "\0:\0:\0:\0:\0", "*:*:*:*\\"] {
            assert_eq!(password_in(text, &address, "u").filter(|p| p.contains("secret")), None, "{text:?}");
        }
    }
}
