//! SM2 signatures (GB/T 32918.2, curve of GB/T 32918.5) over SM3.
//!
//! Field and scalars are four 64-bit limbs in Montgomery form; points are projective with the complete formulas of
//! Renes, Costello and Batina for a = −3 (2016, algorithm 4), so that no step branches on a secret and no point is a
//! special case. Verification recomputes; signing takes its number from the operating system and the private key
//! together, so that a weak generator alone gives nothing away.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm3::{Digest, Sm3};

type Limbs = [u64; 4];

/// The signer's name that is hashed in where nobody says another.
const DEFAULT_ID: &[u8] = b"1234567812345678";

/// A modulus with what Montgomery multiplication needs.
struct Modulus {
    m: Limbs,
    /// −m⁻¹ mod 2⁶⁴.
    inverse: u64,
    /// 2⁵¹² mod m.
    square: Limbs,
}

const P: Limbs = [0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];
const N: Limbs = [0x53bb_f409_39d5_4123, 0x7203_df6b_21c6_052b, 0xffff_ffff_ffff_ffff, 0xffff_fffe_ffff_ffff];
const B: Limbs = [0xddbc_bd41_4d94_0e93, 0xf397_89f5_15ab_8f92, 0x4d5a_9e4b_cf65_09a7, 0x28e9_fa9e_9d9f_5e34];
const GX: Limbs = [0x715a_4589_334c_74c7, 0x8fe3_0bbf_f266_0be1, 0x5f99_0446_6a39_c994, 0x32c4_ae2c_1f19_8119];
const GY: Limbs = [0x02df_32e5_2139_f0a0, 0xd0a9_877c_c62a_4740, 0x59bd_cee3_6b69_2153, 0xbc37_36a2_f4f6_779c];

const FIELD: Modulus = Modulus::new(P);
const ORDER: Modulus = Modulus::new(N);

const fn carrying(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = a as u128 + b as u128 + carry as u128;
    (sum as u64, (sum >> 64) as u64)
}

const fn borrowing(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let difference = (a as u128).wrapping_sub(b as u128).wrapping_sub(borrow as u128);
    (difference as u64, (difference >> 127) as u64)
}

/// a − m where that is not negative (`high` is a's fifth limb), else a; without a branch.
const fn reduced(a: Limbs, high: u64, m: Limbs) -> Limbs {
    let (mut less, mut borrow, mut i) = ([0; 4], 0, 0);
    while i < 4 {
        (less[i], borrow) = borrowing(a[i], m[i], borrow);
        i += 1;
    }
    let (_, borrow) = borrowing(high, 0, borrow);
    let keep = 0_u64.wrapping_sub(borrow);
    i = 0;
    while i < 4 {
        less[i] = (a[i] & keep) | (less[i] & !keep);
        i += 1;
    }
    less
}

impl Modulus {
    const fn new(m: Limbs) -> Self {
        let (mut inverse, mut i) = (1_u64, 0);
        while i < 63 {
            inverse = inverse.wrapping_mul(inverse).wrapping_mul(m[0]);
            i += 1;
        }
        let mut made = Self { m, inverse: inverse.wrapping_neg(), square: [1, 0, 0, 0] };
        i = 0;
        while i < 512 {
            made.square = made.add(made.square, made.square);
            i += 1;
        }
        made
    }

    const fn add(&self, a: Limbs, b: Limbs) -> Limbs {
        let (mut sum, mut carry, mut i) = ([0; 4], 0, 0);
        while i < 4 {
            (sum[i], carry) = carrying(a[i], b[i], carry);
            i += 1;
        }
        reduced(sum, carry, self.m)
    }

    const fn sub(&self, a: Limbs, b: Limbs) -> Limbs {
        let (mut less, mut borrow, mut i) = ([0; 4], 0, 0);
        while i < 4 {
            (less[i], borrow) = borrowing(a[i], b[i], borrow);
            i += 1;
        }
        let mask = 0_u64.wrapping_sub(borrow);
        let mut carry = 0;
        i = 0;
        while i < 4 {
            (less[i], carry) = carrying(less[i], self.m[i] & mask, carry);
            i += 1;
        }
        less
    }

    /// a·b·2⁻²⁵⁶.
    fn mul(&self, a: Limbs, b: Limbs) -> Limbs {
        let mut t = [0_u64; 6];
        for digit in b {
            let mut carry = 0_u128;
            for i in 0..4 {
                let sum = u128::from(a[i]) * u128::from(digit) + u128::from(t[i]) + carry;
                t[i] = sum as u64;
                carry = sum >> 64;
            }
            let sum = u128::from(t[4]) + carry;
            (t[4], t[5]) = (sum as u64, (sum >> 64) as u64);
            let factor = t[0].wrapping_mul(self.inverse);
            let mut carry = (u128::from(factor) * u128::from(self.m[0]) + u128::from(t[0])) >> 64;
            for i in 1..4 {
                let sum = u128::from(factor) * u128::from(self.m[i]) + u128::from(t[i]) + carry;
                t[i - 1] = sum as u64;
                carry = sum >> 64;
            }
            let sum = u128::from(t[4]) + carry;
            t[3] = sum as u64;
            t[4] = t[5] + (sum >> 64) as u64;
        }
        reduced([t[0], t[1], t[2], t[3]], t[4], self.m)
    }

    fn enter(&self, a: Limbs) -> Limbs {
        self.mul(a, self.square)
    }

    fn leave(&self, a: Limbs) -> Limbs {
        self.mul(a, [1, 0, 0, 0])
    }

    /// a^(m−2): the inverse, the modulus being prime. The exponent is public.
    fn invert(&self, a: Limbs) -> Limbs {
        let mut exponent = self.m;
        exponent[0] -= 2;
        let mut power = self.enter([1, 0, 0, 0]);
        for bit in (0..256).rev() {
            power = self.mul(power, power);
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                power = self.mul(power, a);
            }
        }
        power
    }

    fn holds(&self, a: Limbs) -> bool {
        reduced(a, 0, self.m) == a
    }
}

fn limbs(bytes: &[u8; 32]) -> Limbs {
    let mut out = [0; 4];
    for (limb, eight) in out.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = eight.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    out
}

fn bytes(limbs: Limbs) -> [u8; 32] {
    let mut out = [0; 32];
    for (eight, limb) in out.chunks_exact_mut(8).zip(limbs.iter().rev()) {
        eight.copy_from_slice(&limb.to_be_bytes());
    }
    out
}

/// A point, coordinates in Montgomery form; (0 : 1 : 0) is infinity.
#[derive(Clone, Copy)]
struct Point {
    x: Limbs,
    y: Limbs,
    z: Limbs,
}

impl Point {
    fn infinity() -> Self {
        Self { x: [0; 4], y: FIELD.enter([1, 0, 0, 0]), z: [0; 4] }
    }

    fn of(x: Limbs, y: Limbs) -> Self {
        Self { x: FIELD.enter(x), y: FIELD.enter(y), z: FIELD.enter([1, 0, 0, 0]) }
    }

    fn add(self, other: Self) -> Self {
        let f = &FIELD;
        let b = f.enter(B);
        let (t0, t1, t2) = (f.mul(self.x, other.x), f.mul(self.y, other.y), f.mul(self.z, other.z));
        let cross = |a: Limbs, b: Limbs, c: Limbs, d: Limbs, p: Limbs, q: Limbs| {
            f.sub(f.mul(f.add(a, b), f.add(c, d)), f.add(p, q))
        };
        let t3 = cross(self.x, self.y, other.x, other.y, t0, t1);
        let t4 = cross(self.y, self.z, other.y, other.z, t1, t2);
        let y3 = cross(self.x, self.z, other.x, other.z, t0, t2);
        let triple = |a: Limbs| f.add(f.add(a, a), a);
        let x3 = triple(f.sub(y3, f.mul(b, t2)));
        let (z3, x3) = (f.sub(t1, x3), f.add(t1, x3));
        let t2 = triple(t2);
        let y3 = triple(f.sub(f.sub(f.mul(b, y3), t2), t0));
        let t0 = f.sub(triple(t0), t2);
        let (t1, t2) = (f.mul(t4, y3), f.mul(t0, y3));
        Self { y: f.add(f.mul(x3, z3), t2), x: f.sub(f.mul(t3, x3), t1), z: f.add(f.mul(t4, z3), f.mul(t3, t0)) }
    }

    fn choose(self, other: Self, bit: u64) -> Self {
        let mask = 0_u64.wrapping_sub(bit);
        let pick = |a: Limbs, b: Limbs| {
            let mut out = a;
            for (a, b) in out.iter_mut().zip(b) {
                *a = (*a & !mask) | (b & mask);
            }
            out
        };
        Self { x: pick(self.x, other.x), y: pick(self.y, other.y), z: pick(self.z, other.z) }
    }

    fn times(self, scalar: Limbs) -> Self {
        let mut sum = Self::infinity();
        for bit in (0..256).rev() {
            sum = sum.add(sum);
            sum = sum.choose(sum.add(self), scalar[bit / 64] >> (bit % 64) & 1);
        }
        sum
    }

    /// `self`·a + `other`·b for public numbers: branches on them.
    fn public_sum(self, a: Limbs, other: Self, b: Limbs) -> Self {
        let mut sum = Self::infinity();
        for bit in (0..256).rev() {
            sum = sum.add(sum);
            for (point, scalar) in [(self, a), (other, b)] {
                if scalar[bit / 64] >> (bit % 64) & 1 == 1 {
                    sum = sum.add(point);
                }
            }
        }
        sum
    }

    /// Its coordinates; `None` for infinity.
    fn affine(self) -> Option<(Limbs, Limbs)> {
        if self.z == [0; 4] {
            return None;
        }
        let inverse = FIELD.invert(self.z);
        Some((FIELD.leave(FIELD.mul(self.x, inverse)), FIELD.leave(FIELD.mul(self.y, inverse))))
    }
}

fn generator() -> Point {
    Point::of(GX, GY)
}

/// A public key: a point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    x: Limbs,
    y: Limbs,
}

impl PublicKey {
    /// Reads 0x04 ‖ x ‖ y; `None` for another length or a point off the curve.
    #[must_use]
    pub fn of_point(encoded: &[u8]) -> Option<Self> {
        let (4, rest) = encoded.split_first()? else { return None };
        let (x, y): (&[u8; 32], &[u8; 32]) = (rest.get(..32)?.try_into().ok()?, rest.get(32..)?.try_into().ok()?);
        let key = Self { x: limbs(x), y: limbs(y) };
        if !FIELD.holds(key.x) || !FIELD.holds(key.y) {
            return None;
        }
        let f = &FIELD;
        let (x, y) = (f.enter(key.x), f.enter(key.y));
        let square = f.mul(x, x);
        let three = f.add(f.add(x, x), x);
        let right = f.add(f.sub(f.mul(square, x), three), f.enter(B));
        (f.mul(y, y) == right).then_some(key)
    }

    /// 0x04 ‖ x ‖ y.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 65] {
        let mut out = [4; 65];
        out[1..33].copy_from_slice(&bytes(self.x));
        out[33..].copy_from_slice(&bytes(self.y));
        out
    }

    /// SM3(Z ‖ message), Z binding the signer's name, the curve and the key.
    fn digest(self, message: &[u8]) -> Limbs {
        let mut minus_three = P;
        minus_three[0] = minus_three[0].wrapping_sub(3);
        let mut z = Sm3::new();
        z.update(((DEFAULT_ID.len() * 8) as u16).to_be_bytes());
        z.update(DEFAULT_ID);
        for part in [minus_three, B, GX, GY, self.x, self.y] {
            z.update(bytes(part));
        }
        let mut e = Sm3::new();
        e.update(z.finalize());
        e.update(message);
        limbs(&e.finalize().into())
    }

    /// True where `signature` (r ‖ s) is the key's over the message.
    #[must_use]
    pub fn verifies(self, message: &[u8], signature: &[u8; 64]) -> bool {
        let half = |at: usize| {
            let mut out = [0; 32];
            out.copy_from_slice(&signature[at..at + 32]);
            limbs(&out)
        };
        let (r, s) = (half(0), half(32));
        let fits = |v: Limbs| v != [0; 4] && ORDER.holds(v);
        if !fits(r) || !fits(s) {
            return false;
        }
        let t = ORDER.add(r, s);
        if t == [0; 4] {
            return false;
        }
        let point = generator().public_sum(s, Point::of(self.x, self.y), t);
        let Some((x, _)) = point.affine() else { return false };
        let e = reduced(self.digest(message), 0, N);
        ORDER.add(e, reduced(x, 0, N)) == r
    }
}

/// A private key.
#[derive(Clone)]
pub struct PrivateKey {
    d: Limbs,
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// A key from 32 bytes; `None` where they are no number from 1 to n − 2.
    #[must_use]
    pub fn of_secret(secret: &[u8; 32]) -> Option<Self> {
        let d = limbs(secret);
        let mut last = N;
        last[0] -= 1;
        (d != [0; 4] && ORDER.holds(d) && d != last).then_some(Self { d })
    }

    /// The 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        bytes(self.d)
    }

    /// Its public key; `None` never for a key of [`Self::of_secret`].
    #[must_use]
    pub fn public(&self) -> Option<PublicKey> {
        generator().times(self.d).affine().map(|(x, y)| PublicKey { x, y })
    }

    /// r ‖ s over the message; `random` is fresh from the operating system. `None` where this randomness can't be
    /// used: ask for other.
    #[must_use]
    pub fn sign(&self, message: &[u8], random: &[u8; 32]) -> Option<[u8; 64]> {
        let public = self.public()?;
        let e = public.digest(message);
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.to_bytes()).ok()?;
        mac.update(&bytes(e));
        mac.update(random);
        let k = limbs(&mac.finalize().into_bytes().into());
        if k == [0; 4] || !ORDER.holds(k) {
            return None;
        }
        let (x, _) = generator().times(k).affine()?;
        let r = ORDER.add(reduced(e, 0, N), reduced(x, 0, N));
        if r == [0; 4] || ORDER.add(r, k) == [0; 4] {
            return None;
        }
        let o = &ORDER;
        let (d, one) = (o.enter(self.d), o.enter([1, 0, 0, 0]));
        let inside = o.sub(o.enter(k), o.mul(o.enter(r), d));
        let s = o.leave(o.mul(o.invert(o.add(d, one)), inside));
        if s == [0; 4] {
            return None;
        }
        let mut out = [0; 64];
        out[..32].copy_from_slice(&bytes(r));
        out[32..].copy_from_slice(&bytes(s));
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::from_hex;

    /// GB/T 32918.5, appendix A.2: the recommended curve's example.
    #[test]
    fn the_standards_example_verifies_and_no_altered_one() {
        let d: [u8; 32] = from_hex(b"3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8").unwrap();
        let key = PrivateKey::of_secret(&d).unwrap();
        let public = key.public().unwrap();
        let point: [u8; 64] = from_hex(
            b"09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
              ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
        )
        .unwrap();
        assert_eq!(public.to_bytes()[1..], point);
        assert_eq!(PublicKey::of_point(&public.to_bytes()), Some(public));
        let signature: [u8; 64] = from_hex(
            b"f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
              b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
        )
        .unwrap();
        assert!(public.verifies(b"message digest", &signature));
        for at in 0..64 {
            let mut altered = signature;
            altered[at] ^= 1;
            assert!(!public.verifies(b"message digest", &altered), "{at}");
        }
        assert!(!public.verifies(b"message digesu", &signature));
        let mut off = public.to_bytes();
        off[40] ^= 1;
        assert_eq!(PublicKey::of_point(&off), None);
    }

    #[test]
    fn what_is_signed_verifies_with_its_key_alone() {
        let key = PrivateKey::of_secret(&[7; 32]).unwrap();
        let signature = key.sign(b"seal", &[9; 32]).unwrap();
        assert!(key.public().unwrap().verifies(b"seal", &signature));
        assert_ne!(key.sign(b"seal", &[8; 32]), Some(signature), "the randomness counts");
        let other = PrivateKey::of_secret(&[8; 32]).unwrap().public().unwrap();
        assert!(!other.verifies(b"seal", &signature));
        assert!(PrivateKey::of_secret(&[0xff; 32]).is_none() && PrivateKey::of_secret(&[0; 32]).is_none());
    }
}
