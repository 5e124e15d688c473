//! An invented city. To come.

mod geotiff;
