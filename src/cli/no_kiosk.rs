//! `kiosk` in a build without a window: says so.

use std::process::ExitCode;

use super::CliError;
use super::args::KioskArgs;

/// Refuses.
pub(super) fn run(_args: KioskArgs) -> Result<ExitCode, CliError> {
    Err(CliError::NoWindow)
}
