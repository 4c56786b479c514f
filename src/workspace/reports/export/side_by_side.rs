//! Work done for several bodies at once, on threads of its own.
//!
//! Not on rayon's: what waits there for a part of its own work takes up another piece meanwhile, here another body's
//! whole book inside the one begun. All books would be open at once, each on the stack of the one before.

use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

/// Pieces under work at a time, at most: each needs its room until it is done.
const MOST: usize = 4;

/// Stack of a thread, bytes: layout goes deep.
const STACK: usize = 8 << 20;

/// The results of the items, in their order; the same whatever the number of threads.
pub(super) fn side_by_side<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST).min(items.len());
    let queue = Mutex::new(items.into_iter().enumerate());
    let done = Mutex::new(Vec::new());
    let go_on = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, item)) = next else { return };
            let result = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // without a further thread the others do its work
            let _ = Builder::new().name("fairdraw-books".to_owned()).stack_size(STACK).spawn_scoped(scope, go_on);
        }
        go_on();
    });
    let mut done: Vec<(usize, R)> = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..100).collect();
        // the first are the longest
        let made = side_by_side(items, |n| {
            let long = (0..(100 - n) * 1000).fold(n, |sum, i| sum ^ i.wrapping_mul(31));
            (n, long)
        });
        assert_eq!(made.iter().map(|(n, _)| *n).collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
        assert!(side_by_side(Vec::<u8>::new(), |n| n).is_empty());
    }
}
