//! The program `stadtzwilling`: hands the arguments to [`stadtzwilling::cli`] and says how it ended.

use std::process::ExitCode;

fn main() -> ExitCode {
    match stadtzwilling::cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(error) => {
            stadtzwilling::cli::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
