//! Fuzzes the target of this name, see `targets`.

#![no_main]

stadtzwilling_fuzz::fuzz!(points);
