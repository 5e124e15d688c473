//! Work on several files at a time and on several pieces of each, results in the order of the files.
//!
//! ```text
//! files → readers → pieces ───────────────┐
//!            │   what workers need, made  ├→ workers → results ┐
//!            │   while readers begin ─────┘                    │
//!            └─ promises, a queue for each file ───────────────┴→ taken in order
//! ```
//!
//! Readers take the files in order and cut them into pieces; workers make a result of each piece, as soon as there is what
//! they need for it. Each file at hand has a
//! queue of bounded length in which its results are promised in order, and whoever takes empties the queues in the order
//! of the files. So the result is that of one thread, memory is bounded by the queues of the files at hand, and nobody
//! waits for ever: the file whose queue is emptied is always one that a reader has taken.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// Results of a file that wait to be taken at most.
const QUEUE: usize = 64;
/// More readers would only read further ahead of whoever takes.
const MOST_READERS: usize = 4;

/// Where a reader puts the pieces of its file. It says `false` when nobody wants more.
pub(super) type Give<'a, P> = &'a dyn Fn(P) -> bool;

/// Where a result will be.
type Promise<T> = Receiver<thread::Result<T>>;
/// The results of one file.
type Queue<T> = Receiver<Promise<T>>;
/// A piece, and where its result is to go.
type Job<P, T> = (P, SyncSender<thread::Result<T>>);

/// Calls `read` for each of `files` on some threads, `prepare` here while these begin, `work` for every piece with what was
/// prepared on `threads` of rayon's, which last and keep what they have made for the whole build, and `take` here for every
/// result: in the order of the files and, in each, of the reader's giving. Ends early with the first error of `prepare` or
/// `take`; readers hear of it by their next piece. A panic of `work` comes out here in its turn. Not to be called on one of rayon's threads, which would wait for itself.
pub(super) fn in_order<F: Sync, C: Send + Sync, P: Send, T: Send, E>(
    files: &[F],
    threads: usize,
    read: impl Fn(&F, Give<'_, P>) + Sync,
    prepare: impl FnOnce() -> Result<C, E>,
    work: impl Fn(&C, P) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let readers = threads.min(files.len()).clamp(1, MOST_READERS);
    let files = Mutex::new(files.iter());
    let (order, queues) = sync_channel::<Queue<T>>(readers);
    let (jobs, to_do) = channel::<Job<P, T>>();
    let to_do = Mutex::new(to_do);
    let (read, work) = (&read, &work);
    let (files, to_do) = (&files, &to_do);
    let prepared = OnceLock::new();
    rayon::in_place_scope(|workers| {
        thread::scope(|scope| {
            for _ in 0..readers {
                let (order, jobs) = (order.clone(), jobs.clone());
                scope.spawn(move || {
                    while let Some((file, queue)) = next_file(files, &order) {
                        read(file, &|piece| promise(piece, &queue, &jobs));
                    }
                });
            }
            // What the readers hold is all that keeps the channels open.
            drop((order, jobs));
            let made = prepare()?;
            let prepared = prepared.get_or_init(|| made);
            for _ in 0..threads.max(1) {
                workers.spawn(move |_| {
                    while let Some((piece, result)) = next_job(to_do) {
                        // One that ended with its panic would leave the pieces that nobody works at to be waited for.
                        let made = catch_unwind(AssertUnwindSafe(|| work(prepared, piece)));
                        // Fails where nobody waits for it any more.
                        let _ = result.send(made);
                    }
                });
            }
            // Where this ends early, the queues that are still there go with it, and readers end at their next piece.
            let made = queues.into_iter().flat_map(Receiver::into_iter).flat_map(Receiver::into_iter);
            made.map(|made| made.unwrap_or_else(|panic| resume_unwind(panic))).try_for_each(&mut take)
        })
    })
}

/// The next file that nobody has taken, with its queue, whose other end goes to whoever takes.
fn next_file<'a, F, T>(
    files: &Mutex<std::slice::Iter<'a, F>>,
    order: &SyncSender<Queue<T>>,
) -> Option<(&'a F, SyncSender<Promise<T>>)> {
    // Held while this waits for its turn, so that the queues come in the order of the files.
    let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let file = files.next()?;
    let (sender, queue) = sync_channel(QUEUE);
    order.send(queue).ok()?;
    Some((file, sender))
}

fn promise<P, T>(piece: P, queue: &SyncSender<Promise<T>>, jobs: &Sender<Job<P, T>>) -> bool {
    let (sender, promise) = sync_channel(1);
    queue.send(promise).is_ok() && jobs.send((piece, sender)).is_ok()
}

fn next_job<P, T>(jobs: &Mutex<Receiver<Job<P, T>>>) -> Option<Job<P, T>> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn items_come_in_the_order_of_the_files_whatever_the_threads_do() {
        let files: Vec<u32> = (0..40).collect();
        for threads in [1, 2, 7] {
            let mut got = Vec::new();
            let read = |&file: &u32, give: super::Give<'_, u32>| {
                let items = if file % 3 == 0 { 300 } else { file };
                for item in 0..items {
                    assert!(give(file * 1000 + item));
                }
            };
            let work = |factor: &u64, item: u32| u64::from(item) * factor;
            let prepare = || Ok::<u64, ()>(2);
            in_order(&files, threads, read, prepare, work, |item| {
                got.push(item);
                Ok(())
            })
            .unwrap();
            assert!(got.is_sorted());
            assert_eq!(got.last(), Some(&78_598));
            assert_eq!(got.len() as u32, files.iter().map(|f| if f % 3 == 0 { 300 } else { *f }).sum::<u32>());
        }
    }

    #[test]
    fn no_file_is_no_work() {
        let taken = in_order(&[] as &[u32], 2, |_, _| (), || Ok(()), |(), piece: u32| piece, Err::<(), u32>);
        assert_eq!(taken, Ok(()));
    }

    #[test]
    fn an_error_ends_it_and_nobody_hangs() {
        let files: Vec<u32> = (0..20).collect();
        let read = |_: &u32, give: super::Give<'_, u32>| while give(1) {};
        let mut count = 0;
        let result = in_order(
            &files,
            3,
            read,
            || Ok(()),
            |(), item| item,
            |_| {
                count += 1;
                if count == 500 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!(result, Err("enough"));
    }

    #[test]
    fn a_panic_ends_it_and_nobody_hangs() {
        let files: Vec<u32> = (0..20).collect();
        for threads in [1, 3] {
            let read = |_: &u32, give: super::Give<'_, u32>| while give(1) {};
            let work = |(): &(), _: u32| -> u32 { panic!("no such place") };
            let run = || in_order(&files, threads, read, || Ok::<_, ()>(()), work, |_| Ok(()));
            let panic = std::panic::catch_unwind(run).expect_err("a panic");
            assert_eq!(panic.downcast_ref(), Some(&"no such place"));
        }
    }

    #[test]
    fn what_cannot_be_prepared_ends_it_and_nobody_hangs() {
        let files: Vec<u32> = (0..20).collect();
        let read = |_: &u32, give: super::Give<'_, u32>| while give(1) {};
        let prepare = || Err::<u32, _>("not today");
        assert_eq!(in_order(&files, 3, read, prepare, |_, item| item, |_| Ok(())), Err("not today"));
    }
}
