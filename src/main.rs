//! The program `stadtzwilling`: hands the arguments to [`stadtzwilling::cli`] and says how it ended; in a browser, hands
//! the page to [`stadtzwilling::web`].

#[global_allocator]
static MEMORY: stadtzwilling::erase::Erasing = stadtzwilling::erase::Erasing;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    match stadtzwilling::cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(error) => {
            stadtzwilling::cli::print_error(&error);
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    stadtzwilling::web::run();
}
