//! Work on several files at a time, results in the order of the files.
//!
//! Each file has a queue of bounded length. Workers take the files in order; the one who asks empties the queues in the
//! same order. So the result is that of one worker, memory is bounded by the queues, and nobody waits for ever: the
//! file whose queue is emptied is always one that a worker has taken.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Items that wait in a file's queue at most.
const QUEUE: usize = 64;

/// Where a worker puts the items of its file. It says `false` when nobody wants more.
pub(super) type Give<'a, T> = &'a dyn Fn(T) -> bool;

/// Calls `work` for each of `files` on `workers` threads and `take` here for every item, in the order of the files and,
/// in each, of the worker's giving. Ends early with the first error of `take`; workers hear of it by their next item.
pub(super) fn in_order<F: Sync, T: Send, E>(
    files: &[F],
    workers: usize,
    work: impl Fn(&F, Give<'_, T>) + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let (senders, receivers): (Vec<_>, Vec<_>) = files.iter().map(|_| sync_channel::<T>(QUEUE)).unzip();
    let senders: Vec<Mutex<Option<SyncSender<T>>>> =
        senders.into_iter().map(|sender| Mutex::new(Some(sender))).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, files.len().max(1)) {
            scope.spawn(|| {
                while let Some((file, sender)) = claim(files, &senders, &next) {
                    work(file, &|item| sender.send(item).is_ok());
                }
            });
        }
        let result = receivers.into_iter().try_for_each(|items| drain(&items, &mut take));
        // Queues that are still there were dropped with the iterator; workers end at their next item.
        next.store(files.len(), Ordering::SeqCst);
        result
    })
}

/// The next file that nobody has taken, with the sender of its queue.
fn claim<'a, F, T>(
    files: &'a [F],
    senders: &[Mutex<Option<SyncSender<T>>>],
    next: &AtomicUsize,
) -> Option<(&'a F, SyncSender<T>)> {
    let index = next.fetch_add(1, Ordering::SeqCst);
    let sender = senders.get(index)?.lock().ok()?.take()?;
    Some((files.get(index)?, sender))
}

fn drain<T, E>(items: &Receiver<T>, take: &mut impl FnMut(T) -> Result<(), E>) -> Result<(), E> {
    items.iter().try_for_each(take)
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn items_come_in_the_order_of_the_files_whatever_the_threads_do() {
        let files: Vec<u32> = (0..40).collect();
        for workers in [1, 2, 7] {
            let mut got = Vec::new();
            let work = |&file: &u32, give: super::Give<'_, u32>| {
                let items = if file % 3 == 0 { 300 } else { file };
                for item in 0..items {
                    assert!(give(file * 1000 + item));
                }
            };
            in_order(&files, workers, work, |item| {
                got.push(item);
                Ok::<(), ()>(())
            })
            .unwrap();
            assert!(got.is_sorted());
            assert_eq!(got.len() as u32, files.iter().map(|f| if f % 3 == 0 { 300 } else { *f }).sum::<u32>());
        }
    }

    #[test]
    fn an_error_ends_it_and_nobody_hangs() {
        let files: Vec<u32> = (0..20).collect();
        let work = |_: &u32, give: super::Give<'_, u32>| while give(1) {};
        let mut count = 0;
        let result = in_order(&files, 3, work, |_| {
            count += 1;
            if count == 500 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(result, Err("enough"));
    }
}
