//! Objects that the page's scripts call the program through.

#[cfg(not(feature = "viewer"))]
use js_sys::Array;
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::{Closure, WasmClosure};

/// Gives an object a function, for as long as the page is there.
pub fn set<F: ?Sized + WasmClosure>(object: &Object, name: &str, function: Closure<F>) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), &function.into_js_value()).map(|_| ())
}

/// An array of strings.
#[cfg(not(feature = "viewer"))]
pub fn strings<'s>(all: impl Iterator<Item = &'s str>) -> JsValue {
    all.map(JsValue::from).collect::<Array>().into()
}
