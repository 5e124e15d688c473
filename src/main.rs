//! The program `stadtzwilling`: hands the arguments to [`stadtzwilling::cli`] and says how it ended; in a browser, hands
//! the page to [`stadtzwilling::web`].

use stadtzwilling::erase::Erasing;

/// A build reads buildings on one thread and lets go of them on another, many millions of small pieces. The system's own
/// allocator is slow at that.
#[cfg(feature = "import")]
#[global_allocator]
static ALLOCATOR: Erasing<mimalloc::MiMalloc> = Erasing(mimalloc::MiMalloc);

#[cfg(not(feature = "import"))]
#[global_allocator]
static ALLOCATOR: Erasing<std::alloc::System> = Erasing(std::alloc::System);

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
