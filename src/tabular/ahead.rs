//! Reading ahead: a packed part is unpacked on a thread of its own while what came of it is read.
//!
//! Unpacking takes a third of the time of a large sheet. The bytes and their order are the same; where the machine has no
//! thread to give, they are read in place.

use std::io::{Read, Result};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes handed over at a time.
const BLOCK: usize = 1 << 18;
/// Blocks that may lie between the two.
const BLOCKS: usize = 4;

/// The bytes of a source that is read ahead.
pub(super) struct Ahead {
    blocks: Receiver<Result<Vec<u8>>>,
    block: Vec<u8>,
    taken: usize,
}

impl Read for Ahead {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        while self.taken == self.block.len() {
            match self.blocks.recv() {
                Ok(block) => (self.block, self.taken) = (block?, 0),
                // the source has ended
                Err(_) => return Ok(0),
            }
        }
        let most = into.len().min(self.block.len() - self.taken);
        into[..most].copy_from_slice(&self.block[self.taken..self.taken + most]);
        self.taken += most;
        Ok(most)
    }
}

fn fill(source: &mut impl Read, blocks: &SyncSender<Result<Vec<u8>>>) {
    loop {
        let mut block = Vec::with_capacity(BLOCK);
        let read = source.by_ref().take(BLOCK as u64).read_to_end(&mut block);
        // what came before the fault is read first, as it would be in place
        let ended = block.is_empty() || read.is_err();
        let left = (!block.is_empty()).then_some(Ok(block));
        for piece in left.into_iter().chain(read.err().map(Err)) {
            if blocks.send(piece).is_err() {
                // nobody reads on
                return;
            }
        }
        if ended {
            return;
        }
    }
}

/// Does work on a source that is read ahead.
pub(super) fn read_ahead<T>(source: impl Read + Send, work: impl FnOnce(&mut dyn Read) -> T) -> T {
    let source = Mutex::new(Some(source));
    let taken = || source.lock().ok().and_then(|mut source| source.take());
    std::thread::scope(|scope| {
        let (sender, blocks) = sync_channel(BLOCKS);
        let of = &taken;
        let unpack = move || {
            if let Some(mut source) = of() {
                fill(&mut source, &sender);
            }
        };
        match std::thread::Builder::new().name("fairdraw-unpack".to_owned()).spawn_scoped(scope, unpack) {
            Ok(_) => work(&mut Ahead { blocks, block: Vec::new(), taken: 0 }),
            Err(_) => match taken() {
                Some(mut source) => work(&mut source),
                None => work(&mut std::io::empty()),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Error;

    use super::*;

    /// Gives so many bytes, then a fault.
    struct Faulty(usize);

    impl Read for Faulty {
        fn read(&mut self, into: &mut [u8]) -> Result<usize> {
            if self.0 == 0 {
                return Err(Error::other("fault"));
            }
            let most = into.len().min(self.0).min(1_000);
            into[..most].fill(7);
            self.0 -= most;
            Ok(most)
        }
    }

    #[test]
    fn bytes_and_faults_come_in_their_order() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK + 5] {
            let bytes: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let read = read_ahead(bytes.as_slice(), |ahead| {
                let mut read = Vec::new();
                ahead.read_to_end(&mut read).map(|_| read)
            });
            assert!(read.unwrap() == bytes, "{length}");
            let (read, fault) = read_ahead(Faulty(length), |ahead| {
                let mut read = Vec::new();
                let fault = ahead.read_to_end(&mut read);
                (read.len(), fault)
            });
            assert_eq!((read, fault.unwrap_err().to_string().as_str()), (length, "fault"));
        }
        // who stops early waits for nobody
        let head = read_ahead(std::io::repeat(1), |ahead| {
            let mut head = [0; 3];
            ahead.read_exact(&mut head).map(|()| head)
        });
        assert_eq!(head.unwrap(), [1, 1, 1]);
    }
}
