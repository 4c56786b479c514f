//! The demo city's dice: a portable stream of numbers for synthetic data (never for a draw).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded stream; the same on every platform, since it only multiplies and shifts integers.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream `stream` of a seed: parts of the city have streams of their own, so that one part's
    /// length never changes another.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An integer in 0..n; 0 where n is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// About normal with mean 0 and variance 1: twelve uniforms less six (Irwin–Hall), because a
    /// logarithm would differ between platforms.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of a list, `None` where it is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len() as u64) as usize)
    }

    /// An index with probability proportional to its weight.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A count with this mean: the whole part, and one more with the probability of the rest, spread by
    /// halves so that large counts vary.
    pub fn count(&mut self, mean: f64) -> u32 {
        if mean < 1.0 {
            return u32::from(self.chance(mean));
        }
        let half = mean / 2.0;
        self.count(half) + self.count(mean - half)
    }
}
