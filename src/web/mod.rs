//! The city in a page: the page's address → the viewer's options, and what the page's scripts are told; and the answers
//! that a page gives without drawing.
//!
//! The last station in a browser, as `cli` is on a desktop. The page itself (assets/web) stands around it: it shows a
//! still picture until the city is drawn, and says so where there can be none. Two programs come from here: the city
//! (feature `viewer`), and the small one that only answers.

mod address;
#[cfg(all(target_arch = "wasm32", not(feature = "viewer")))]
mod answers;
mod desk;
#[cfg(target_arch = "wasm32")]
mod object;
#[cfg(all(target_arch = "wasm32", feature = "viewer"))]
mod page;
#[cfg(test)]
mod page_texts;

pub use address::{Address, pin, query};
#[cfg(all(target_arch = "wasm32", not(feature = "viewer")))]
pub use answers::run;
pub use desk::{Desk, DeskError};
#[cfg(all(target_arch = "wasm32", feature = "viewer"))]
pub use page::run;
