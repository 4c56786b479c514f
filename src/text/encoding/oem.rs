//! Upper halves (0x80–0xFF) of the MS-DOS code pages that dBASE language ids name and the WHATWG set lacks.
//!
//! Facts of the code pages IBM 437, 850 and 852, one character for each byte from 0x80 up.

/// Code page 437.
pub(super) const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Code page 850.
pub(super) const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// Code page 852.
pub(super) const CP852: &str = "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

/// Decodes; `upper` holds the characters of 0x80–0xFF.
pub(super) fn decode(upper: &str, bytes: &[u8]) -> String {
    let table: Vec<char> = upper.chars().collect();
    let of = |byte: u8| table.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or('\u{fffd}');
    bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { of(*byte) }).collect()
}

/// Encodes; `None` where a character is not in the page.
pub(super) fn encode(upper: &str, text: &str) -> Option<Vec<u8>> {
    let of = |c: char| upper.chars().position(|u| u == c).and_then(|i| u8::try_from(i + 0x80).ok());
    text.chars().map(|c| if c.is_ascii() { u8::try_from(c).ok() } else { of(c) }).collect()
}
