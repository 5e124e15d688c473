//! What a desktop and a browser do differently: one file for each behind the same names.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{
    Readiness, add_plugins, after_drawing, city_camera, complain, fill_the_screen, fonts, has_search_field, local_time,
    logging, open_link, page_top_pt, run, save, source_url, system_language, tile_budget_bytes, window,
};
#[cfg(target_arch = "wasm32")]
pub use web::{
    CANVAS, Readiness, add_plugins, after_drawing, complain, fill_the_screen, fonts, has_search_field, local_time,
    open_link, page_top_pt, run, save, source_url, system_language, tile_budget_bytes, window,
};
