//! `view` in a build without a window: says so.

use std::process::ExitCode;

use super::CliError;
use super::args::ViewArgs;

/// Refuses.
pub(super) fn run(_args: ViewArgs) -> Result<ExitCode, CliError> {
    Err(CliError::NoWindow)
}
