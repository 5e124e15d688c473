//! The city in a page: the page's address → the viewer's options; and what the page's scripts are told.
//!
//! The last station in a browser, as `cli` is on a desktop. The page itself (assets/web) stands around it: it shows a
//! still picture until the city is drawn, and says so where there can be none.

mod address;
#[cfg(target_arch = "wasm32")]
mod page;

pub use address::{Address, query};
#[cfg(target_arch = "wasm32")]
pub use page::run;
