//! An invented city. To come.
