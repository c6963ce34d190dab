//! Chance that can be repeated: one stream per (seed, purpose, number), and only arithmetic that every machine does alike.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// What a stream of chance is for. Streams of different purposes never influence each other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Who lives together, and where.
    Household = 1,
    /// Insurers of a household over time.
    Coverage = 2,
    /// The body of one person over the years.
    Health = 3,
    /// Doses of one person.
    Vaccination = 4,
    /// Documents of one person, with their mistakes.
    Document = 5,
    /// Where a person goes.
    Facility = 6,
    /// What registers say beside names: contacts, times of statements.
    Register = 7,
}

/// One stream of chance.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream for a purpose and a household or person number.
    pub(crate) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        key[16..24].copy_from_slice(&number.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number from 0 up to, not including, `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number between two others, both included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        low.saturating_add(i32::try_from(self.below(span)).unwrap_or(0))
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        // Dividing by 2^53 is exact.
        to_f64(self.below(1 << 53)) / to_f64(1 << 53)
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Roughly normal, mean 0 and deviation 1: the sum of twelve uniform numbers less six.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(u64::try_from(from.len()).unwrap_or(1));
        &from[usize::try_from(index).unwrap_or(0)]
    }

    /// One of several, by weight.
    pub(crate) fn weighted<'a, T>(&mut self, from: &'a [(T, u32)]) -> &'a T {
        let mut left = self.below(from.iter().map(|(_, weight)| u64::from(*weight)).sum());
        for (value, weight) in from {
            if left < u64::from(*weight) {
                return value;
            }
            left -= u64::from(*weight);
        }
        &from[0].0
    }
}

/// Exact for every number that these dice throw (at most 2^53).
#[expect(clippy::cast_precision_loss, reason = "numbers up to 2^53 are exact")]
fn to_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_and_another_purpose_does_not() {
        let throws = |purpose| {
            let mut dice = Dice::new(7, purpose, 1);
            (0..5).map(|_| dice.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(Purpose::Health), throws(Purpose::Health));
        assert_ne!(throws(Purpose::Health), throws(Purpose::Coverage));
    }

    #[test]
    fn throws_stay_within_their_limits_and_reach_both_ends() {
        let mut dice = Dice::new(1, Purpose::Health, 1);
        let throws: Vec<i32> = (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!((throws.iter().min(), throws.iter().max()), (Some(&-2), Some(&2)));
    }
}
