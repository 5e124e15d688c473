//! The city configuration file. To come.
