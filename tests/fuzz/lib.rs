//! What the fuzzers share: the targets, which the test `the_fuzz_corpus_is_survived` of the main package runs as well,
//! and the allocator that counts what a target takes.

pub mod memory;
pub mod targets;

pub use libfuzzer_sys;

/// The whole of a fuzzer: one target of [`targets::ALL`] by its name.
#[macro_export]
macro_rules! fuzz {
    ($target:ident) => {
        #[global_allocator]
        static ALLOCATOR: $crate::memory::Counting = $crate::memory::Counting;

        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::targets::run(stringify!($target), bytes));
    };
}
