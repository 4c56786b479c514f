//! SHA-256, hexadecimal text and HMAC salts.
//!
//! Duty: one spelling for every hash of the draw: 64 lower-case hexadecimal digits, nothing else is read.
//! Methods: FIPS 180-4 (SHA-256), RFC 2104 (HMAC).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A SHA-256 value or a 32-byte secret.
pub type Hash32 = [u8; 32];

/// SHA-256 of the parts, one after another.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash32 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// SHA-256 and length of everything that a reader gives, in pieces: an input may be a gigabyte.
///
/// # Errors
/// Those of the reader.
pub fn sha256_of(mut reader: impl std::io::Read) -> std::io::Result<(Hash32, u64)> {
    let (mut hasher, mut length) = (Sha256::new(), 0);
    let mut piece = vec![0; 1 << 20];
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok((hasher.finalize().into(), length)),
            read => {
                hasher.update(&piece[..read]);
                length += read as u64;
            }
        }
    }
}

/// HMAC-SHA-256 of the message.
#[must_use]
pub fn hmac_sha256(key: &Hash32, message: &[u8]) -> Hash32 {
    // A key of 32 bytes is shorter than a block, so that every length is taken; the fallback never runs.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Lower-case hexadecimal digits.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    push_hex(&mut text, bytes);
    text
}

/// Appends lower-case hexadecimal digits.
pub(super) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Reads exactly `2·N` lower-case hexadecimal digits; `None` for any other text.
#[must_use]
pub fn from_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0_u8; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Reads 64 lower-case hexadecimal digits.
#[must_use]
pub fn hash_from_hex(text: &str) -> Option<Hash32> {
    from_hex::<32>(text.as_bytes())
}

/// `SHA-256(roster.csv ‖ needs.csv)`, as the seal's `roster_sha256`.
#[must_use]
pub fn compute_roster_sha256(roster_csv: &[u8], needs_csv: &[u8]) -> Hash32 {
    sha256(&[roster_csv, needs_csv])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_the_standards_examples() {
        // FIPS 180-4 example "abc"; the HMAC as another implementation gives it.
        assert_eq!(to_hex(&sha256(&[b"a", b"bc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let key = sha256(&[b"frame key A"]);
        assert_eq!(to_hex(&hmac_sha256(&key, b"913100A0000000001P")[..4]), "1577501a");
    }

    #[test]
    fn only_one_spelling_of_a_hash_is_read() {
        let hash = sha256(&[b""]);
        let text = to_hex(&hash);
        assert_eq!(hash_from_hex(&text), Some(hash));
        assert_eq!(hash_from_hex(&text.to_uppercase()), None);
        assert_eq!(hash_from_hex(&format!("{text} ")), None);
        assert_eq!(from_hex::<32>(&text.as_bytes()[..63]), None);
        assert_eq!(from_hex::<1>("污".as_bytes()), None);
    }
}
