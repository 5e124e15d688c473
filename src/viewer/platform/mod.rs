//! What a desktop and a browser do differently: one file for each behind the same names.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{
    HAS_SEARCH_FIELD, add_plugins, after_drawing, city_camera, complain, fonts, local_time, logging, run, save,
    source_url, system_language, tile_budget_bytes, window,
};
#[cfg(target_arch = "wasm32")]
pub use web::{
    CANVAS, HAS_SEARCH_FIELD, add_plugins, after_drawing, complain, fonts, local_time, run, save, source_url,
    system_language, tile_budget_bytes, window,
};
