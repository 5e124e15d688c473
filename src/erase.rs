//! Overwrites memory when it is given back, while that is asked for: what somebody typed at a public screen is not to lie
//! in the program's memory when the next one comes.
//!
//! The program's allocator, under everything else. It knows nothing of what it overwrites. What is still held is not its
//! business, nor is what libraries of the system allocate for themselves.

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

static ERASING: AtomicBool = AtomicBool::new(false);

/// From now on all memory is overwritten with zeros before it is given back. Does nothing where [`Erasing`] is not the
/// program's allocator.
pub fn begin() {
    ERASING.store(true, Ordering::Relaxed);
}

fn is_on() -> bool {
    ERASING.load(Ordering::Relaxed)
}

/// An allocator that overwrites what is freed once [`begin`] was called.
pub struct Erasing<A>(
    /// Where memory comes from and goes back to.
    pub A,
);

// SAFETY: every block comes from the allocator below and goes back to it with its own layout. A block is written only
// over its own size and only between the caller's last use of it and its return.
#[expect(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl<A: GlobalAlloc> GlobalAlloc for Erasing<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !is_on() {
            return unsafe { self.0.realloc(start, layout, size) };
        }
        // It may move the block and leave the old one as it was; so it is moved here.
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return std::ptr::null_mut() };
        unsafe {
            let moved = self.0.alloc(wanted);
            if !moved.is_null() {
                std::ptr::copy_nonoverlapping(start, moved, layout.size().min(size));
                self.dealloc(start, layout);
            }
            moved
        }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        unsafe {
            if is_on() {
                // Without the box the compiler knows that nobody reads what is freed, and leaves the writing out.
                black_box(start).write_bytes(0, layout.size());
                black_box(start);
            }
            self.0.dealloc(start, layout);
        }
    }
}
