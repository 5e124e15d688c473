//! Clocks that other programs on the machine do not disturb, and the middle of several measurements.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Time that this thread has spent on a processor. Where the system does not say, time as it passes.
pub fn thread_time() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = spent.as_deref().and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(since_start, Duration::from_nanos)
}

/// Time that this process has spent on processors, and its ended children. Where the system does not say, time as it
/// passes.
pub fn process_time() -> ProcessTime {
    ProcessTime::read().unwrap_or_else(|| ProcessTime { own: since_start(), children: since_start() })
}

/// Time spent on processors, to a hundredth of a second.
#[derive(Clone, Copy, Debug)]
pub struct ProcessTime {
    /// By this process, with all its threads.
    pub own: Duration,
    /// By children that have ended.
    pub children: Duration,
}

impl ProcessTime {
    /// `/proc/self/stat`, proc(5): fields 14 to 17, in clock ticks, of which Linux shows 100 a second.
    fn read() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let ticks: Vec<u64> = fields.split(' ').skip(11).take(4).map_while(|field| field.parse().ok()).collect();
        let &[user, system, children_user, children_system] = ticks.as_slice() else { return None };
        let time = |ticks: u64| Duration::from_millis(ticks * 10);
        Some(Self { own: time(user + system), children: time(children_user + children_system) })
    }
}

fn since_start() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// How long `work` keeps this thread busy, seconds.
pub fn busy_secs(work: impl FnOnce()) -> f64 {
    let begin = thread_time();
    work();
    thread_time().saturating_sub(begin).as_secs_f64()
}

/// The middle one of several measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
