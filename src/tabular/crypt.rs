//! Workbooks encrypted with the password that every spreadsheet knows.
//!
//! A workbook whose structure is protected is encrypted with "VelvetSweatshop"; Excel, WPS and LibreOffice open it
//! without asking, so it is read here too. Any other password stays the owner's: the file is refused as encrypted.
//!
//! Sources: MS-OFFCRYPTO 2.3.4 and 2.3.6, MS-XLS 2.2.10.

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher, consts::U16};

use super::biff::{Records, u16_at};
use super::compound::Compound;
use super::fence::fenced;
use super::input::Input;
use crate::diagnostic::AppResult;

/// The password that Excel uses where a workbook has none of its own.
const DEFAULT: &str = "VelvetSweatshop";

/// The record that says how a stream is encrypted.
const FILE_PASS: u16 = 0x002F;
/// A record that no reader knows.
const UNKNOWN: u16 = 0x1FFF;

/// Rounds of hashing past which a file would only keep the machine busy.
const MOST_ROUNDS: u64 = 10_000_000;

/// The package inside an encrypted compound file, where the default password opens it.
///
/// # Errors
/// `RAW-003` where it does not.
pub(super) fn open_package(input: &Input, file: &mut Compound<'_>, bytes: &[u8]) -> AppResult<Input> {
    let info = file.stream("EncryptionInfo").map(|(info, _)| info).unwrap_or_default();
    let text = String::from_utf8_lossy(&info);
    let rounds = text.split("spinCount=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<u64>().ok());
    if rounds.max().unwrap_or(0) > MOST_ROUNDS {
        return Err(input.encrypted());
    }
    let plain =
        fenced(input, || office_crypto::decrypt_from_bytes(bytes.to_vec(), DEFAULT).map_err(|_| input.encrypted()))
            .map_err(|_| input.encrypted())?;
    // With another password the key is another, and what comes out is no archive.
    if !plain.starts_with(b"PK") {
        return Err(input.encrypted());
    }
    Ok(Input::memory(input.name.clone(), &input.path, plain))
}

/// The stream in plain where it is encrypted with the default password; `None` where it isn't encrypted so.
pub(super) fn opened(stream: &[u8]) -> Option<Vec<u8>> {
    let first = (Records { stream, at: 0 }).take_while(|record| record.kind != 0x000A);
    let pass = first.into_iter().find(|record| record.kind == FILE_PASS)?;
    open_stream(stream, pass.body)
}

/// The key of a block of 1 024 bytes.
fn block_cipher(base: &[u8], block: u32) -> Rc4<U16> {
    let key = Md5::new().chain_update(base).chain_update(block.to_le_bytes()).finalize();
    Rc4::new(&key)
}

/// The stream of an old workbook in plain, where the body of its FILEPASS record and the default password open it;
/// `None` where they don't.
fn open_stream(stream: &[u8], file_pass: &[u8]) -> Option<Vec<u8>> {
    // RC4 of 40 bits, version 1.1: the only kind that old Excel used by itself.
    if (u16_at(file_pass, 0), u16_at(file_pass, 2), u16_at(file_pass, 4)) != (1, 1, 1) {
        return None;
    }
    let (salt, verifier, hash) = (file_pass.get(6..22)?, file_pass.get(22..38)?, file_pass.get(38..54)?);
    let password: Vec<u8> = DEFAULT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let short = Md5::digest(&password);
    let mut salted = Md5::new();
    for _ in 0..16 {
        salted.update(short.get(..5)?);
        salted.update(salt);
    }
    let base = salted.finalize();
    let base = base.get(..5)?;
    let mut proof = [verifier, hash].concat();
    block_cipher(base, 0).apply_keystream(&mut proof);
    let (verifier, hash) = proof.split_at(16);
    if Md5::digest(verifier).as_slice() != hash {
        return None;
    }
    let mut keys = vec![0; stream.len()];
    for (block, part) in keys.chunks_mut(1_024).enumerate() {
        block_cipher(base, block as u32).apply_keystream(part);
    }
    let mut plain = stream.to_vec();
    // What is open needs no password any more.
    for record in (Records { stream, at: 0 }) {
        // Where parts of the stream begin must be found before it is opened; a sheet's place stands in plain too.
        if record.kind == FILE_PASS
            && let Some(kind) =
                plain.get_mut(record.next.saturating_sub(record.body.len() + 4)..).and_then(|b| b.get_mut(..2))
        {
            kind.copy_from_slice(&UNKNOWN.to_le_bytes());
        }
        let skip = match record.kind {
            0x0009 | 0x0209 | 0x0409 | 0x0809 | 0x002F | 0x00E1 | 0x0194 | 0x0195 | 0x0138 | 0x0196 => continue,
            0x0085 => 4,
            _ => 0,
        };
        let end = record.next.min(plain.len());
        let start = end - record.body.len() + skip;
        let (Some(bytes), Some(keys)) = (plain.get_mut(start..end), keys.get(start..end)) else { continue };
        bytes.iter_mut().zip(keys).for_each(|(byte, key)| *byte ^= key);
    }
    Some(plain)
}
